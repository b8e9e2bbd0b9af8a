import GRDB

/// What a database consists of, exactly: SQLite runs what its schema says, so nothing may stand in it that this program
/// did not put there.
struct ExpectedSchema {
    private struct Object: Hashable, Comparable {
        var type: String
        var name: String
        var table: String
        var sql: String?

        static func < (left: Object, right: Object) -> Bool { left.name < right.name }
    }

    private let objects: [Object]
    /// The statements that make it.
    let statements: [String]

    /// A schema.
    ///
    /// - Parameters:
    ///   - statements: What makes it, written as SQLite keeps it: `CREATE TABLE name (`, `CREATE INDEX name ON table`.
    ///   - indexedTables: The tables whose primary key is an index of its own.
    ///   - givesNumbers: Whether one of the tables gives numbers that come once (`AUTOINCREMENT`).
    init(_ statements: [String], indexedTables: [String], givesNumbers: Bool = false) {
        self.statements = statements
        var objects = statements.map { sql in
            let words = sql.split(maxSplits: 8, whereSeparator: \.isWhitespace).prefix(8).map(String.init)
            let name = words[2]
            let table = words.firstIndex(of: "ON").map { words[$0 + 1] } ?? name
            return Object(type: words[1].lowercased(), name: name, table: table, sql: sql)
        }
        objects += indexedTables.map { table in
            Object(type: "index", name: "sqlite_autoindex_\(table)_1", table: table, sql: nil)
        }
        if givesNumbers {
            // SQLite's own table of the last numbers (https://www.sqlite.org/autoinc.html).
            let sql = "CREATE TABLE sqlite_sequence(name,seq)"
            objects.append(Object(type: "table", name: "sqlite_sequence", table: "sqlite_sequence", sql: sql))
        }
        self.objects = objects.sorted()
    }

    /// What is in a database and not in this, or the other way round, in words; `nil` when they agree.
    ///
    /// Nothing that the database's own schema says is carried out for that.
    func difference(_ db: Database) throws -> String? {
        let sql = "SELECT type, name, tbl_name, sql FROM sqlite_master LIMIT \(objects.count + 64)"
        let found = try Row.fetchAll(db, sql: sql).map { row in
            Object(type: row.text(0) ?? "?", name: row.text(1) ?? "?", table: row.text(2) ?? "?", sql: row.text(3))
        }
        if found.sorted() == objects { return nil }
        if let more = found.first(where: { found in !objects.contains { $0.name == found.name } }) {
            return "it has a \(more.type) \(more.name) that no crew makes"
        }
        let other = objects.first { !found.contains($0) }
        return "its \(other?.type ?? "schema") \(other?.name ?? "") is not what a crew makes"
    }
}
