public import CrewCore

/// Where the events of runs are kept: append-only, in order, by one executor at a time.
public protocol Journal: Sendable {
    /// Creates a run by appending its first events, and takes its lease.
    ///
    /// - Parameters:
    ///   - run: The run's identifier, which must be new.
    ///   - events: Its first events, numbered from 1.
    /// - Returns: The lease with which the run is continued.
    /// - Throws: ``JournalError``; with `overBudget` there is no run yet.
    func create(_ run: String, _ events: [Event]) async throws(JournalError) -> Lease

    /// Takes the lease of a run, so that no other executor can append to it.
    ///
    /// - Returns: The lease and all events so far.
    /// - Throws: ``JournalError``: `unknownRun`; `held` while another executor's lease is alive; `damaged`.
    func open(_ run: String) async throws(JournalError) -> (lease: Lease, events: [Event])

    /// Appends events in one transaction, durable when this returns.
    ///
    /// - Parameters:
    ///   - events: The next events, their numbers following on those already there.
    ///   - lease: The executor's lease; the append is refused when it has been taken over.
    /// - Throws: ``JournalError``: `fenced` when the lease was lost or the numbers do not follow on; `overBudget` when
    ///   an account above the run has no room for a call that is intended, and then nothing is appended; `storage`.
    func append(_ events: [Event], _ lease: Lease) async throws(JournalError)

    /// Gives the lease back.
    func release(_ lease: Lease) async

    /// Reads a run without taking its lease.
    func events(of run: String) async throws(JournalError) -> [Event]

    /// Reads a part of a run without taking its lease.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - number: The number of the last event that is known; 0 for none.
    ///   - limit: The most events that are wanted.
    func events(of run: String, after number: Int, limit: Int) async throws(JournalError) -> [Event]

    /// Tells that events of a run may have been recorded: at once within this process, and within a moment from others.
    ///
    /// Whoever is slow is told once; nothing waits for them.
    func recordings(of run: String) -> AsyncStream<Void>

    /// Whether the run may have an executor, as far as can be known without asking it.
    func isExecuted(_ run: String) async throws(JournalError) -> Bool

    /// Says something to a run without its lease: it waits in a queue until the run takes it in.
    ///
    /// A request to stop is queued once; whoever says it again gets the one that waits.
    ///
    /// - Parameters:
    ///   - signal: What is said.
    ///   - run: The run.
    ///   - speaker: Who says it, if that is known.
    ///   - time: The time, in milliseconds since 1970 UTC.
    /// - Returns: The signal with its number, durable when this returns.
    /// - Throws: ``JournalError``: `unknownRun`; `refused` where the run stands so that it means nothing;
    ///   `signalsFull` when too many wait already.
    func say(
        _ signal: Signal,
        to run: String,
        by speaker: String?,
        at time: Int64
    ) async throws(JournalError) -> SaidSignal

    /// What was said to a run and is not taken in yet, in the order in which it was said.
    ///
    /// Appending ``Fact/signalReceived(_:)`` takes the signal of that number out, in the same transaction; and the end of a
    /// run that has finished all that are left.
    func signals(to run: String) async throws(JournalError) -> [SaidSignal]

    /// Tells that something may have been said to a run of which this process has the lease: at once where it was said in
    /// this process, within a moment where it was another.
    ///
    /// - Returns: `nil` where nothing can be said to runs of this journal.
    func sayings(to run: String) -> AsyncStream<Void>?

    /// Gives prompts to be kept: with the first event that names them, which makes them part of the run.
    ///
    /// Called before each such event, so it does no more than look whether they are known; it waits for nothing.
    func keep(_ prompts: PromptBook)

    /// The prompts of a version that an event names; `nil` where the journal keeps none, or was never given them.
    ///
    /// - Throws: ``JournalError``: `damaged` when they should be there and are not, or are not what they were.
    func prompts(_ version: String) async throws(JournalError) -> PromptBook?

    /// The account above a crew's runs that limits what they may cost, if there is one.
    func moneyAccount(ofCrew crew: String) async throws(JournalError) -> SharedAccount?

    /// The folder in which the journal lies, which no tool of a run may reach; `nil` when it lies in none.
    var folder: String? { get }
}

extension Journal {
    /// Keeps nothing: runs go on with the prompts of whoever resumes them.
    public func keep(_ prompts: PromptBook) {}

    /// None.
    public func prompts(_ version: String) async throws(JournalError) -> PromptBook? { nil }

