import CrewCore
import CrewRuntime
import Foundation

/// An event in the form of its row.
struct EncodedEvent: Sendable {
    let sequence: Int64
    let time: Int64
    let kind: String
    let payload: Data

    init(_ event: Event) throws(JournalError) {
        sequence = Int64(event.sequence)
        time = event.time
        kind = event.fact.kind.rawValue
        do {
            payload = try JSONEncoder().encode(event)
        } catch {
            throw JournalError(.storage, "event \(event.sequence) (\(kind)) cannot be written as JSON: \(error)")
        }
    }
}
