import CrewRuntime
import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file of the journal: where it lies, what is in it, and how it is opened.
struct JournalFile: Sendable {
    /// The directory of the store.
    let directory: String
    /// The database.
    var path: String { directory + "/crew.sqlite" }
    /// The directory of the runs' locks.
    var locks: String { directory + "/locks" }
    var exists: Bool { fileSize(path) != nil }

    /// `crew` in ASCII; marks the file as a store (https://www.sqlite.org/pragma.html#pragma_application_id).
    private static let applicationID: Int64 = 0x6372_6577
    /// The layout of the tables below.
    private static let version: Int64 = 2

    // Events lie in the order in which they came, whatever their run, so that the appends of many runs touch few pages;
    // kept in the order of their key, each would touch a page of its own and a kilobyte would spill over.
    private static let schema = """
        CREATE TABLE runs (
            run TEXT PRIMARY KEY NOT NULL,
            epoch INTEGER NOT NULL,
            last INTEGER NOT NULL,
            head BLOB NOT NULL,
            holder TEXT NOT NULL,
            crew TEXT NOT NULL,
            goal TEXT NOT NULL,
            folder TEXT,
            status TEXT NOT NULL,
            started INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            \(Balance.columns.map { "\($0) INTEGER NOT NULL" }.joined(separator: ", "))
        ) WITHOUT ROWID;
        CREATE INDEX runs_by_start ON runs (started DESC, run);
        CREATE TABLE accounts (
            account TEXT PRIMARY KEY NOT NULL,
            limit_money INTEGER,
            limit_tokens INTEGER,
            limit_calls INTEGER,
            \(Balance.columns.map { "\($0) INTEGER NOT NULL" }.joined(separator: ", "))
        ) WITHOUT ROWID;
        CREATE TABLE events (
            run TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            time INTEGER NOT NULL,
            type TEXT NOT NULL,
            payload BLOB NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (run, sequence)
        );
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        """

    /// Opens the file for writing, and makes it when it is not there.
    ///
    /// Blocks while another process makes it.
    func openForWriting() throws(JournalError) -> DatabaseQueue {
        if !exists { try createPrivateDirectory(directory) }
        try WriteAheadLog.check(of: path)
        return try sqlite {
            let database = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: false))
            try database.inDatabase { db in
                if try !check(db) { try create(db) }
            }
            return database
        }
    }

    /// Opens the file for reading; it must exist.
    ///
    /// - Throws: `readOnly` where SQLite cannot place its index of the write-ahead log beside it.
    func openForReading() throws(JournalError) -> DatabaseQueue {
        try WriteAheadLog.check(of: path)
        return try sqlite {
            let database: DatabaseQueue
            do {
                database = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: true))
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
                throw JournalError(.readOnly, "\(path) cannot be read where it is: \(error.message ?? "").")
            }
            let isStore = try database.inDatabase { try check($0) }
            // An empty file is one that another process is about to fill.
            guard isStore else { throw JournalError(.unknownRun, "\(path) holds no runs yet.") }
            return database
        }
    }

    private static func configuration(isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        // A rollback that fails on a broken disk is an error like others, not a reason to crash.
        configuration.allowsUnsafeTransactions = true
        configuration.label = "crew.journal"
        configuration.prepareDatabase { db in
            guard !isReadOnly else { return }
            // An event that was acknowledged survives a power failure; on macOS, plain fsync does not reach the disk.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            #if canImport(Darwin)
                try db.execute(sql: "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
            #endif
        }
        return configuration
    }

    /// Tells whether this is a store of this version; an empty file is none yet.
    private func check(_ db: Database) throws -> Bool {
        let application = try Row.fetchOne(db, sql: "PRAGMA application_id")?.integer(0) ?? 0
        let found = try Row.fetchOne(db, sql: "PRAGMA user_version")?.integer(0) ?? 0
        if application == Self.applicationID {
            guard found == Self.version else {
                throw JournalError(
                    .wrongVersion,
                    "\(path) is a store of version \(found), this program reads version \(Self.version)."
                        + " Use the program that wrote it, or --store to begin a new store elsewhere."
                )
            }
            return true
        }
        guard try Row.fetchOne(db, sql: "SELECT 1 FROM sqlite_master LIMIT 1") == nil, application == 0, found == 0
        else { throw JournalError.damaged(path, "it is no store of runs but some other database") }
        return false
    }

    private func create(_ db: Database) throws {
        chmod(path, 0o600)
        // Switching to WAL does not wait for locks as other statements do.
        var attempts = 0
        while true {
            do {
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                break
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempts < 500 {
                attempts += 1
                usleep(10_000)
            }
        }
        try db.inTransaction(.immediate) {
            if try !check(db) { try db.execute(sql: Self.schema) }
            return .commit
        }
    }

    private func sqlite<Value>(_ body: () throws -> Value) throws(JournalError) -> Value {
        do { return try body() } catch { throw JournalError(error, at: path) }
    }
}
