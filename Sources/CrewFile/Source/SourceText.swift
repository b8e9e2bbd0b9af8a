/// A file's text by lines, and the complaints about it.
struct SourceText {
    let name: String
    private let lines: [Substring]
    private(set) var diagnostics: [Diagnostic] = []
    /// The most complaints that are kept; nobody reads more, and a broken file can give one for every word.
    private static let mostDiagnostics = 100

    init(_ text: String, name: String) {
        self.name = SecretText.printable(name)
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Adds a complaint.
    ///
    /// - Parameter hidesLine: Whether what follows the place must not be shown, because it may be a secret.
    mutating func report(
        _ message: String,
        at mark: SourceMark,
        hint: String? = nil,
        severity: Diagnostic.Severity = .error,
        hidesLine: Bool = false
    ) {
        guard diagnostics.count < Self.mostDiagnostics else { return }
        diagnostics.append(
            Diagnostic(
                severity: severity,
                message: SecretText.redacted(SecretText.printable(message)),
                file: name,
                mark: mark,
                sourceLine: shownLine(at: mark, hidden: hidesLine),
                hint: hint.map { SecretText.redacted(SecretText.printable($0)) }
            )
        )
    }

    /// The complaints in the order of their places, each once.
    func sorted() -> [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return diagnostics.filter { seen.insert($0).inserted }.enumerated()
            .sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }.map(\.element)
    }

    private func shownLine(at mark: SourceMark, hidden: Bool) -> String {
        guard lines.indices.contains(mark.line - 1) else { return "" }
        let line = lines[mark.line - 1].unicodeScalars
        guard mark.column <= 200 else { return "" }
        if hidden { return SecretText.printable(String(line.prefix(mark.column - 1))) + "…" }
        let cut = line.count > 240
        return SecretText.redacted(SecretText.printable(String(line.prefix(240)))) + (cut ? "…" : "")
    }
}

/// What may be shown of a text that somebody else wrote.
enum SecretText {
    private static let prefixes = ["sk-", "sk_", "gsk_", "xai-", "hf_", "AIza", "ghp_", "Bearer "]
    private static let words = ["key", "secret", "token", "password", "auth"]

    /// The text without control characters, so that nothing can steer a terminal or forge a line of a log.
    static func printable(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
                shown.append(scalar == "\t" ? "\t" : "\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown)
    }

    /// The text with everything that looks like an API key cut to its first characters.
    static func redacted(_ text: String) -> String {
        guard prefixes.contains(where: text.contains) else { return text }
        var result = text
        for prefix in prefixes {
            var rest = result[...]
            var rebuilt = ""
            while let found = rest.firstRange(of: prefix) {
                let secret = rest[found.upperBound...].prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }
                let isWhole = rest[..<found.lowerBound].last.map { !$0.isLetter && !$0.isNumber } ?? true
                rebuilt += rest[..<found.upperBound]
                rebuilt += isWhole && secret.count >= 8 ? "…" : String(secret)
                rest = rest[secret.endIndex...]
            }
            result = rebuilt + rest
        }
        return result
    }

    /// Whether a key's name says that its value is a secret.
    static func isSecretKey(_ key: String) -> Bool {
        let key = key.lowercased()
        return words.contains(where: key.contains)
    }

    /// A text as it may stand in a message: short and on one line.
    static func quoted(_ text: String) -> String {
        let shown = String(String.UnicodeScalarView(text.unicodeScalars.prefix(60)))
        return "\"\(shown)\(text.unicodeScalars.count > 60 ? "…" : "")\""
    }
}
