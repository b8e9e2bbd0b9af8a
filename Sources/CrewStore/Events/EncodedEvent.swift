import ChatModel
package import CrewCore
package import CrewRuntime

/// An event in the form of its row.
package struct EncodedEvent: Sendable {
    package let sequence: Int64
    package let time: Int64
    package let kind: String
    package let payload: [UInt8]

    package init(_ event: Event) throws(JournalError) {
        sequence = Int64(event.sequence)
        time = event.time
        kind = event.fact.name
        // What is not understood is kept as it is.
        if case .unknown(let fact) = event.fact {
            payload = Array(fact.json.utf8)
            return
        }
        do {
            var writer = JSONWriter(reserving: 1_024)
            try writer.encodable(event)
            payload = writer.bytes
        } catch {
            throw JournalError(.storage, "event \(event.sequence) (\(kind)) cannot be written as JSON: \(error)")
        }
    }
}
