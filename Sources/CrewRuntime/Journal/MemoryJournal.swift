public import CrewCore
import Synchronization

/// A journal that lives as long as the process: for tests, for experiments, and for runs that need not survive.
public final class MemoryJournal: Journal {
    private struct Record {
        var events: [Event]
        var epoch: Int
        var isHeld: Bool
    }

    private let records = Mutex<[String: Record]>([:])
    private let books = Mutex<[String: PromptBook]>([:])

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
            // In place: a record held beside would make this copy all events so far.
            records.values[index].events.append(contentsOf: events)
        }
    }

    /// Gives the lease back.
    public func release(_ lease: Lease) async {
        records.withLock { records in
            guard records[lease.run]?.epoch == lease.epoch else { return }
            records[lease.run]?.isHeld = false
        }
    }

    /// Reads a run.
    public func events(of run: String) async throws(JournalError) -> [Event] {
        try records.withLock { records throws(JournalError) in
            guard let record = records[run] else { throw .unknown(run) }
            return record.events
        }
    }
}

extension JournalError {
    fileprivate static func unknown(_ run: String) -> JournalError {
        JournalError(.unknownRun, "there is no run \(run)")
    }
}
