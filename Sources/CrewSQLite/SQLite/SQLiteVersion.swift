import GRDB

/// The version of the SQLite library at run time, such as `3.51.3`; `nil` when it cannot be asked.
package func sqliteVersion() -> String? {
    try? DatabaseQueue().inDatabase { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
}
