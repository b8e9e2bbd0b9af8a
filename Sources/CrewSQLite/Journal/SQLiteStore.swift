public import CrewCore
public import CrewRuntime
public import CrewStore
import Synchronization

/// Runs on disk: a journal in SQLite that several processes may use at once, each run by one of them.
///
/// Opening one does nothing; the file is opened, and made, when it is first needed. All writing is done by one
/// connection on a thread of its own, which writes what has come together in one transaction; see
/// ``append(_:_:)``.
public final class SQLiteStore: RunStore {
    let file: JournalFile
    let writer: JournalWriter
    let reader: JournalReader
    /// Rings when something is said to a run that is open here, and when events are recorded.
    let signalBell = RunBell()
    let eventBell = RunBell()
    let signalWatch: StoreWatch
    let eventWatch: StoreWatch
    /// The runs that are open here.
    private let held = Mutex<[String: OpenRun]>([:])
    private let given = GivenPrompts()

    private struct OpenRun {
        let lock: RunLock
        /// Known once the lease is given.
        var epoch: Int?
        /// The holds of its calls under way, as they are recorded.
        var holds = OpenHolds()
    }

    /// A store in a directory, conventionally `.crew`.
    ///
    /// Whoever owns another user's directory, or may write it, could put anything there: such a store is refused, and so
    /// are links and other unusual files in its place. A store that is made is sealed with a key of the person's own,
    /// where there is a home folder to keep one. The seal is asked for only with `mustBeOwn`: a directory that a program
    /// names is the program's affair, one that is found beside a file is not.
    ///
    /// - Parameters:
    ///   - directory: The directory's path; it is created, for its owner alone, when something is written.
    ///   - mustBeOwn: Whether a store is refused (`untrusted`), unread, that this account has not made, here and on this
    ///     machine, or taken over with ``trust(_:)``.
    public convenience init(directory: String, mustBeOwn: Bool = false) {
        self.init(directory: directory, mustBeOwn: mustBeOwn, willCommit: nil)
    }

    package init(
        directory: String,
        mustBeOwn: Bool = false,
        willCommit: (@Sendable (_ entries: Int) throws -> Void)?
    ) {
        file = JournalFile(directory: directory, mustBeOwn: mustBeOwn)
        let writer = JournalWriter(file, willCommit: willCommit)
        let reader = JournalReader(file)
        self.writer = writer
        self.reader = reader
        signalWatch = StoreWatch(signalBell, on: writer.queue, database: { writer.database }) { db in
            try SignalTable.addressed(db)
        }
        eventWatch = StoreWatch(eventBell, on: reader.queue, database: { reader.connection })
    }

    deinit {
        for run in held.withLock({ $0 }).values { run.lock.release() }
    }

    /// The store's directory.
    public var directory: String { file.directory }

    /// The store's directory.
    public var place: String { directory }

    /// The runs whose identifiers begin so, newest first; see `RunStore.runs(beginningWith:limit:)`.
    public func runs(beginningWith prefix: String, limit: Int) async throws(JournalError) -> [RunSummary] {
        try await reader.runs(prefix: prefix, limit: limit)
    }

    /// What a run was created with, without reading all that happened in it.
    ///
    /// - Parameter run: The identifier.
    public func creation(of run: String) async throws(JournalError) -> RunCreated {
        let beginning = try await reader.beginning(of: run)
        switch beginning.fact {
        case .runCreated(let created): return created
        case .unknown(let fact): throw JournalError.newer(run, (beginning.sequence, fact))
        default: throw JournalError(.damaged, "run \(run) is damaged: it does not begin with its creation.")
        }
    }

    /// Waits for what is being written, gives all leases back and closes the file.
    public func close() async {
        await writer.close()
        await reader.close()
        let all = held.withLock { held in
            defer { held = [:] }
            return held
        }
        for run in all.values { run.lock.release() }
    }
}

extension SQLiteStore {
    /// The store's directory.
    public var folder: String? { directory }

    /// Creates a run by appending its first events, and takes its lease; see `Journal.create(_:_:)`.
    public func create(_ run: String, _ events: [Event]) async throws(JournalError) -> Lease {
        guard case .runCreated(let created)? = events.first?.fact, Self.isFollowing(events, 0) else {
            throw JournalError(.storage, "a run begins with \(Fact.Kind.runCreated.rawValue), numbered 1.")
        }
        guard Self.isIdentifier(run) else {
            throw JournalError(.storage, "\(run) cannot name a run: letters, digits, - and _ only, at most 128.")
        }
        var holds = OpenHolds()
        let change = RunChange(events, &holds)
        let entry = JournalEntry.create(
            run: run,
            crew: created.crew.name,
            goal: created.crew.goal,
            folder: created.folder,
            events: try Self.encode(events),
            change: change,
            prompts: given.named(by: events)
        )
        // A store that is refused gets no lock file either.
        if file.mustBeOwn { try await writer.open() }
        try makeLocks()
        guard try lock(run) else { throw JournalError(.runExists, "run \(run) exists already.") }
        let lease = try await take(run, by: entry)
        keep(holds, of: lease)
        given.noteKept(by: events)
        eventBell.ring(run)
        return lease
    }

