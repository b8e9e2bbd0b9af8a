import Dispatch
import Foundation
import GRDB
import Synchronization

/// What may be forgotten: cached answers, and what endpoints were found to take.
///
/// It lies beside the journal in a file of its own, which may be deleted at any time. No run fails because of it: a
/// file that is damaged is moved away and begun anew, any other failure is a miss.
///
/// What is in it is sealed with the person's own key (`StateFolder`), so that nobody else can put an answer there; where
/// there is no home folder to keep a key in, nothing is kept.
public final class CacheFile: Sendable {
    private struct State {
        var database: DatabaseQueue?
        /// The key of the seals, known once the file is open.
        var key: StoreKey?
        /// Whether opening failed, so that it is not tried with every call.
        var isUnusable = false
    }

    private let directory: String
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
        self.directory = OwnFolder.plain(directory)
        path = self.directory + "/" + StorePlace.cache
        self.timeToLive = timeToLive
        self.maximumBytes = maximumBytes
        self.now = now ?? { Int64(Date().timeIntervalSince1970 * 1_000) }
        self.warn = warn
    }

    /// Whether there is such a file.
    public var exists: Bool { fileSize(path) != nil }

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

    /// What is to be kept, with a seal before it.
    ///
    /// - Parameters:
    ///   - content: What is to be kept.
    ///   - purpose: What it is.
    ///   - parts: Under what it is kept, so that it is right in no other place.
    func sealed(_ content: Data, _ purpose: String, _ parts: [Data]) throws -> Data {
        guard let key = state.withLock({ $0.key }) else { throw Unreadable() }
        return key.seal(purpose, parts + [content]) + content
    }

    /// What was kept by ``sealed(_:_:_:)``.
    ///
    /// - Throws: ``Unreadable`` when it is not what this account has put there.
    func unsealed(_ kept: Data?, _ purpose: String, _ parts: [Data]) throws -> Data {
        guard let kept, kept.count >= StoreKey.length, let key = state.withLock({ $0.key }) else { throw Unreadable() }
        let content = Data(kept.dropFirst(StoreKey.length))
        guard key.isSeal(Data(kept.prefix(StoreKey.length)), purpose, parts + [content]) else { throw Unreadable() }
        return content
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
        let key = try StateFolder().key()
        try StorePlace.make(directory).makeFile(StorePlace.cache)
        var database = try DatabaseQueue(path: path, configuration: Self.configuration)
        try StorePlace.look(at: directory)
        if try database.inDatabase(standing) == Self.unsealed {
            try database.close()
            for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try StorePlace.make(directory).makeFile(StorePlace.cache)
            database = try DatabaseQueue(path: path, configuration: Self.configuration)
        }
        try database.inDatabase(prepare)
        state.withLock { ($0.database, $0.key) = (database, key) }
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
            try db.execute(sql: JournalFile.distrust)
            // What a power failure takes away is asked again.
            try db.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        return configuration
    }

    private func prepare(_ db: Database) throws {
        let found = try standing(db)
        if found == Self.version { return }
        guard found == 0 else { throw Unreadable() }
        try db.execute(sql: "PRAGMA journal_mode = WAL")
        try db.inTransaction(.immediate) {
            if try Row.fetchOne(db, sql: "PRAGMA user_version")?.integer(0) == 0 {
                for statement in Self.schema.statements + ["INSERT INTO totals VALUES (0)"] {
                    try db.execute(sql: statement)
                }
                try db.execute(sql: "PRAGMA user_version = \(Self.version)")
            }
            return .commit
        }
    }

    /// The version of what is in the file, 0 for nothing, once it is seen to be what it must.
    private func standing(_ db: Database) throws -> Int64 {
        var found: Int64 = 0
        try db.inTransaction(.deferred) {
            found = try Row.fetchOne(db, sql: "PRAGMA user_version")?.integer(0) ?? 0
            if found == Self.version, try Self.schema.difference(db) != nil { throw Unreadable() }
            if found == 0, try Row.fetchOne(db, sql: "SELECT 1 FROM sqlite_master LIMIT 1") != nil {
                throw Unreadable()
            }
            return .commit
        }
        return found
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

    /// The layout of the tables below.
    private static let version: Int64 = 2
    /// An earlier layout, in which nothing was sealed: nothing of it is believed.
    private static let unsealed: Int64 = 1

    // The sum of the sizes is kept by triggers, so that storing need not add everything up.
    private static let schema = ExpectedSchema(
        [
            """
            CREATE TABLE responses (
                key BLOB PRIMARY KEY NOT NULL,
                model TEXT NOT NULL,
                endpoint TEXT NOT NULL,
                response BLOB NOT NULL,
                stored INTEGER NOT NULL,
                size INTEGER NOT NULL,
                used INTEGER NOT NULL
            )
            """,
            "CREATE INDEX responses_by_use ON responses (used)",
            "CREATE TABLE totals (bytes INTEGER NOT NULL)",
            """
            CREATE TRIGGER response_added AFTER INSERT ON responses BEGIN
                UPDATE totals SET bytes = bytes + new.size;
            END
            """,
            """
            CREATE TRIGGER response_removed AFTER DELETE ON responses BEGIN
                UPDATE totals SET bytes = bytes - old.size;
            END
            """,
            """
            CREATE TABLE dialects (
                endpoint TEXT NOT NULL,
                model TEXT NOT NULL,
                dialect BLOB NOT NULL,
                stored INTEGER NOT NULL,
                PRIMARY KEY (endpoint, model)
            ) WITHOUT ROWID
            """,
        ],
        indexedTables: ["responses"]
    )
}

extension Int64 {
    /// Its bytes, the lowest first.
    var bytes: Data { Swift.withUnsafeBytes(of: littleEndian) { Data($0) } }
}
