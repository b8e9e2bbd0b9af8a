import CrewCore
import CrewStore
import GRDB

extension JournalLayout {
    /// A layout, and how a store of the one before it becomes one of it.
    struct Step: Sendable {
        /// Its number, the `user_version` of the database.
        let version: Int64
        /// All that a store of it consists of.
        let schema: ExpectedSchema
        /// Makes a store of it from one of the layout before, within a transaction.
        let migrate: @Sendable (Database, StoreSeal) throws -> Void
    }

    /// The layouts that were released, in order.
    ///
    /// The next one is another element at the end; none that stands here changes. For each there are stores in
    /// `Tests/CrewStoreTests/Golden`.
    static let steps = [
        Step(version: 2, schema: ExpectedSchema(tables, indexedTables: ["events"])) { _, _ in },
        // The runs and limits of a store are in a register, and the store knows whose it is.
        Step(version: 3, schema: ExpectedSchema(tables + register, indexedTables: ["events"])) { db, seal in
            for statement in register { try db.execute(sql: statement) }
            try seal.write(db)
            // No crew can have another name, so nothing ever counted on such an account.
            for name in try Row.fetchAll(db, sql: "SELECT account FROM accounts").map({ $0.text(0) ?? "" })
            where SharedAccount(name) == nil {
                try db.execute(sql: "DELETE FROM accounts WHERE account = ?", arguments: [name])
            }
            try RegisterTable.begin(db)
        },
        // The prompts of runs are kept.
        Step(version: 4, schema: ExpectedSchema(tables + register + prompts, indexedTables: ["events"])) { db, _ in
            for statement in prompts { try db.execute(sql: statement) }
        },
        // Something can be said to runs.
        Step(
            version: 5,
            schema: ExpectedSchema(
                tables + register + prompts + signals,
                indexedTables: ["events"],
                givesNumbers: true
            )
        ) { db, _ in
            for statement in signals { try db.execute(sql: statement) }
        },
    ]

    /// The layout that this program writes.
    static let present = steps[steps.endIndex - 1]

    /// The first layout in which a store has an identity and a seal.
    static let firstWithSeal: Int64 = 3

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

    private static let prompts = [
        """
        CREATE TABLE prompts (
            hash TEXT PRIMARY KEY NOT NULL,
            content BLOB NOT NULL
        ) WITHOUT ROWID
        """
    ]

    // No number is given twice, also when all that was said has been taken in.
    private static let signals = [
        """
        CREATE TABLE signals (
            number INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
            run TEXT NOT NULL,
            said INTEGER NOT NULL,
            speaker TEXT,
            kind TEXT NOT NULL,
            content BLOB NOT NULL
        )
        """,
        "CREATE INDEX signals_by_run ON signals (run, number)",
    ]
}
