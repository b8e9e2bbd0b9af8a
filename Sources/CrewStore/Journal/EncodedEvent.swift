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

    /// Reads the event of a row back.
    ///
    /// - Throws: `damaged` when the payload is no event or another one than the row says.
    static func decode(_ payload: Data, run: String, sequence: Int64) throws(JournalError) -> Event {
        do {
            let event = try JSONDecoder().decode(Event.self, from: payload)
            if event.sequence == sequence { return event }
        } catch {
            throw damaged(run, sequence, "cannot be read: \(error)")
        }
        throw damaged(run, sequence, "holds another event")
    }

    static func damaged(_ run: String, _ sequence: Int64, _ problem: String) -> JournalError {
        JournalError(.damaged, "run \(run) is damaged: event \(sequence) \(problem). Restore the store from a copy.")
    }

    /// Covers everything in the row, so that no part can change unseen.
    func checksum(run: String, epoch: Int64) -> Int64 {
        Self.checksum(run: run, sequence: sequence, epoch: epoch, time: time, kind: kind, payload: payload)
    }

    static func checksum(
        run: String,
        sequence: Int64,
        epoch: Int64,
        time: Int64,
        kind: String,
        payload: Data
    ) -> Int64 {
        var checksum = CRC32C()
        checksum.update(run)
        checksum.update(sequence)
        checksum.update(epoch)
        checksum.update(time)
        checksum.update(kind)
        payload.withUnsafeBytes { checksum.update($0) }
        return Int64(checksum.value)
    }
}
