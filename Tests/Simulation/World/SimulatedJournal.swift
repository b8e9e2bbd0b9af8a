import CrewCore
import Foundation

/// A journal of one run: transactions of encoded events, and epochs.
///
/// Like the real one it takes a transaction as a whole or not at all, and only from the newest lease.
struct SimulatedJournal {
    /// Why nothing was appended.
    enum Refusal: Error {
        /// The lease was lost, or the numbers do not follow on.
        case fenced
        /// An account above the run has no room for a hold.
        case overBudget(AccountShortage)
    }

    private enum Record {
        case event(Data)
        case commit
    }

    private let sabotage: Sabotage?
    private var records: [Record] = []
    private var next = 1
    /// The epoch of the newest lease.
    private(set) var epoch = 0
    /// The accounts above the run.
    var accounts: SharedAccounts
    private let path: [SharedAccount]
    /// What the run holds, as the journal has it.
    private var holds = OpenHolds()
    /// What was said to the run and is not taken in.
    private(set) var signals: [SaidSignal] = []
    private var lastSignal = 0

    init(accounts: SharedAccounts, crew: String, sabotage: Sabotage?) {
        self.accounts = accounts
        path = SharedAccount.path(ofCrew: crew)
        self.sabotage = sabotage
    }

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
    mutating func append(
        _ events: [Data],
        of facts: [Fact],
        from first: Int,
        epoch: Int
    ) throws(Refusal) {
        dropTornWrite()
        if epoch == 0 {
            guard isEmpty else { throw .fenced }
        } else {
            guard epoch == self.epoch || sabotage == .epochUnchecked, first == next else { throw .fenced }
        }
        var holds = holds
        var movement = Movement()
        for fact in facts { movement += holds.take(fact) }
        do throws(AccountShortage) { try accounts.take(movement, on: path) } catch { throw .overBudget(error) }
        self.holds = holds
        take(facts)
        self.epoch = max(1, self.epoch)
        records += events.map { .event($0) }
        records.append(.commit)
        next += events.count
    }

    /// Puts a signal into the queue; `nil` when one that says the same is there.
    mutating func say(_ signal: Signal, at time: Int64) -> SaidSignal? {
        guard !signal.isStop || !signals.contains(where: { $0.signal == signal }) else { return nil }
        lastSignal += 1
        let said = SaidSignal(number: lastSignal, signal: signal, speaker: "somebody", time: time)
        signals.append(said)
        return said
    }

    mutating func dropSignals() { signals = [] }

    private mutating func take(_ facts: [Fact]) {
        for fact in facts {
            switch fact {
            case .signalReceived(let taken) where sabotage != .signalsKept:
                signals.removeAll { $0.number == taken.number }
            case .runEnded(let end) where end.status == .finished: signals = []
            default: break
            }
        }
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
