/// A file's text by lines, and the complaints about it.
struct SourceText {
    let name: String
    /// What the text is meant to be.
    let format: Record
    private let lines: [Substring]
    private(set) var diagnostics: [Diagnostic] = []
    /// The most complaints that are kept; nobody reads more, and a broken file can give one for every word.
    private static let mostDiagnostics = 100
    /// The column from which a line must not be shown.
    private var hidden: [Int: Int] = [:]
    /// Whether no line is shown, since the text may be somebody's secrets and no crew at all.
    private var isSomethingElse = false

    init(_ text: String, name: String, format: Record = CrewFormat.file) {
        self.format = format
        self.name = SecretText.printable(name)
        lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    }

    /// Shows no line of the text in any complaint.
    mutating func hideLines() { isSomethingElse = true }

    /// Shows no line of the text unless one up to the place begins as such a file's do, with one of its keys.
    mutating func hideLinesUnlessMeant(before mark: SourceMark) {
        let isMeant = lines.prefix(mark.line).contains { line in
            format.fields.contains { line.hasPrefix("\($0.key):") }
        }
        if !isMeant { hideLines() }
    }

    /// Whether a document is one that can be read by the format: a mapping.
    ///
    /// What has none of the format's keys is not shown.
    mutating func accepts(_ root: SourceNode) -> Bool {
        guard case .mapping(let entries) = root.content else {
            hideLines()
            report(
                "expected a mapping with the keys of a \(format.what), found something else",
                at: root.mark,
                hint: "begin with, for example: \(format.fields[0].key): \(format.fields[0].shape.expectation.example)"
            )
            return false
        }
        if !entries.contains(where: { format[$0.key] != nil }) { hideLines() }
        return true
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
        if hidesLine { hidden[mark.line] = mark.column }
        guard diagnostics.count < Self.mostDiagnostics else { return }
        diagnostics.append(complaint(message, at: mark, hint: hint, severity: severity))
    }

    /// A complaint that is not added to the others, with its line.
    func diagnostic(
        _ message: String,
        at mark: SourceMark,
        hint: String?,
        severity: Diagnostic.Severity = .error
    ) -> Diagnostic {
        complaint(message, at: mark, hint: hint, severity: severity).showing(shownLine(at: mark))
    }

    private func complaint(
        _ message: String,
        at mark: SourceMark,
        hint: String?,
        severity: Diagnostic.Severity
    ) -> Diagnostic {
        Diagnostic(
            severity: severity,
            message: SecretText.redacted(SecretText.printable(message)),
            file: name,
            mark: mark,
            sourceLine: "",
            hint: hint.map { SecretText.redacted(SecretText.printable($0)) }
        )
    }

    /// The complaints in the order of their places, each once, with their lines.
    func sorted() -> [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return diagnostics.filter { seen.insert($0).inserted }.enumerated()
            .sorted { ($0.element.mark, $0.offset) < ($1.element.mark, $1.offset) }
            .map { $0.element.showing(shownLine(at: $0.element.mark)) }
    }

    /// Whether a line holds a text.
    func line(_ number: Int, contains text: String) -> Bool {
        lines.indices.contains(number - 1) && lines[number - 1].contains(text)
    }

    private func shownLine(at mark: SourceMark) -> String {
        guard !isSomethingElse, lines.indices.contains(mark.line - 1), mark.column <= 200 else { return "" }
        let line = lines[mark.line - 1].unicodeScalars
        let shown = line.prefix(min(240, hidden[mark.line].map { $0 - 1 } ?? 240))
        return SecretText.redacted(SecretText.printable(SecretText.withoutSecretValue(String(shown))))
            + (shown.count < line.count ? "…" : "")
    }
}

/// What may be shown of a text that somebody else wrote.
enum SecretText {
    private static let prefixes = ["sk-", "sk_", "gsk_", "xai-", "hf_", "AIza", "ghp_", "Bearer "]
    private static let words = ["key", "secret", "token", "password", "auth"]
    /// Keys whose names only sound so: counts of tokens.
    private static let limits = ["tokens"]

    /// The text without control characters, so that nothing can steer a terminal or forge a line of a log.
    static func printable(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
                shown.append(scalar == "\t" ? "\t" : "\u{FFFD}")
            default: shown.append(scalar.properties.isDefaultIgnorableCodePoint ? "\u{FFFD}" : scalar)
            }
        }
        return String(shown)
    }

    /// The text with everything that looks like an API key cut to its first characters.
    static func redacted(_ text: String) -> String {
        let text = withoutUserInformation(text)
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

    /// The text without what stands before the `@` of a URL.
    private static func withoutUserInformation(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let scheme = rest.firstRange(of: "://") {
            let authority = rest[scheme.upperBound...].prefix { !"/ \"'".contains($0) }
            result += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            guard let at = authority.lastIndex(of: "@") else { continue }
            result += "…"
            rest = rest[at...]
        }
        return result + rest
    }

    /// The line up to the value of a key whose name says that the value is a secret.
    static func withoutSecretValue(_ line: String) -> String {
        var rest = line[...]
        while let colon = rest.firstIndex(of: ":") {
            let key = rest[..<colon].lowercased().split { " {,\"'".contains($0) }.last ?? ""
            let value = rest[rest.index(after: colon)...].drop { " \"'".contains($0) }
            // Numbers of tokens and references are no secrets.
            let isHarmless =
                value.isEmpty || value.hasPrefix("env:") || value.prefix { !" ,}".contains($0) }.allSatisfy(\.isNumber)
            let isLimit = limits.contains(where: key.hasSuffix) && value.prefix { !",}".contains($0) }.count <= 24
            if !isHarmless, !isLimit, words.contains(where: key.contains) { return line[...colon] + " …" }
            rest = rest[rest.index(after: colon)...]
        }
        return line
    }

    /// A text as it may stand in a message: short and on one line.
    static func quoted(_ text: String) -> String {
        let shown = String(String.UnicodeScalarView(text.unicodeScalars.prefix(60)))
        return "\"\(shown)\(text.unicodeScalars.count > 60 ? "…" : "")\""
    }
}
