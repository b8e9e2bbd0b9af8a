import Dispatch
import Foundation
import GRDB
import Synchronization

/// What may be forgotten: cached answers, and what endpoints were found to take.
///
/// It lies beside the journal in a file of its own, which may be deleted at any time. No run fails because of it: a
/// file that is damaged is moved away and begun anew, any other failure is a miss.
public final class CacheFile: Sendable {
    private struct State {
        var database: DatabaseQueue?
        /// Whether opening failed, so that it is not tried with every call.
        var isUnusable = false
    }

    /// The file's path.
    public let path: String
    /// How long a cached answer is given, in seconds.
    let timeToLive: Int64
    /// How many bytes of answers are kept.
    let maximumBytes: Int64
    private let warn: @Sendable (String) -> Void
    private let now: @Sendable () -> Int64
    private let queue = DispatchQueue(label: "crew.cache", qos: .userInitiated)
    private let state = Mutex(State())

    /// The cache of a store; nothing is opened before it is needed.
    ///
    /// - Parameters:
    ///   - directory: The store's directory.
    ///   - timeToLive: How long a cached answer is given, in seconds.
    ///   - maximumBytes: How many bytes of answers are kept; those not used for longest go first.
    ///   - now: The time, in milliseconds since 1970 UTC; the machine's without it.
    ///   - warn: Called with what went wrong, for people.
    public init(
        directory: String,
        timeToLive: Int64 = 30 * 86_400,
        maximumBytes: Int64 = 256 << 20,
        now: (@Sendable () -> Int64)? = nil,
        warn: @escaping @Sendable (String) -> Void
    ) {
        path = directory + "/cache.sqlite"
        self.timeToLive = timeToLive
        self.maximumBytes = maximumBytes
        self.now = now ?? { Int64(Date().timeIntervalSince1970 * 1_000) }
        self.warn = warn
    }

    /// Does something with the file on a thread of its own; `nil` when that is not possible.
    ///
    /// - Parameter mustExist: Whether a file that is not there is left so.
    func perform<Value: Sendable>(
        mustExist: Bool,
        _ body: @escaping @Sendable (_ db: Database, _ now: Int64) throws -> Value
    ) async -> Value? {
        await withCheckedContinuation { continuation in
            queue.async { [self] in continuation.resume(returning: attempt(mustExist: mustExist, body)) }
        }
    }

    /// Closes the file.
    public func close() async {
        await withCheckedContinuation { continuation in
            queue.async { [self] in
                try? state.withLock { $0.database.take() }?.close()
                continuation.resume()
            }
        }
    }

    private func attempt<Value>(
        mustExist: Bool,
        _ body: (_ db: Database, _ now: Int64) throws -> Value
    ) -> Value? {
        do {
            guard let database = try openDatabase(mustExist: mustExist) else { return nil }
            return try database.inDatabase { try body($0, now()) }
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            moveAway(error.message ?? "it is damaged")
        } catch is Unreadable {
            moveAway("it holds what this program cannot read")
        } catch {
            state.withLock { if $0.database == nil { $0.isUnusable = true } }
            warn("The cache \(path) cannot be used: \(error)")
        }
        return nil
    }

    private func openDatabase(mustExist: Bool) throws -> DatabaseQueue? {
        let (open, isUnusable) = state.withLock { ($0.database, $0.isUnusable) }
        if let open { return open }
        if isUnusable || (mustExist && fileSize(path) == nil) { return nil }
        try createPrivateDirectory(String(path.dropLast("/cache.sqlite".count)))
        let database = try DatabaseQueue(path: path, configuration: Self.configuration)
        try database.inDatabase(prepare)
        state.withLock { $0.database = database }
        return database
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(2)
        // A rollback that fails on a broken disk is a warning, not a reason to crash.
        configuration.allowsUnsafeTransactions = true
        configuration.label = "crew.cache"
        configuration.prepareDatabase { db in
            // What a power failure takes away is asked again.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        return configuration
    }

    private func prepare(_ db: Database) throws {
        let found = try Row.fetchOne(db, sql: "PRAGMA user_version")?.integer(0) ?? 0
        if found == Self.version { return }
        guard found == 0 else { throw Unreadable() }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try db.execute(sql: "PRAGMA journal_mode = WAL")
        try db.inTransaction(.immediate) {
            let isEmpty = try Row.fetchOne(db, sql: "SELECT 1 FROM sqlite_master LIMIT 1") == nil
            if isEmpty { try db.execute(sql: Self.schema) }
            return .commit
        }
    }

    private func moveAway(_ reason: String) {
        try? state.withLock { $0.database.take() }?.close()
        let name = path + ".damaged-\(now())"
        for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        do {
            try FileManager.default.moveItem(atPath: path, toPath: name)
            warn("The cache \(path) was moved to \(name), since \(reason); a new one is begun.")
        } catch {
            state.withLock { $0.isUnusable = true }
            warn("The cache \(path) cannot be used, since \(reason): \(error)")
        }
    }

    /// What is stored makes no sense.
    struct Unreadable: Error {}

    private static let version: Int64 = 1

    // The sum of the sizes is kept by triggers, so that storing need not add everything up.
    private static let schema = """
        CREATE TABLE responses (
            key BLOB PRIMARY KEY NOT NULL,
            model TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            response BLOB NOT NULL,
            checksum INTEGER NOT NULL,
            stored INTEGER NOT NULL,
            size INTEGER NOT NULL,
            used INTEGER NOT NULL
        );
        CREATE INDEX responses_by_use ON responses (used);
        CREATE TABLE totals (bytes INTEGER NOT NULL);
        INSERT INTO totals VALUES (0);
        CREATE TRIGGER response_added AFTER INSERT ON responses BEGIN
            UPDATE totals SET bytes = bytes + new.size;
        END;
        CREATE TRIGGER response_removed AFTER DELETE ON responses BEGIN
            UPDATE totals SET bytes = bytes - old.size;
        END;
        CREATE TABLE dialects (
            endpoint TEXT NOT NULL,
            model TEXT NOT NULL,
            dialect BLOB NOT NULL,
            stored INTEGER NOT NULL,
            PRIMARY KEY (endpoint, model)
        ) WITHOUT ROWID;
        PRAGMA user_version = \(version);
        """
}
