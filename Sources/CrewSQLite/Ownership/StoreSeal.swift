import CrewRuntime
import CrewStore
import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What says that a store was made by this account, on this machine, where it lies: a random identity, and its seal.
struct StoreSeal {
    private let identity: Data
    /// `nil` where the account has no key to seal with.
    private let seal: Data?

    /// A new identity, sealed for a folder.
    init(for directory: String, key: StoreKey?) {
        var generator = SystemRandomNumberGenerator()
        let identity = Data((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
        self.identity = identity
        seal = key?.seal(Self.purpose, [identity, Self.place(directory), Self.file(directory)])
    }

    /// Puts it into a store that has none.
    func write(_ db: Database) throws {
        try db.execute(
            sql: "INSERT INTO meta (identity, seal, entries, head) VALUES (?, ?, 0, ?)",
            arguments: [identity, seal, Data(StoreRegister.beginning)]
        )
    }

    /// Puts it in the place of a store's own.
    func replace(_ db: Database) throws {
        try db.execute(sql: "UPDATE meta SET identity = ?, seal = ?", arguments: [identity, seal])
        guard db.changesCount == 1 else {
            throw JournalError(.damaged, "the store has \(db.changesCount) identities. Restore it from a copy.")
        }
    }

    /// Whether a store has the seal that this account made for it in that folder.
    static func isRight(_ db: Database, for directory: String, key: StoreKey?) throws -> Bool {
        let rows = try Row.fetchAll(db, sql: "SELECT identity, seal FROM meta LIMIT 2")
        guard let key, rows.count == 1, let identity = rows[0].blob(0), let seal = rows[0].blob(1) else { return false }
        let isOfFile = key.isSeal(seal, purpose, [identity, place(directory), file(directory)])
        return isOfFile || key.isSeal(seal, earlierPurpose, [identity, place(directory)])
    }

    private static let purpose = "crew.store.2"
    /// Of stores that were sealed when only the folder was: they stay their owner's.
    private static let earlierPurpose = "crew.store.1"

    /// What tells the database from another that is put in its place, as when a repository is brought up to date.
    ///
    /// The device is left out: its number may change when a machine starts anew.
    private static func file(_ directory: String) -> Data {
        var seen = stat()
        guard lstat(directory + "/" + StorePlace.journal, &seen) == 0 else { return Data() }
        return Data("\(seen.st_ino)".utf8)
    }

    /// The folder, without links on its way.
    ///
    /// Whoever has seen a store could else put another with the same seal anywhere.
    private static func place(_ directory: String) -> Data {
        guard let resolved = realpath(directory, nil) else { return Data(directory.utf8) }
        defer { free(resolved) }
        return Data(bytes: resolved, count: strlen(resolved))
    }
}
