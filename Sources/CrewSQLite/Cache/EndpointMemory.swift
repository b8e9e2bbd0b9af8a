public import ChatModel
public import CrewCore
import Foundation
import GRDB
import Synchronization

/// Remembers which parts of the protocol endpoints take, so that they are not found out again by every run.
///
/// It holds a bounded number of models, those that something was found out of last. What is read is checked: a record
/// that makes no sense counts as none.
public final class EndpointMemory: Sendable {
    /// What is remembered of one model at one endpoint.
    public struct Entry: Sendable, Hashable {
        /// The endpoint's base URL, without user name and password.
        public var endpoint: String
        /// The model's name there.
        public var model: String
        /// What was found out.
        public var lessons: [EndpointKnowledge.Lesson]

        package init(endpoint: String, model: String, lessons: [EndpointKnowledge.Lesson]) {
            self.endpoint = endpoint
            self.model = model
            self.lessons = lessons
        }
    }

    /// How many models are remembered.
    static let maximumEntries = 500
    /// How many bytes of a record are read.
    private static let maximumBytes = 1 << 16

    private let file: CacheFile
    /// The models that are thought not to take some form: for them an answer in a form may be news.
    private let doubted = Mutex<Set<[String]>>([])

    /// The memory in a cache file.
    public init(_ file: CacheFile) { self.file = file }

    /// What a model at an endpoint is thought to take; `nil` when nothing is known.
    ///
    /// - Parameters:
    ///   - base: What is thought of an endpoint of which nothing is known.
    ///   - endpoint: The base URL.
    ///   - model: The model's name there.
    public func dialect(_ base: Dialect, endpoint: String, model: String) async -> Dialect? {
        let key = Self.key(endpoint, model)
        let found = await file.perform(mustExist: true) { [file] db, now -> (EndpointKnowledge, Int64)? in
            try Self.knowledge(of: key, file, db).map { ($0, now) }
        }
        guard let (knowledge, now) = found ?? nil else { return nil }
        if knowledge.lessons.contains(where: { $0.form != nil }) { doubted.withLock { _ = $0.insert(key) } }
        return knowledge.dialect(base, at: now)
    }

    /// Remembers what a run found out.
    ///
    /// - Parameters:
    ///   - findings: What it found out.
    ///   - endpoint: The base URL.
    ///   - model: The model's name there.
    public func remember(_ findings: EndpointFindings, endpoint: String, model: String) async {
        let key = Self.key(endpoint, model)
        // That all is well is worth a write only where it was doubted.
        if findings.lessons.isEmpty, !doubted.withLock({ $0.contains(key) }) { return }
        let isDoubted = await file.perform(mustExist: findings.lessons.isEmpty) { [file] db, now -> Bool in
            var isDoubted = false
            try db.inTransaction(.immediate) {
                var knowledge = try Self.knowledge(of: key, file, db) ?? EndpointKnowledge()
                knowledge.take(findings, at: now)
                isDoubted = knowledge.lessons.contains { $0.form != nil }
                try Self.store(knowledge, key, at: now, file, db)
                return .commit
            }
            return isDoubted
        }
        guard let isDoubted else { return }
        doubted.withLock { doubted in
            if isDoubted { doubted.insert(key) } else { doubted.remove(key) }
        }
    }

    /// Everything that is remembered and not too old, by endpoint and model.
    public func entries() async -> [Entry] {
        let found = await file.perform(mustExist: true) { [file] db, now -> [Entry] in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT endpoint, model, dialect, stored FROM dialects ORDER BY endpoint, model LIMIT ?",
                arguments: [Self.maximumEntries]
            )
            return try rows.compactMap { row in
                guard let endpoint = row.text(0), let model = row.text(1) else { return nil }
                let sealed = (row.blob(2), row.integer(3))
                guard let knowledge = try Self.decoded(sealed, [endpoint, model], file) else { return nil }
                let lessons = knowledge.lessons(at: now)
                return lessons.isEmpty ? nil : Entry(endpoint: endpoint, model: model, lessons: lessons)
            }
        }
        return found ?? []
    }

    /// Forgets what was found out.
    ///
    /// - Parameter endpoint: The base URL of the endpoint that is to be forgotten; `nil` for all.
    /// - Returns: How many models' records there were; `nil` when they could not be removed.
    public func forget(endpoint: String? = nil) async -> Int? {
        doubted.withLock { $0 = [] }
        return await file.perform(mustExist: true) { db, _ -> Int in
            if let endpoint {
                try db.execute(
                    sql: "DELETE FROM dialects WHERE endpoint = ?",
                    arguments: [Self.key(endpoint, "")[0]]
                )
            } else {
                try db.execute(sql: "DELETE FROM dialects")
            }
            return db.changesCount
        }
    }

    // MARK: - Records

    /// Where a model's record lies; what stands in an address to log in with is not kept.
    private static func key(_ endpoint: String, _ model: String) -> [String] {
        var endpoint = endpoint
        while endpoint.hasSuffix("/") { endpoint.removeLast() }
        guard let scheme = endpoint.firstRange(of: "://") else { return [endpoint, model] }
        let rest = endpoint[scheme.upperBound...]
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = host.lastIndex(of: "@") else { return [endpoint, model] }
        return [String(endpoint[..<scheme.upperBound] + rest[rest.index(after: at)...]), model]
    }

    private static func knowledge(of key: [String], _ file: CacheFile, _ db: Database) throws -> EndpointKnowledge? {
        let statement = try db.cachedStatement(
            sql: "SELECT dialect, stored FROM dialects WHERE endpoint = ? AND model = ?"
        )
        guard let row = try Row.fetchOne(statement, arguments: [key[0], key[1]]) else { return nil }
        return try decoded((row.blob(0), row.integer(1)), key, file)
    }

    /// Reads a record; what another version of this program wrote is forgotten.
    private static func decoded(
        _ sealed: (record: Data?, stored: Int64?),
        _ key: [String],
        _ file: CacheFile
    ) throws -> EndpointKnowledge? {
        if let record = sealed.record, record.count > maximumBytes { return nil }
        let bytes = try file.unsealed(sealed.record, purpose, parts(key, sealed.stored ?? 0))
        return try? JSONDecoder().decode(EndpointKnowledge.self, from: bytes)
    }

    private static let purpose = "crew.dialect.1"

    private static func parts(_ key: [String], _ stored: Int64) -> [Data] {
        key.map { Data($0.utf8) } + [stored.bytes]
    }

    private static func store(
        _ knowledge: EndpointKnowledge,
        _ key: [String],
        at now: Int64,
        _ file: CacheFile,
        _ db: Database
    ) throws {
        if knowledge.lessons.isEmpty {
            return try db.cachedStatement(sql: "DELETE FROM dialects WHERE endpoint = ? AND model = ?")
                .execute(arguments: [key[0], key[1]])
        }
        try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO dialects (endpoint, model, dialect, stored) VALUES (?, ?, ?, ?)"
        ).execute(
            arguments: [
                key[0], key[1], try file.sealed(try JSONEncoder().encode(knowledge), purpose, parts(key, now)), now,
            ]
        )
        try db.cachedStatement(
            sql: """
                DELETE FROM dialects WHERE (endpoint, model) IN
                (SELECT endpoint, model FROM dialects ORDER BY stored DESC LIMIT -1 OFFSET ?)
                """
        ).execute(arguments: [maximumEntries])
    }
}
