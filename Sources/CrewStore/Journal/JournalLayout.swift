import CrewCore
import CrewRuntime
import Foundation
import GRDB

/// The layouts of the journal's database: the present one, those that it is made from, and how.
enum JournalLayout {
    /// `crew` in ASCII; marks the file as a store (https://www.sqlite.org/pragma.html#pragma_application_id).
    static let applicationID: Int64 = 0x6372_6577
    /// The layout that this program writes.
    static let version: Int64 = 3

    /// What is found in a file.
    enum Standing: Equatable {
        /// Nothing yet.
        case empty
        /// A store of this version, which is the present one or one that can be brought up to it.
        case store(version: Int64)
    }

    /// The schemas that can be opened, by version.
    static let schemas: [Int64: ExpectedSchema] = [
        2: ExpectedSchema(tables, indexedTables: ["events"]),
        3: ExpectedSchema(tables + register, indexedTables: ["events"]),
    ]

    // Events lie in the order in which they came, whatever their run, so that the appends of many runs touch few pages;
    // kept in the order of their key, each would touch a page of its own and a kilobyte would spill over.
    private static let tables = [
        """
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
        ) WITHOUT ROWID
        """,
        "CREATE INDEX runs_by_start ON runs (started DESC, run)",
        """
        CREATE TABLE accounts (
            account TEXT PRIMARY KEY NOT NULL,
            limit_money INTEGER,
            limit_tokens INTEGER,
            limit_calls INTEGER,
            \(Balance.columns.map { "\($0) INTEGER NOT NULL" }.joined(separator: ", "))
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE events (
            run TEXT NOT NULL,
            sequence INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            time INTEGER NOT NULL,
            type TEXT NOT NULL,
            payload BLOB NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (run, sequence)
        )
        """,
    ]

    private static let register = [
        """
        CREATE TABLE meta (
            identity BLOB PRIMARY KEY NOT NULL,
            seal BLOB,
            entries INTEGER NOT NULL,
            head BLOB NOT NULL
        ) WITHOUT ROWID
        """,
        """
        CREATE TABLE register (
            number INTEGER PRIMARY KEY NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            content BLOB NOT NULL,
            hash BLOB NOT NULL
        )
        """,
    ]

    /// Looks at a database, within a transaction, so that all of it is of one moment.
    ///
    /// - Throws: `damaged` when it is no store, or more than one; `wrongVersion`.
    static func standing(_ db: Database, at path: String) throws -> Standing {
        let application = try Row.fetchOne(db, sql: "PRAGMA application_id")?.integer(0) ?? 0
        let found = try Row.fetchOne(db, sql: "PRAGMA user_version")?.integer(0) ?? 0
        guard application == applicationID else {
            guard try Row.fetchOne(db, sql: "SELECT 1 FROM sqlite_master LIMIT 1") == nil, application == 0, found == 0
            else { throw JournalError.damaged(path, "it is no store of runs but some other database") }
            return .empty
        }
        guard let schema = schemas[found] else {
            throw JournalError(
                .wrongVersion,
                found > version
                    ? "\(path) was written by a newer crew: it is a store of version \(found), this one reads up to"
                        + " version \(version). Update crew, or use --store to begin a new store elsewhere."
                    : "\(path) is a store of version \(found), which was never released."
                        + " Use the program that wrote it, or --store to begin a new store elsewhere."
            )
        }
        if let difference = try schema.difference(db) { throw JournalError.damaged(path, difference) }
        return .store(version: found)
    }

    /// Makes the tables of the present layout in an empty database, within a transaction.
    static func create(_ seal: StoreSeal, _ db: Database) throws {
        for statement in tables + register { try db.execute(sql: statement) }
        try seal.write(db)
        try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
    }

    /// Brings a store of an earlier version up to the present one, within a transaction.
    static func migrate(_ seal: StoreSeal, _ db: Database) throws {
        for statement in register { try db.execute(sql: statement) }
        try seal.write(db)
        // No crew can have another name, so nothing ever counted on such an account.
        for name in try Row.fetchAll(db, sql: "SELECT account FROM accounts").map({ $0.text(0) ?? "" })
        where SharedAccount(name) == nil {
            try db.execute(sql: "DELETE FROM accounts WHERE account = ?", arguments: [name])
        }
        try StoreRegister.begin(db)
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }
}
