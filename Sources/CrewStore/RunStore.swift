public import CrewCore
public import CrewRuntime

/// Runs that outlive the process, with the list of them and the accounts above them.
///
/// It is a ``Journal`` that knows its runs: what lists, shows, limits and verifies them asks it by this protocol, so that a
/// store of another kind is a target of its own, and nothing above it changes.
public protocol RunStore: Journal {
    /// Where the runs lie, for people: a directory.
    var place: String { get }

    /// The runs whose identifiers begin so, newest first.
    ///
    /// - Parameters:
    ///   - prefix: What they begin with.
    ///   - limit: How many at most.
    /// - Throws: `JournalError`: `damaged`, `wrongVersion`, `storage`. A store that does not exist has no runs.
    func runs(beginningWith prefix: String, limit: Int) async throws(JournalError) -> [RunSummary]

    /// What a run was created with, without reading all that happened in it.
    ///
    /// - Parameter run: The identifier.
    func creation(of run: String) async throws(JournalError) -> RunCreated

    /// The accounts above the runs: that of the project, and those of all crews that have run or have a limit.
    func accounts() async throws(JournalError) -> [AccountSummary]

    /// Sets what the runs of an account may use together; what they have used already counts.
    ///
    /// A limit below what is used takes nothing back: no further call is begun.
    ///
    /// - Parameters:
    ///   - limits: Money, tokens and calls; what is left out stays as it was. Time is not limited above a run.
    ///   - account: The account.
    func limit(_ account: SharedAccount, to limits: Limits) async throws(JournalError)

    /// Takes an account's limits away.
    func removeLimits(of account: SharedAccount) async throws(JournalError)

    /// Reads every event of every run, or of one, and checks the chain of their hashes, what the list of runs sums up
    /// of them, the register of all that was created and limited, the accounts above the runs, the prompts, and whatever
    /// it keeps them in.
    ///
    /// - Parameter run: The only run to verify; all without it.
    /// - Throws: `JournalError` when the store cannot be read at all, or there is no such run.
    func verify(_ run: String?) async throws(JournalError) -> StoreVerification

    /// Waits for what is being written, gives all leases back and lets go of what is open.
    func close() async
}

extension RunStore {
    /// The runs, newest first.
    ///
    /// - Parameter limit: How many at most.
    /// - Throws: `JournalError`: `damaged`, `wrongVersion`, `storage`. A store that does not exist has no runs.
    public func runs(limit: Int = .max) async throws(JournalError) -> [RunSummary] {
        try await runs(beginningWith: "", limit: limit)
    }

    /// The run whose identifier is given, or begins so and is the only one that does.
    ///
    /// - Parameter prefix: The identifier or its beginning.
    /// - Throws: `JournalError`: `unknownRun` when there is none, or more than one.
    public func run(matching prefix: String) async throws(JournalError) -> RunSummary {
        let found = try await runs(beginningWith: prefix, limit: 6)
        if let exact = found.first(where: { $0.run == prefix }) { return exact }
        guard let first = found.first, !prefix.isEmpty else { throw JournalError.unknown(prefix) }
        guard found.count == 1 else {
            let names = found.prefix(5).map(\.run).joined(separator: ", ") + (found.count > 5 ? ", …" : "")
            throw JournalError(.unknownRun, "several runs begin with \(prefix): \(names).")
        }
        return first
    }

    /// Verifies all runs; see ``verify(_:)``.
    public func verify() async throws(JournalError) -> StoreVerification { try await verify(nil) }
}

extension JournalError {
    /// The error that a run is which is not there.
    package static func unknown(_ run: String) -> JournalError {
        JournalError(.unknownRun, "there is no run \(run); `crew runs` lists those there are.")
    }
}
