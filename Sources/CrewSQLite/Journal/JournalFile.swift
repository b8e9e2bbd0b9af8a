import CrewRuntime
import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The file of the journal: where it lies, what has to be true of it, and how it is opened.
///
/// Every opening goes the same way: the place is looked at, then the log, then the schema, then the seal; only then is
/// anything asked of it.
struct JournalFile: Sendable {
    /// The directory of the store.
    let directory: String
    /// Whether the store is refused unless it has the seal of this account.
    let mustBeOwn: Bool
    /// The directory for which it is sealed, of which this one may be a copy.
    private let origin: String

    init(directory: String, mustBeOwn: Bool, copyOf origin: String? = nil) {
        self.directory = OwnFolder.plain(directory)
        self.mustBeOwn = mustBeOwn
        self.origin = origin ?? self.directory
    }

    /// The database.
    var path: String { directory + "/" + StorePlace.journal }
    /// The directory of the runs' locks.
    var locks: String { directory + "/" + StorePlace.locks }
    var exists: Bool { fileSize(path) != nil }

    /// A copy of the file in another directory.
    func copy(in directory: String) -> JournalFile {
        JournalFile(directory: directory, mustBeOwn: mustBeOwn, copyOf: origin)
    }

    /// Opens the file for writing, makes it when it is not there, and brings it up to the present layout.
    ///
    /// Blocks while another process makes it.
    func openForWriting() throws(JournalError) -> DatabaseQueue {
        try StorePlace.make(directory).makeFile(StorePlace.journal)
        guard access(directory, W_OK) == 0 else { throw JournalError(errno: errno, "\(directory) cannot be written") }
        try WriteAheadLog.check(of: path)
        return try sqlite {
            let database = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: false))
            try StorePlace.look(at: directory)
            try database.inDatabase { db in
                switch try standing(db) {
                case .empty: try create(db)
                case .store(JournalLayout.version): break
                case .store:
                    try refuseIfOthers(db)
                    try migrate(db)
                }
                try refuseIfOthers(db)
            }
            return database
        }
    }

    /// Opens the file for reading; it must exist.
    ///
    /// - Throws: `readOnly` where SQLite cannot place its index of the write-ahead log beside it, or where it has to be
    ///   brought up to the present layout and cannot be written.
    func openForReading() throws(JournalError) -> DatabaseQueue {
        let (database, standing) = try openAsItIs()
        switch standing {
        case .store(JournalLayout.version): break
        case .store:
            try? database.close()
            let migrated = try openForWriting()
            try? migrated.close()
            return try openAsItIs().0
        // An empty file is one that another process is about to fill.
        case .empty: throw JournalError(.unknownRun, "\(path) holds no runs yet.")
        }
        return database
    }

    /// Opens the file for reading, whatever its layout.
    func openAsItIs() throws(JournalError) -> (DatabaseQueue, JournalLayout.Standing) {
        guard try StorePlace.look(at: directory) != nil else {
            throw JournalError(.unknownRun, "there is no store in \(directory).")
        }
        try WriteAheadLog.check(of: path)
        return try sqlite {
            let database: DatabaseQueue
            do {
                database = try DatabaseQueue(path: path, configuration: Self.configuration(isReadOnly: true))
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
                throw JournalError(.readOnly, "\(path) cannot be read where it is: \(error.message ?? "").")
            }
            try StorePlace.look(at: directory)
            let found = try database.inDatabase { db in
                let found = try standing(db)
                if found != .empty { try refuseIfOthers(db) }
                return found
            }
            return (database, found)
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
            try db.execute(sql: Self.distrust)
            guard !isReadOnly else { return }
            // An event that was acknowledged survives a power failure; on macOS, plain fsync does not reach the disk.
            try db.execute(sql: "PRAGMA synchronous = FULL")
            #if canImport(Darwin)
                try db.execute(sql: "PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON")
            #endif
        }
        return configuration
    }

    /// What SQLite is told about any file that it opens (https://www.sqlite.org/security.html).
    static let distrust = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON"

    private func standing(_ db: Database) throws -> JournalLayout.Standing {
        var found = JournalLayout.Standing.empty
        try db.inTransaction(.deferred) {
            found = try JournalLayout.standing(db, at: path)
            return .commit
        }
        return found
    }

    private func create(_ db: Database) throws {
        let seal = StoreSeal(for: origin, key: try ownKey())
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
            if try JournalLayout.standing(db, at: path) == .empty { try JournalLayout.create(seal, db) }
            return .commit
        }
    }

    private func migrate(_ db: Database) throws {
        // Whoever opens a store by its name has not said that it is theirs.
        let seal = StoreSeal(for: origin, key: nil)
        try db.inTransaction(.immediate) {
            // Another process may have done it.
            if case .store(let version) = try JournalLayout.standing(db, at: path), version < JournalLayout.version {
                try JournalLayout.migrate(from: version, seal, db)
            }
            return .commit
        }
    }

    /// The key to seal a new store with; a store that need not be the person's own can do without.
    private func ownKey() throws -> StoreKey? {
        do {
            return try StateFolder().key()
        } catch {
            if mustBeOwn { throw error }
            return nil
        }
    }

    /// Refuses a store that is not the person's own, if it must be.
    private func refuseIfOthers(_ db: Database) throws {
        guard mustBeOwn, try !isOwn(db) else { return }
        throw JournalError(
            .untrusted,
            "\(directory) is not known to be your own store, and none of its runs was read: it was made by somebody else,"
                + " by an earlier version or on another machine, or it was moved or copied. If you know whose it is:"
                + " crew trust \(Ownership.quoted(directory)) takes it over. Else keep runs elsewhere with --store DIR."
        )
    }

    /// Whether the store has the seal of this account.
    func isOwn(_ db: Database) throws -> Bool {
        guard try standing(db).isSealable else { return false }
        return try StoreSeal.isRight(db, for: origin, key: try StateFolder().existingKey())
    }

    /// Seals the store as the person's own, and brings it up to the present layout.
    func seal() throws(JournalError) {
        let key = try StateFolder().key()
        let database = try openForWriting()
        defer { try? database.close() }
        try sqlite {
            try database.inDatabase { db in
                try db.inTransaction(.immediate) {
                    try StoreSeal(for: origin, key: key).replace(db)
                    return .commit
                }
            }
        }
    }

    /// Does something with the database and says in the journal's terms what went wrong.
    func sqlite<Value>(_ body: () throws -> Value) throws(JournalError) -> Value {
        do { return try body() } catch { throw JournalError(error, at: path) }
    }
}
