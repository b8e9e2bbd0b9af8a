public import CrewCore
import Synchronization

/// A journal that lives as long as the process: for tests, for experiments, and for runs that need not survive.
public final class MemoryJournal: Journal {
    fileprivate struct Record {
        var events: [Event]
        var epoch: Int
        var isHeld: Bool
        var signals: [SaidSignal] = []
        var lastSignal = 0
    }

    private let records = Mutex<[String: Record]>([:])
    private let books = Mutex<[String: PromptBook]>([:])
    private let recorded = RunBell()
    private let said = RunBell()

    /// Makes an empty journal.
    public init() {}

    /// Makes a journal of one run as it was left, for instance by an executor that is gone.
    ///
    /// - Parameter events: The run's events, from its creation on; events of no run make an empty journal.
    public init(restoring events: [Event]) {
        guard case .runCreated(let created)? = events.first?.fact else { return }
        let epochs = events.map { if case .runResumed(let resumed) = $0.fact { resumed.epoch } else { 1 } }
        records.withLock { records in
            records[created.run] = Record(events: events, epoch: epochs.max() ?? 1, isHeld: false)
        }
    }

    /// Creates a run; see ``Journal/create(_:_:)``.
    public func create(_ run: String, _ events: [Event]) async throws(JournalError) -> Lease {
        try records.withLock { records throws(JournalError) in
            guard records[run] == nil else {
                throw JournalError(.runExists, "there is a run \(run) already")
            }
            records[run] = Record(events: events, epoch: 1, isHeld: true)
            return Lease(run: run, epoch: 1)
        }
    }

    /// What was said to a run and is not taken in yet.
    public func signals(to run: String) async throws(JournalError) -> [SaidSignal] {
        try records.withLock { records throws(JournalError) in
            guard let record = records[run] else { throw .unknown(run) }
            return record.signals
        }
    }

    /// Says something to a run; see ``Journal/say(_:to:by:at:)``.
    public func say(
        _ signal: Signal,
        to run: String,
        by speaker: String?,
        at time: Int64
    ) async throws(JournalError) -> SaidSignal {
        let said = try records.withLock { records throws(JournalError) in
            guard let record = records[run] else { throw .unknown(run) }
            if let objection = signal.objection(to: run, that: record.status) {
                throw JournalError(.refused, objection)
            }
            if signal.isStop, let waiting = record.signals.first(where: { $0.signal == signal }) { return waiting }
            guard signal.isStop || record.signals.count < Signal.mostWaiting else { throw .signalsFull(run) }
            let said = SaidSignal(number: record.lastSignal + 1, signal: signal, speaker: speaker, time: time)
            records[run]?.lastSignal = said.number
            records[run]?.signals.append(said)
            return said
        }
        self.said.ring(run)
        return said
    }

    /// Tells that something may have been said to a run.
    public func sayings(to run: String) -> AsyncStream<Void>? { said.listen(to: run) }

    /// Tells that events of a run may have been recorded.
    public func recordings(of run: String) -> AsyncStream<Void> { recorded.listen(to: run) }

    /// Whether the run has an executor.
    public func isExecuted(_ run: String) async throws(JournalError) -> Bool {
        records.withLock { $0[run]?.isHeld == true }
    }

    /// Gives prompts to be kept; see ``Journal/keep(_:)``.
    public func keep(_ prompts: PromptBook) {
        books.withLock { books in
            if books[prompts.version] == nil { books[prompts.version] = prompts }
        }
    }

    /// The prompts of a version.
    public func prompts(_ version: String) async throws(JournalError) -> PromptBook? { books.withLock { $0[version] } }

    /// Takes the lease of a run; see ``Journal/open(_:)``.
    public func open(_ run: String) async throws(JournalError) -> (lease: Lease, events: [Event]) {
        try records.withLock { records throws(JournalError) in
            guard let record = records[run] else { throw .unknown(run) }
            guard !record.isHeld else {
                throw JournalError(.held, "the run \(run) is being executed in this process")
            }
            records[run]?.epoch += 1
            records[run]?.isHeld = true
            return (Lease(run: run, epoch: record.epoch + 1), record.events)
        }
    }

    /// Appends events; see ``Journal/append(_:_:)``.
    public func append(_ events: [Event], _ lease: Lease) async throws(JournalError) {
        try records.withLock { records throws(JournalError) in
            guard let index = records.index(forKey: lease.run) else { throw .unknown(lease.run) }
            guard records.values[index].epoch == lease.epoch,
                events.first?.sequence == (records.values[index].events.last?.sequence ?? 0) + 1
            else { throw JournalError(.fenced, "the run \(lease.run) was taken over by another executor") }
            records.values[index].take(events)
            // In place: a record held beside would make this copy all events so far.
            records.values[index].events.append(contentsOf: events)
        }
        recorded.ring(lease.run)
    }

    /// Gives the lease back.
    public func release(_ lease: Lease) async {
        records.withLock { records in
            guard records[lease.run]?.epoch == lease.epoch else { return }
            records[lease.run]?.isHeld = false
        }
        recorded.ring(lease.run)
    }

    /// Reads a run.
    public func events(of run: String) async throws(JournalError) -> [Event] {
        try records.withLock { records throws(JournalError) in
            guard let record = records[run] else { throw .unknown(run) }
            return record.events
        }
    }

    /// Reads a part of a run.
    public func events(of run: String, after number: Int, limit: Int) async throws(JournalError) -> [Event] {
        try records.withLock { records throws(JournalError) in
            guard let record = records[run] else { throw .unknown(run) }
            return Array(record.events.dropFirst(max(0, number)).prefix(limit))
        }
    }
}

extension MemoryJournal.Record {
    /// How the run stands, as its last events say.
    fileprivate var status: RunStatus {
        for event in events.reversed() {
            switch event.fact {
            case .runEnded(let end): return end.status
            case .runResumed, .runCreated: return .running
            default: continue
            }
        }
        return .running
    }

    /// Takes out the signals that are taken in.
    fileprivate mutating func take(_ events: [Event]) {
        for event in events {
            switch event.fact {
            case .signalReceived(let taken): signals.removeAll { $0.number == taken.number }
            case .runEnded(let end) where end.status == .finished: signals = []
            default: break
            }
        }
    }
}

extension JournalError {
    fileprivate static func unknown(_ run: String) -> JournalError {
        JournalError(.unknownRun, "there is no run \(run)")
    }
}

extension Journal where Self == MemoryJournal {
    /// Runs are recorded in memory, and gone when the process ends.
    public static var memory: MemoryJournal { MemoryJournal() }
}
