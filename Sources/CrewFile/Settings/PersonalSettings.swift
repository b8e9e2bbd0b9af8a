import ChatModel
import CrewCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the person who runs crews has said once for all: `$XDG_CONFIG_HOME/crew/settings.yaml`, else
/// `~/.config/crew/settings.yaml`.
public struct PersonalSettings: Sendable, Hashable {
    /// The fingerprints of grants that are agreed to, as `crew check` shows them.
    public var allowed: [String] = []
    /// Whether a crew file's price counts although the published one is higher.
    public var trustsPrices = false

    /// Settings that say nothing.
    public init() {}

    static let format = Record(
        "settings file",
        [
            Field(
                "allow",
                .list(.text(example: "3f2a8c0d9e1b47a6b5c4d3e2f1a09b8c")),
                "The fingerprints of grants that are agreed to, as `crew check` shows them."
            ),
            Field(
                "trust_prices",
                .boolean,
                "Whether a crew file's price counts although the published one is higher.",
                standard: false
            ),
        ]
    )

    /// The path of the file that the environment gives; `nil` when it names neither a folder nor a home.
    public static func path(environment: [String: String]) -> String? {
        if let given = environment["XDG_CONFIG_HOME"], given.hasPrefix("/") { return "\(given)/crew/settings.yaml" }
        if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.config/crew/settings.yaml" }
        return nil
    }

    /// Reads the file; without one, the settings say nothing.
    ///
    /// - Throws: ``CrewFileError`` with everything that is wrong; a file that others may write is not believed.
    public static func load(path: String) throws(CrewFileError) -> PersonalSettings {
        var status = stat()
        guard stat(path, &status) == 0 || errno != ENOENT && errno != ENOTDIR else { return PersonalSettings() }
        let start = SourceMark(line: 1, column: 1)
        var source = SourceText("", name: path, format: format)
        let text: String
        switch FileBytes.read(path, atMost: 65_536) {
        case .success where status.st_uid != geteuid() || status.st_mode & 0o022 != 0:
            source.report(
                "the settings are not yours alone",
                at: start,
                hint: "the file must belong to you, and others may not write it: chmod go-w \(path)"
            )
            throw CrewFileError(diagnostics: source.sorted())
        case .success(let bytes):
            guard let content = String(validating: bytes, as: UTF8.self) else {
                source.report("the file is not UTF-8", at: start)
                throw CrewFileError(diagnostics: source.sorted())
            }
            text = content
        case .failure(let refusal):
            source.report("cannot be read: \(refusal.message)", at: start)
            throw CrewFileError(diagnostics: source.sorted())
        }
        if text.allSatisfy(\.isWhitespace) { return PersonalSettings() }
        source = SourceText(text, name: path, format: format)
        guard let root = SourceReader.read(text, into: &source), source.accepts(root) else {
            throw CrewFileError(diagnostics: source.sorted())
        }
        var reader = FormatReader(source: source)
        let value = reader.read(root, as: .record(format), at: [])
        guard case .record(let values) = value, !reader.source.hasErrors else {
            throw CrewFileError(diagnostics: reader.source.sorted())
        }
        var settings = PersonalSettings()
        settings.allowed = values.texts("allow")
        settings.trustsPrices = values.boolean("trust_prices") ?? false
        return settings
    }
}
