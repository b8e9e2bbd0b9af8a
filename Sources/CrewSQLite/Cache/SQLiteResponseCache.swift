import Foundation
import GRDB
public import ModelTraffic

/// Cached answers that outlive the process.
public struct SQLiteResponseCache: ResponseCacheStorage {
    private let file: CacheFile

    /// The answers of a cache file.
    public init(_ file: CacheFile) { self.file = file }

    /// The answer stored under a key, unless it is too old.
    public func lookUp(_ key: [UInt8]) async -> [UInt8]? {
        let oldest = file.timeToLive * 1_000
        let found = await file.perform(mustExist: true) { db, now -> [UInt8]? in
            let key = Data(key)
            let statement = try db.cachedStatement(
                sql: "SELECT response, stored, used FROM responses WHERE key = ? AND stored > ?"
            )
            guard let row = try Row.fetchOne(statement, arguments: [key, now - oldest]) else { return nil }
            guard let stored = row.time(1), let used = row.time(2) else { throw CacheFile.Unreadable() }
            let response = try file.unsealed(row.blob(0), Self.purpose, [key, stored.bytes])
            if now - used > Self.precision {
                try db.cachedStatement(sql: "UPDATE responses SET used = ? WHERE key = ?").execute(arguments: [
                    now, key,
                ])
            }
            return Array(response)
        }
        return found ?? nil
    }

    /// Stores an answer, and removes what there is no room for.
    public func store(_ response: [UInt8], for key: [UInt8], model: String, endpoint: String) async {
        let maximum = file.maximumBytes
        guard Int64(response.count) <= maximum / 2 else { return }
        _ = await file.perform(mustExist: false) { db, now in
            let key = Data(key)
            let response = try file.sealed(Data(response), Self.purpose, [key, now.bytes])
            try db.inTransaction(.immediate) {
                try db.cachedStatement(sql: "DELETE FROM responses WHERE key = ?").execute(arguments: [key])
                try db.cachedStatement(
                    sql: """
                        INSERT INTO responses (key, model, endpoint, response, stored, size, used)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        """
                ).execute(
                    arguments: [key, model, endpoint, response, now, response.count + 256, now]
                )
                try Self.makeRoom(maximum, db)
                return .commit
            }
        }
    }

    /// Removes all answers.
    ///
    /// - Returns: How many there were; `nil` when they could not be removed.
    public func removeAll() async -> Int? {
        await file.perform(mustExist: true) { db, _ in
            let count = try Row.fetchOne(db, sql: "SELECT count(*) FROM responses")?.integer(0) ?? 0
            try db.execute(sql: "DELETE FROM responses; VACUUM")
            return Int(count)
        }
    }

    private static let purpose = "crew.cache.1"

    /// How exactly the last use is kept, in milliseconds: not every hit is worth a write.
    private static let precision: Int64 = 60_000

    private static func makeRoom(_ maximum: Int64, _ db: Database) throws {
        while let total = try Row.fetchOne(try db.cachedStatement(sql: "SELECT bytes FROM totals"))?.integer(0),
            total > maximum
        {
            try db.cachedStatement(
                sql: "DELETE FROM responses WHERE key IN (SELECT key FROM responses ORDER BY used, stored LIMIT 8)"
            ).execute()
            // Sums that do not belong to any answer are not worth an endless loop.
            if db.changesCount == 0 { throw CacheFile.Unreadable() }
        }
    }
}
