package import ChatModel
package import CrewCore

/// Writes events as `--output events` prints them: one JSON object a line, its keys sorted at every level.
package struct EventLine {
    /// Makes a writer.
    package init() {}

    /// The line, with its end.
    package func text(_ event: Event) throws -> String {
        var writer = JSONWriter(reserving: 1_024)
        try writer.encodable(event)
        // The journal keeps a dictionary's members in whatever order they came, which differs from process to process.
        return PrintableText.json(try JSONValue(parsing: writer.bytes).canonical.jsonText) + "\n"
    }
}
