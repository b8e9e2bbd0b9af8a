import CrewCore
import Foundation

/// A journal of one run: transactions of encoded events, and epochs.
///
/// Like the real one it takes a transaction as a whole or not at all, and only from the newest lease.
struct SimulatedJournal {
    /// The lease was lost, or the numbers do not follow on.
    struct Fenced: Error {}

    private enum Record {
        case event(Data)
        case commit
    }

    private let sabotage: Sabotage?
    private var records: [Record] = []
    private var next = 1
    /// The epoch of the newest lease.
    private(set) var epoch = 0

    init(sabotage: Sabotage?) { self.sabotage = sabotage }

    var isEmpty: Bool { next == 1 }

    /// The events of all transactions that were committed.
    var committed: [Data] {
        var events: [Data] = []
        var open: [Data] = []
        for record in records {
            switch record {
            case .event(let data): open.append(data)
            case .commit:
                events += open
                open = []
            }
        }
        return sabotage == .tornWriteSeen ? events + open : events
    }

    /// Takes the lease over.
    mutating func open() -> Int {
        dropTornWrite()
        epoch += 1
        return epoch
    }

    /// Appends a transaction; epoch 0 creates the run.
    mutating func append(_ events: [Data], from first: Int, epoch: Int) throws(Fenced) {
        dropTornWrite()
        if epoch == 0 {
            guard isEmpty else { throw Fenced() }
            self.epoch = 1
        } else {
            guard epoch == self.epoch || sabotage == .epochUnchecked, first == next else { throw Fenced() }
        }
        records += events.map { .event($0) }
        records.append(.commit)
        next += events.count
    }

    /// Writes the beginning of a transaction, and then the power is gone.
    mutating func tear(_ events: [Data]) {
        dropTornWrite()
        records += events.map { .event($0) }
    }

    private mutating func dropTornWrite() {
        guard sabotage != .tornWriteSeen else { return }
        while let last = records.last, case .event = last { records.removeLast() }
    }
}
