import CrewRuntime
import Dispatch
import GRDB
import Synchronization

/// Writes entries on a thread of its own, all that have come together in one transaction.
///
/// While one transaction is being made durable, further entries gather and become the next one: the more runs there
/// are, the fewer flushes each of them costs.
final class JournalWriter: Sendable {
    /// Called with the number of entries before each commit; what it throws makes the commit fail.
    typealias CommitObserver = @Sendable (_ entries: Int) throws -> Void

    private struct Request: Sendable {
        let entry: JournalEntry
        let resume: @Sendable (Result<Int, JournalError>) -> Void
    }

    private struct State {
        var waiting: [Request] = []
        var isDraining = false
        var database: DatabaseQueue?
        /// Why nothing can be written any more.
        var failure: JournalError?
    }

    private let file: JournalFile
    private let willCommit: CommitObserver?
    let queue = DispatchQueue(label: "crew.journal.writer", qos: .userInitiated)
    private let state = Mutex(State())

    init(_ file: JournalFile, willCommit: CommitObserver?) {
        self.file = file
        self.willCommit = willCommit
    }

    /// Writes an entry; when this returns, it is durable.
    ///
    /// A cancelled task waits all the same, since what is written is written.
    ///
    /// - Returns: The run's epoch.
    func write(_ entry: JournalEntry) async throws(JournalError) -> Int {
        let result = await withCheckedContinuation { continuation in
            submit(Request(entry: entry) { continuation.resume(returning: $0) })
        }
        return try result.get()
    }

    /// The connection, once it is open.
    var database: DatabaseQueue? { state.withLock { $0.database } }

    /// Reads what only whoever writes needs to know, after what is being written.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        let result = await withCheckedContinuation { continuation in
            queue.async { [self] in
                continuation.resume(
                    returning: Result { () throws(JournalError) in
                        let database = try openDatabase()
                        return try file.sqlite { try database.inDatabase(body) }
                    }
                )
            }
        }
        return try result.get()
    }

    /// Opens the file, and makes it when it is not there, before anything is written.
    func open() async throws(JournalError) {
        let result = await withCheckedContinuation { continuation in
            queue.async { [self] in
                continuation.resume(
                    returning: Result { () throws(JournalError) in _ = try openDatabase() }
                )
            }
        }
        try result.get()
    }

    /// Waits until everything is written and closes the file.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                drain()
                let database = state.withLock { state in
                    defer { state.database = nil }
                    return state.database
                }
                // What is durable stays so; a failing checkpoint is made up for by the next process.
                try? database?.close()
                continuation.resume()
            }
        }
    }

    private func submit(_ request: Request) {
        let mustStart = state.withLock { state in
            state.waiting.append(request)
            defer { state.isDraining = true }
            return !state.isDraining
        }
        if mustStart { queue.async { [self] in drain() } }
    }

    private func drain() {
        while true {
            let group = state.withLock { state in
                let group = state.waiting
                state.waiting = []
                state.isDraining = !group.isEmpty
                return group
            }
            if group.isEmpty { return }
            for (request, result) in zip(group, commit(group)) { request.resume(result) }
        }
    }

    private func commit(_ group: [Request]) -> [Result<Int, JournalError>] {
        var results = [Result<Int, JournalError>?](repeating: nil, count: group.count)
        do throws(JournalError) {
            let database = try openDatabase()
            // An entry that fails half-way is left out and the others are written anew without it.
            while let culprit = try commit(group, on: database, &results) {
                results[culprit.index] = .failure(culprit.error)
            }
        } catch {
            return group.map { _ in .failure(error) }
        }
        return results.map { $0 ?? .failure(JournalError(.storage, "\(file.path): the entry was not written.")) }
    }

    /// Tries to commit every entry that has not failed yet.
    ///
    /// - Returns: The entry because of which nothing was written, if there is one.
    private func commit(
        _ group: [Request],
        on database: DatabaseQueue,
        _ results: inout [Result<Int, JournalError>?]
    ) throws(JournalError) -> (index: Int, error: JournalError)? {
        var attempted = results
        var culprit: (index: Int, error: JournalError)?
        do {
            try database.inDatabase { db in
                try db.writeTransaction {
                    var written = 0
                    for (index, request) in group.enumerated() {
                        if case .failure = attempted[index] { continue }
                        do {
                            attempted[index] = .success(try request.entry.write(db))
                            written += 1
                        } catch let error as JournalError {
                            attempted[index] = .failure(error)
                        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                            culprit = (index, JournalError.damaged(file.path, error.message ?? "\(error)"))
                            return false
                        }
                    }
                    guard written > 0 else { return false }
                    try willCommit?(written)
                    return true
                }
            }
        } catch {
            throw fail(error)
        }
        if let culprit { return culprit }
        results = attempted
        return nil
    }

    private func openDatabase() throws(JournalError) -> DatabaseQueue {
        let (open, failure) = state.withLock { ($0.database, $0.failure) }
        if let failure { throw failure }
        if let open { return open }
        let database = try file.openForWriting()
        state.withLock { $0.database = database }
        return database
    }

    private func fail(_ error: any Error) -> JournalError {
        let problem = JournalError(error, at: file.path)
        if (error as? DatabaseError)?.leavesUnknownState == true {
            let code: JournalError.Code = problem.code == .damaged ? .damaged : .storage
            let lasting = JournalError(
                code,
                "\(problem.message) Nothing more is written by this process; resume once the disk is sound."
            )
            state.withLock { $0.failure = lasting }
        }
        return problem
    }
}
