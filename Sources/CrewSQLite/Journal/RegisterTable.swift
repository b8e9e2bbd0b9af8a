import CrewCore
import CrewRuntime
import CrewStore
import GRDB

/// The rows of the store's register; its last hash stands in `meta`.
enum RegisterTable {
    /// Adds an entry within a transaction that writes.
    static func add(_ entry: StoreRegister.Entry, _ db: Database) throws {
        let (entries, head) = try end(db)
        let hash = entry.hash(as: entries + 1, after: head)
        let insertion = try BoundStatement(db, insert)
        try insertion.bind(1, entries + 1)
        try insertion.bind(2, entry.kind)
        try insertion.bind(3, entry.name)
        try insertion.execute((4, entry.content), (5, hash))
        let update = try BoundStatement(db, "UPDATE meta SET entries = ?, head = ?")
        try update.bind(1, entries + 1)
        try update.bind(2, hash)
        try update.execute()
    }

    private static let insert = "INSERT INTO register (number, kind, name, content, hash) VALUES (?, ?, ?, ?, ?)"

    private static func end(_ db: Database) throws -> (entries: Int64, head: [UInt8]) {
        let statement = try BoundStatement(db, "SELECT entries, head FROM meta")
        guard try statement.step(), let entries = statement.integer(0), let head = statement.blob(1), entries >= 0,
            entries < .max
        else { throw JournalError(.damaged, "the store's register is unreadable. Restore the store from a copy.") }
        return (entries, head)
    }

    /// Enters what a store without a register holds.
    static func begin(_ db: Database) throws {
        for run in try String.fetchAll(db, sql: "SELECT run FROM runs ORDER BY started, run") {
            try add(.run(run, first: try firstHash(of: run, db)), db)
        }
        for (name, account) in try AccountTable.limited(db) { try add(.limits(name, account.limits), db) }
    }

    /// The hash of a run's first event; empty where it has none.
    static func firstHash(of run: String, _ db: Database) throws -> [UInt8] {
        let statement = try BoundStatement(db, "SELECT hash FROM events WHERE run = ? AND sequence = 1")
        try statement.bind(1, run)
        return try statement.step() ? statement.blob(0) ?? [] : []
    }

    /// Reads the register, and holds the lists of runs and of accounts against it.
    static func verify(_ db: Database) throws -> StoreRegister {
        var register = StoreRegister()
        let rows = try BoundStatement(db, "SELECT number, kind, name, content, hash FROM register ORDER BY number")
        while try rows.step() {
            let isSound = register.take(
                number: rows.integer(0),
                kind: rows.text(1),
                name: rows.text(2),
                content: rows.blob(3),
                hash: rows.blob(4)
            )
            if !isSound { return register }
        }
        let meta = try BoundStatement(db, "SELECT entries, head FROM meta")
        if try meta.step(), case let (entries, head) = (meta.integer(0), meta.blob(1)), try !meta.step() {
            register.end(entries: entries, head: head)
        } else {
            register.end(entries: nil, head: nil)
        }
        var listed: [String: [UInt8]] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT run FROM runs") {
            listed[row.text(0) ?? "?"] = try firstHash(of: row.text(0) ?? "?", db)
        }
        register.compare(runs: listed)
        register.compare(limits: try AccountTable.limited(db).map { ($0.name, $0.account.limits) })
        return register
    }
}
