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
                sql: "SELECT dialect FROM dialects WHERE endpoint = ? AND model = ? AND stored > ?"
            )
            guard let row = try Row.fetchOne(statement, arguments: [endpoint, model, now - Self.age]) else {
                return nil
            }
            // A dialect of another version of this program is forgotten.
            return row.blob(0).flatMap { try? JSONDecoder().decode(Dialect.self, from: $0) }
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
            try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO dialects (endpoint, model, dialect, stored) VALUES (?, ?, ?, ?)"
            ).execute(arguments: [endpoint, model, try JSONEncoder().encode(dialect), now])
        }
    }
}
