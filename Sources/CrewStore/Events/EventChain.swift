import Crypto
package import Foundation

/// The hashes of a run's events, each over the event and the hash before it.
///
/// So no event can be changed, taken out, put in or moved without all hashes after it being made anew, and the last one
/// stands in the list of runs as well. Whoever may write the file can make them all anew: the chain shows damage and
/// careless hands; against more, keep the last hash elsewhere.
package struct EventChain {
    private let run: [UInt8]
    /// The hash of the last event.
    package private(set) var head: [UInt8]
    /// What stands before an event's payload; kept, so that its memory is used again.
    private var row: [UInt8] = []

    /// The chain of a run without events, or one whose last event has this hash.
    package init(run: String, head: [UInt8] = Array(repeating: 0, count: 32)) {
        self.run = Array(run.utf8)
        self.head = head
    }

    /// Adds an event; ``head`` is then its hash, which covers everything in the row.
    package mutating func add(sequence: Int64, epoch: Int64, time: Int64, kind: String, payload: some ContiguousBytes) {
        row.removeAll(keepingCapacity: true)
        row.append(contentsOf: head)
        // Every part has its length before it, so that no two rows are written alike.
        for number in [Int64(run.count), sequence, epoch, time, Int64(kind.utf8.count)] {
            withUnsafeBytes(of: number.littleEndian) { row.append(contentsOf: $0) }
        }
        row.append(contentsOf: run)
        row.append(contentsOf: kind.utf8)
        var hash = SHA256()
        row.withUnsafeBytes { hash.update(bufferPointer: $0) }
        payload.withUnsafeBytes { hash.update(bufferPointer: $0) }
        hash.finalize().withUnsafeBytes { head.replaceSubrange(0..., with: $0) }
    }
}

extension Sequence<UInt8> {
    /// The bytes in hexadecimal digits.
    package var hexadecimal: String {
        reduce(into: "") { text, byte in text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    }
}
