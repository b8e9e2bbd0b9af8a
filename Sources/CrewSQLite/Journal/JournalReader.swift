import CrewCore
import CrewRuntime
import CrewStore
import Dispatch
import Foundation
import GRDB
import Synchronization

/// Reads the journal beside the writer, on a thread of its own.
final class JournalReader: Sendable {
    private let file: JournalFile
    let queue = DispatchQueue(label: "crew.journal.reader", qos: .userInitiated)
    private let database = Mutex<DatabaseQueue?>(nil)

    init(_ file: JournalFile) {
        self.file = file
    }

    /// All events of a run, each checked.
    func events(of run: String) async throws(JournalError) -> [Event] {
        try await read { db in
            var events: [Event] = []
            if let flaw = try RecordedRun.read(run, db, { events.append($0) }).flaw { throw flaw.error }
            return events
        }
    }

    /// The event with which a run begins, checked.
    func beginning(of run: String) async throws(JournalError) -> Event {
        try await read { db in
            guard let event = try RecordedRun.beginning(run, db) else { throw JournalError.unknown(run) }
            return event
        }
    }

    /// Runs, newest first.
    ///
    /// - Parameters:
    ///   - prefix: What their identifiers begin with.
    ///   - limit: How many at most.
    func runs(prefix: String, limit: Int) async throws(JournalError) -> [RunSummary] {
        guard file.exists else { return [] }
        do throws(JournalError) {
            return try await read { db in
                let sql = """
                    SELECT \(RunSummary.columns) FROM runs WHERE substr(run, 1, ?) = ?
                    ORDER BY started DESC, run DESC LIMIT ?
                    """
                let rows = try Row.fetchAll(db, sql: sql, arguments: [prefix.unicodeScalars.count, prefix, limit])
                return try rows.map { row in
                    guard let summary = RunSummary(row) else {
                        throw JournalError.damaged(
                            self.file.path,
                            "the entry of run \(row.text(0) ?? "?") is unreadable"
                        )
                    }
                    return summary
                }
            }
        } catch  where error.code == .unknownRun {
            return []
        }
    }

    /// Who took the run last.
    func holder(of run: String) async throws(JournalError) -> Holder {
        try await read { db in
            let row = try Row.fetchOne(db, sql: "SELECT holder FROM runs WHERE run = ?", arguments: [run])
            guard let row else { throw JournalError.unknown(run) }
            guard let holder = row.text(0).flatMap(Holder.init) else {
                throw JournalError(.damaged, "run \(run) is damaged: its holder is unreadable.")
            }
            return holder
        }
    }

    /// The connection, once it is open.
    var connection: DatabaseQueue? { database.withLock { $0 } }

    /// Closes the file.
    func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                try? database.withLock { $0.take() }?.close()
                continuation.resume()
            }
        }
    }

    /// Reads within one transaction, so that everything is of one moment.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(JournalError) -> Value {
        let result = await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: Result { () throws(JournalError) in try run(body) })
            }
        }
        return try result.get()
    }

    private func run<Value>(_ body: (Database) throws -> Value) throws(JournalError) -> Value {
        do throws(JournalError) {
            return try run(body, on: try openDatabase())
        } catch  where error.code == .readOnly {
            return try file.withCopy { copy throws(JournalError) in try run(body, on: copy) }
        }
    }

    private func run<Value>(
        _ body: (Database) throws -> Value,
        on database: DatabaseQueue
    ) throws(JournalError) -> Value {
        do {
            return try database.inDatabase { db in
                var value: Value?
                try db.inTransaction(.deferred) {
                    value = try body(db)
                    return .commit
                }
                guard let value else { throw JournalError(.storage, "\(file.path): nothing was read.") }
                return value
            }
        } catch {
            throw JournalError(error, at: file.path)
        }
    }

    private func openDatabase() throws(JournalError) -> DatabaseQueue {
        if let open = database.withLock({ $0 }) { return open }
        guard file.exists else {
            throw JournalError(.unknownRun, "there is no store in \(Ownership.quoted(file.directory)).")
        }
        let opened = try file.openForReading()
        database.withLock { $0 = opened }
        return opened
    }
}

extension JournalFile {
    /// Reads a copy in the temporary directory, where SQLite may write what it needs beside the file.
    ///
    /// Only for a file that nobody can write where it lies, so that the copy is of one moment.
    fileprivate func withCopy<Value>(
        _ body: (DatabaseQueue) throws(JournalError) -> Value
    ) throws(JournalError) -> Value {
        let files = FileManager.default
        let copy = copy(in: files.temporaryDirectory.path + "/crew-\(UUID().uuidString)")
        try createPrivateDirectory(copy.directory)
        defer { try? files.removeItem(atPath: copy.directory) }
        do {
            for suffix in ["", "-wal"] where fileSize(path + suffix) != nil {
                try files.copyItem(atPath: path + suffix, toPath: copy.path + suffix)
            }
        } catch {
            throw JournalError(.storage, "\(path) cannot be copied for reading: \(error)")
        }
        let database = try copy.openForReading()
        defer { try? database.close() }
        return try body(database)
    }
}