    /// Takes the lease of a run; see `Journal.open(_:)`.
    public func open(_ run: String) async throws(JournalError) -> (lease: Lease, events: [Event]) {
        guard Self.isIdentifier(run), file.exists else { throw JournalError.unknown(run) }
        // Asked first, so that a wrong name leaves no lock file and a store that may not be written says so by itself.
        _ = try await reader.holder(of: run)
        try makeLocks()
        guard try lock(run) else {
            // Whoever holds the lock may not have written its name yet; then that of a dead process stands there.
            let holder = try await reader.holder(of: run)
            let who = holder.isGone ? "another process" : "process \(holder.process) on \(holder.host)"
            throw JournalError(.held, "run \(run) is held by \(who); stop it, or wait for it to end.")
        }
        let events: [Event]
        do throws(JournalError) {
            // Read before the run is taken over, since nothing is written where it cannot be gone on with. Whoever should
            // append in between, against the lock, makes the next append one that does not follow on.
            events = try await reader.events(of: run)
            if let unknown = events.firstUnknown { throw JournalError.newer(run, unknown) }
        } catch {
            unlock(run, epoch: nil)
            throw error
        }
        let lease = try await take(run, by: .takeOver(run: run))
        keep(OpenHolds(folding: events), of: lease)
        return (lease, events)
    }

    /// Appends events in one transaction, durable when this returns; see `Journal.append(_:_:)`.
    ///
    /// Appends that arrive while another is being made durable share the next transaction and its flush.
    public func append(_ events: [Event], _ lease: Lease) async throws(JournalError) {
        guard let first = events.first else { return }
        guard Self.isFollowing(events, first.sequence - 1) else {
            throw JournalError(.fenced, "the numbers of the events of run \(lease.run) do not follow on.")
        }
        guard
            var holds = held.withLock({ held in held[lease.run].flatMap { $0.epoch == lease.epoch ? $0.holds : nil } })
        else {
            _ = try await reader.holder(of: lease.run)
            throw JournalError(
                .fenced,
                "the lease of run \(lease.run) (epoch \(lease.epoch)) is not the one that is open here."
            )
        }
        let change = RunChange(events, &holds)
        let entry = JournalEntry.append(
            lease: lease,
            events: try Self.encode(events),
            change: change,
            prompts: given.named(by: events)
        )
        _ = try await writer.write(entry)
        keep(holds, of: lease)
        given.noteKept(by: events)
        eventBell.ring(lease.run)
    }

    /// Gives the lease back.
    public func release(_ lease: Lease) async {
        unlock(lease.run, epoch: lease.epoch)
        eventBell.ring(lease.run)
    }

    /// Reads a run without taking its lease.
    public func events(of run: String) async throws(JournalError) -> [Event] {
        try await reader.events(of: run)
    }
}

extension SQLiteStore {
    /// Gives prompts to be kept; see `Journal.keep(_:)`.
    public func keep(_ prompts: PromptBook) {
        given.take(prompts)
    }

    /// The prompts of a version, checked; `nil` for those of runs from before prompts were kept.
    public func prompts(_ version: String) async throws(JournalError) -> PromptBook? {
        guard PromptBook.isKept(version) else { return nil }
        let content = try await reader.read { db in try PromptTable.content(version, db) }
        do throws(PromptError) {
            return try PromptBook(recorded: content, version: version)
        } catch {
            throw JournalError(.wrongVersion, "the prompts with which the run was begun cannot be used here: \(error).")
        }
    }

    /// Whether it can name a run: 1 to 128 letters, digits, `-` and `_`.
    static func isIdentifier(_ run: String) -> Bool {
        !run.isEmpty && run.utf8.count <= 128
            && run.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    private static func isFollowing(_ events: [Event], _ last: Int) -> Bool {
        zip(events, (last + 1)...).allSatisfy { $0.sequence == $1 }
    }

    private static func encode(_ events: [Event]) throws(JournalError) -> [EncodedEvent] {
        var encoded: [EncodedEvent] = []
        encoded.reserveCapacity(events.count)
        for event in events { encoded.append(try EncodedEvent(event)) }
        return encoded
    }

    private func take(_ run: String, by entry: JournalEntry) async throws(JournalError) -> Lease {
        do throws(JournalError) {
            let epoch = try await writer.write(entry)
            held.withLock { $0[run]?.epoch = epoch }
            return Lease(run: run, epoch: epoch)
        } catch {
            unlock(run, epoch: nil)
            throw error
        }
    }

    /// Makes the directory of the locks, in a place that was looked at.
    private func makeLocks() throws(JournalError) {
        _ = try StorePlace.make(file.directory)
        try createPrivateDirectory(file.locks)
        try StorePlace.look(at: file.directory)
    }

    /// Whether this process has the run's lease.
    func isOpen(_ run: String) -> Bool { held.withLock { $0[run] != nil } }

    private func lock(_ run: String) throws(JournalError) -> Bool {
        guard let lock = try RunLock.acquire("\(file.locks)/\(run).lock") else { return false }
        held.withLock { $0[run] = OpenRun(lock: lock) }
        return true
    }

    /// Remembers what is held now, unless the run has been opened anew since.
    private func keep(_ holds: OpenHolds, of lease: Lease) {
        held.withLock { held in
            guard held[lease.run]?.epoch == lease.epoch else { return }
            held[lease.run]?.holds = holds
        }
    }

    /// Gives a lock back, unless the run has been opened anew since.
    private func unlock(_ run: String, epoch: Int?) {
        let lock = held.withLock { held -> RunLock? in
            guard let entry = held[run], entry.epoch == epoch else { return nil }
            held[run] = nil
            return entry.lock
        }
        lock?.release()
    }
}

extension Journal where Self == SQLiteStore {
    /// Runs are recorded in a folder, which is made where there is none: `.sqlite(".crew")`.
    ///
    /// - Parameter directory: The folder.
    public static func sqlite(_ directory: String) -> SQLiteStore { SQLiteStore(directory: directory) }
}
