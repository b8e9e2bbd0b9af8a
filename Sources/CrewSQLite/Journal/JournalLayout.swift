import CrewCore
import CrewRuntime
import Foundation
import GRDB

/// The layouts of the journal's database: how one is recognised, made, and brought up to the present one.
///
/// What they consist of stands in `JournalLayout+Steps.swift`.
enum JournalLayout {
    /// `crew` in ASCII; marks the file as a store (https://www.sqlite.org/pragma.html#pragma_application_id).
    static let applicationID: Int64 = 0x6372_6577
    /// The layout that this program writes.
    static var version: Int64 { present.version }

    /// What is found in a file.
    enum Standing: Equatable {
        /// Nothing yet.
        case empty
        /// A store of this version, which is the present one or one that can be brought up to it.
        case store(version: Int64)

        /// Whether it is a store in which an identity and a seal can stand.
        var isSealable: Bool {
            if case .store(let version) = self { version >= JournalLayout.firstWithSeal } else { false }
        }
    }

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
        guard let schema = steps.first(where: { $0.version == found })?.schema else {
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
        for statement in present.schema.statements { try db.execute(sql: statement) }
        try seal.write(db)
        try db.execute(sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
    }

    /// Brings a store of an earlier version up to the present one, one step after the other, within one transaction.
    static func migrate(from found: Int64, _ seal: StoreSeal, _ db: Database) throws {
        for step in steps where step.version > found { try step.migrate(db, seal) }
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }
}