    /// The prompts of a run.
    ///
    /// - Parameters:
    ///   - events: The run's events.
    ///   - own: The prompts for runs that were recorded before prompts were kept.
    /// - Throws: ``JournalError``: `damaged` when prompts that an event names are not there.
    public func library(of events: [Event], own: PromptBook) async throws(JournalError) -> PromptLibrary {
        var library = PromptLibrary(own)
        for version in Set(events.compactMap(\.fact.prompts)) where version != own.version {
            if let book = try await prompts(version) { library.add(book) }
        }
        return library
    }

    /// Reads all of it, and leaves out what is known.
    public func events(of run: String, after number: Int, limit: Int) async throws(JournalError) -> [Event] {
        Array(try await events(of: run).drop { $0.sequence <= number }.prefix(limit))
    }

    /// Tells so four times a second, whether or not anything was recorded.
    public func recordings(of run: String) -> AsyncStream<Void> {
        AsyncStream {
            try? await Task.sleep(for: .milliseconds(250))
            return Task.isCancelled ? nil : ()
        }
    }

    /// Nothing is known of it: it may.
    public func isExecuted(_ run: String) async throws(JournalError) -> Bool { true }

    /// Refuses whatever is said.
    public func say(
        _ signal: Signal,
        to run: String,
        by speaker: String?,
        at time: Int64
    ) async throws(JournalError) -> SaidSignal {
        throw JournalError(.refused, "nothing can be said to runs of this journal.")
    }

    /// Nothing was said.
    public func signals(to run: String) async throws(JournalError) -> [SaidSignal] { [] }

    /// Nothing can be said.
    public func sayings(to run: String) -> AsyncStream<Void>? { nil }

    /// There are no accounts above the runs.
    public func moneyAccount(ofCrew crew: String) async throws(JournalError) -> SharedAccount? { nil }

    /// None.
    public var folder: String? { nil }
}

/// The right of one executor to continue a run.
public struct Lease: Sendable, Hashable {
    /// The run.
    public let run: String
    /// Counts the executors that a run has had; an append with an older one is refused.
    public let epoch: Int

    /// Makes a lease.
    public init(run: String, epoch: Int) {
        self.run = run
        self.epoch = epoch
    }
}

/// Why the journal did not do what was asked.
public struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: String, Sendable, Hashable {
        /// There is no such run.
        case unknownRun = "unknown_run"
        /// The run exists already.
        case runExists = "run_exists"
        /// Another executor holds the run.
        case held
        /// The lease was lost: another executor has taken the run over.
        case fenced
        /// What is stored is not what was written.
        case damaged
        /// The store, or an event in it, was written by a version that this one does not understand: a newer one.
        case wrongVersion = "wrong_version"
        /// What lies there is not the person's own, and was not read.
        case untrusted
        /// The disk is full.
        case diskFull = "disk_full"
        /// The store may not be written.
        case readOnly = "read_only"
        /// An account above the run has no room for a hold; ``JournalError/shortage`` says which.
        case overBudget = "over_budget"
        /// What was said to a run means nothing to it as it stands.
        case refused
        /// So many signals wait for a run that no more are taken.
        case signalsFull = "signals_full"
        /// Any other failure to read or write.
        case storage
    }

    /// The kind of failure.
    public let code: Code
    /// What happened and what to do about it.
    public let message: String
    /// What an account above the run has too little of, when that is why.
    public let shortage: AccountShortage?

    /// Makes an error.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
        shortage = nil
    }

    /// Makes the error that a hold is when an account above the run has no room for it.
    public init(_ shortage: AccountShortage) {
        code = .overBudget
        message = "\(shortage.message)."
        self.shortage = shortage
    }

    /// The error for one who says more to a run than it takes in.
    package static func signalsFull(_ run: String) -> JournalError {
        JournalError(
            .signalsFull,
            "\(Signal.mostWaiting) signals wait for the run \(run), and no more are taken until it has taken them in."
        )
    }

    /// The error that an event of a newer version is for whoever would have to act on it.
    package static func newer(_ run: String, _ event: (sequence: Int, fact: UnknownFact)) -> JournalError {
        let version = event.fact.version > 1 ? ", version \(event.fact.version)" : ""
        return JournalError(
            .wrongVersion,
            "event \(event.sequence) of run \(run) (\(event.fact.type.prefix(100))\(version)) was written by a newer crew,"
                + " and this one does not know what it says. Update crew; `crew show` and `crew verify` can read the run."
        )
    }

    /// The message.
    public var description: String { message }
}
