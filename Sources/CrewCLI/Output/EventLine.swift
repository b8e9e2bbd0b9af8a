import CrewKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes events as `--output events` prints them: one JSON object a line.
struct EventLine {
    private let encoder: JSONEncoder

    init() {
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// The line, with its end.
    func text(_ event: Event) throws -> String {
        PrintableText.json(String(decoding: try encoder.encode(event), as: UTF8.self)) + "\n"
    }
}
