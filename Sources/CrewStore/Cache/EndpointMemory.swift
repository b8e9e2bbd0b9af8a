public import ChatModel
import Foundation
import GRDB

/// Remembers which parts of the protocol endpoints take, so that they are not found out again by every run.
///
/// It forgets after a week, so that an endpoint that has learned more is asked again.
public struct EndpointMemory: Sendable {
    private let file: CacheFile
    /// How long it remembers, in milliseconds.
    private static let age: Int64 = 7 * 86_400_000

    private static let purpose = "crew.dialect.1"

    private static func parts(_ endpoint: String, _ model: String, _ stored: Int64) -> [Data] {
        [Data(endpoint.utf8), Data(model.utf8), stored.bytes]
    }

    /// The memory in a cache file.
    public init(_ file: CacheFile) { self.file = file }

    /// What a model at an endpoint is known to take; `nil` when nothing is known.
    ///
    /// - Parameters:
    ///   - endpoint: The base URL.
    ///   - model: The model's name there.
    public func dialect(endpoint: String, model: String) async -> Dialect? {
        let found = await file.perform(mustExist: true) { db, now -> Dialect? in
            let statement = try db.cachedStatement(
                sql: "SELECT dialect, stored FROM dialects WHERE endpoint = ? AND model = ? AND stored > ?"
            )
            guard let row = try Row.fetchOne(statement, arguments: [endpoint, model, now - Self.age]) else {
                return nil
            }
            let parts = Self.parts(endpoint, model, row.integer(1) ?? 0)
            let known = try file.unsealed(row.blob(0), Self.purpose, parts)
            // A dialect of another version of this program is forgotten.
            return try? JSONDecoder().decode(Dialect.self, from: known)
        }
        return found ?? nil
    }

    /// Remembers what a model at an endpoint takes.
    ///
    /// - Parameters:
    ///   - dialect: What it takes.
    ///   - endpoint: The base URL.
    ///   - model: The model's name there.
    public func remember(_ dialect: Dialect, endpoint: String, model: String) async {
        _ = await file.perform(mustExist: false) { db, now in
            let known = try JSONEncoder().encode(dialect)
            let kept = try file.sealed(known, Self.purpose, Self.parts(endpoint, model, now))
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO dialects (endpoint, model, dialect, stored) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [endpoint, model, kept, now])
        }
    }
}
