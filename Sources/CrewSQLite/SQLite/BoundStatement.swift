import Foundation
import GRDB
import GRDBSQLite

/// A statement that is being executed, bound and read through SQLite's own interface.
///
/// For what is done at every step of a run: GRDB makes an array of boxed values of the arguments, and an object of each
/// row. It prepares the statements here, too, keeps them, and finalizes them with the connection.
struct BoundStatement: ~Copyable {
    private let database: Database
    private let handle: OpaquePointer

    /// Takes a statement, prepared the first time.
    ///
    /// - Throws: `DatabaseError`.
    init(_ database: Database, _ sql: String) throws {
        self.database = database
        handle = try database.cachedStatement(sql: sql).sqliteStatement
    }

    deinit {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: - Binding

    /// Binds a number at an index, counted from 1.
    func bind(_ index: Int32, _ value: Int64?) throws {
        guard let value else { return try check(sqlite3_bind_null(handle, index)) }
        try check(sqlite3_bind_int64(handle, index, value))
    }

    /// Binds text, which is copied.
    func bind(_ index: Int32, _ text: String?) throws {
        guard var text else { return try check(sqlite3_bind_null(handle, index)) }
        let code = text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                // Without an address it would be NULL, which empty text is not.
                withUnsafePointer(to: CChar(0)) { empty in
                    sqlite3_bind_text(
                        handle,
                        index,
                        characters.baseAddress ?? empty,
                        Int32(characters.count),
                        Self.copied
                    )
                }
            }
        }
        try check(code)
    }

    /// Binds bytes, which are copied.
    func bind(_ index: Int32, _ bytes: [UInt8]) throws {
        let code = bytes.withUnsafeBytes {
            sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), Self.copied)
        }
        try check(code)
    }

    /// Binds numbers from an index on.
    func bind(from first: Int32, _ values: [Int64]) throws {
        for (offset, value) in values.enumerated() { try bind(first + Int32(offset), value) }
    }

    // MARK: - Executing

    /// Goes to the next row.
    ///
    /// - Returns: Whether there is one.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw problem
        }
    }

    /// Executes a statement that gives no rows, and makes it ready to be executed again with what is bound.
    func execute() throws {
        while try step() {}
        sqlite3_reset(handle)
    }

    /// Executes it with two blobs that are not copied, and makes it ready as ``execute()`` does.
    func execute(_ first: (index: Int32, bytes: [UInt8]), _ second: (index: Int32, bytes: [UInt8])) throws {
        try first.bytes.withUnsafeBytes { one in
            try second.bytes.withUnsafeBytes { two in
                try check(sqlite3_bind_blob64(handle, first.index, one.baseAddress, UInt64(one.count), nil))
                try check(sqlite3_bind_blob64(handle, second.index, two.baseAddress, UInt64(two.count), nil))
                try execute()
            }
        }
    }

    // MARK: - Reading

    // In a damaged file anything may stand anywhere: a column of another type is none.

    /// The number in a column of the row, counted from 0.
    func integer(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_INTEGER ? sqlite3_column_int64(handle, column) : nil
    }

    /// The text in a column.
    func text(_ column: Int32) -> String? {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT, let text = sqlite3_column_text(handle, column) else {
            return nil
        }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    }

    /// The bytes in a column.
    func blob(_ column: Int32) -> [UInt8]? {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { return nil }
        let count = Int(sqlite3_column_bytes(handle, column))
        return Array(UnsafeRawBufferPointer(start: sqlite3_column_blob(handle, column), count: count))
    }

    // MARK: - Failing

    /// `SQLITE_TRANSIENT`, which the importer does not know (https://www.sqlite.org/c3ref/c_static.html).
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    private func check(_ code: Int32) throws { if code != SQLITE_OK { throw problem } }

    /// What SQLite complains about, as GRDB says it.
    private var problem: DatabaseError {
        let connection = sqlite3_db_handle(handle)
        return DatabaseError(
            resultCode: ResultCode(rawValue: sqlite3_extended_errcode(connection)),
            message: String(cString: sqlite3_errmsg(connection)),
            sql: sqlite3_sql(handle).map { String(cString: $0) }
        )
    }
}

extension Database {
    /// Does something in a transaction that shuts out other writers from its beginning on.
    ///
    /// - Parameter body: Tells whether to commit; otherwise, and when it throws, everything is rolled back.
    func writeTransaction(_ body: () throws -> Bool) throws {
        try BoundStatement(self, "BEGIN IMMEDIATE TRANSACTION").execute()
        do {
            if try body() { return try BoundStatement(self, "COMMIT TRANSACTION").execute() }
        } catch {
            // Some failures have rolled it back already; of the two errors the first says more.
            try? rollback()
            throw error
        }
        try rollback()
    }
}
