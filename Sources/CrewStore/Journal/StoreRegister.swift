import ChatModel
import CrewCore
import CrewRuntime
import Crypto
import GRDB

/// The register of a store: which runs were created and which limits were set, in order, each entry over the one before.
///
/// So a run or a limit that was taken out as a whole is missed. Its last hash stands in `meta`.
enum StoreRegister {
    /// The hash before the first entry.
    static let beginning = [UInt8](repeating: 0, count: SHA256.byteCount)

    /// What is entered.
    enum Entry {
        /// A run, with the hash of its first event.
        case run(String, first: [UInt8])
        /// The limits that an account has from then on; none where it has no row any more.
        case limits(SharedAccount, Limits?)

        fileprivate var kind: String {
            switch self {
            case .run: "run"
            case .limits: "limits"
            }
        }

        fileprivate var name: String {
            switch self {
            case .run(let run, _): run
            case .limits(let account, _): account.description
            }
        }

        fileprivate var content: [UInt8] {
            switch self {
            case .run(_, let first): return first
            case .limits(_, let limits):
                guard let limits else { return [] }
                let numbers = [
                    limits.money?.picodollars, limits.tokens.map { Int64($0) }, limits.calls.map { Int64($0) },
                ]
                return Array(numbers.map { $0.map { String($0) } ?? "-" }.joined(separator: " ").utf8)
            }
        }
    }

    /// Adds an entry within a transaction that writes.
    static func add(_ entry: Entry, _ db: Database) throws {
        let (entries, head) = try end(db)
        let (kind, name, content) = (entry.kind, entry.name, entry.content)
        let hash = link(head, number: entries + 1, kind: kind, name: name, content: content)
        let insertion = try BoundStatement(db, insert)
        try insertion.bind(1, entries + 1)
        try insertion.bind(2, kind)
        try insertion.bind(3, name)
        try insertion.execute((4, content), (5, hash))
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

    /// What the verification of the register has shown.
    struct Verification {
        var entries: Int64 = 0
        var head = StoreRegister.beginning
        var flaws: [String] = []
        /// The runs that are entered, with the hashes of their first events.
        var runs: [String: [UInt8]] = [:]
        /// The limits that stand last, of each account that ever had one.
        fileprivate var limits: [String: [UInt8]] = [:]
    }

    /// Reads the register, and holds the lists of runs and of accounts against it.
    static func verify(_ db: Database) throws -> Verification {
        var found = Verification()
        let rows = try BoundStatement(db, "SELECT number, kind, name, content, hash FROM register ORDER BY number")
        while try rows.step() {
            let number = found.entries + 1
            guard let kind = rows.text(1), let name = rows.text(2), let content = rows.blob(3),
                let hash = rows.blob(4), rows.integer(0) == number,
                hash == link(found.head, number: number, kind: kind, name: name, content: content)
            else {
                found.flaws.append("entry \(number) of the register is missing, or is not what was written")
                return found
            }
            (found.entries, found.head) = (number, hash)
            if kind == "run" { found.runs[name] = content } else { found.limits[name] = content }
        }
        let meta = try BoundStatement(db, "SELECT entries, head FROM meta")
        if try !meta.step() || meta.integer(0) != found.entries || meta.blob(1) != found.head || meta.step() {
            found.flaws.append("the register does not end as it was written")
        }
        found.flaws += try flawsOfRuns(found, db) + flawsOfLimits(found, db)
        return found
    }

    private static func flawsOfRuns(_ found: Verification, _ db: Database) throws -> [String] {
        let listed = Set(try Row.fetchAll(db, sql: "SELECT run FROM runs").map { $0.text(0) ?? "?" })
        let gone = found.runs.keys.filter { !listed.contains($0) }.sorted().map { "the run \($0) was taken out" }
        let added = listed.filter { found.runs[$0] == nil }.sorted().map { "the run \($0) was never created here" }
        let others = try listed.sorted().filter { run in
            guard let first = found.runs[run] else { return false }
            return try firstHash(of: run, db) != first
        }
        return gone + added + others.map { "the run \($0) does not begin as it was created" }
    }

    private static func flawsOfLimits(_ found: Verification, _ db: Database) throws -> [String] {
        var limited: [String: [UInt8]] = [:]
        for (name, account) in try AccountTable.limited(db) {
            limited[name.description] = Entry.limits(name, account.limits).content
        }
        return Set(limited.keys).union(found.limits.keys).sorted().compactMap { name in
            let (stands, entered) = (limited[name] ?? [], found.limits[name] ?? [])
            if stands == entered { return nil }
            return stands.isEmpty
                ? "the limits of the account \(name) were taken out"
                : "the limits of the account \(name) are not those that were set"
        }
    }

    private static func link(
        _ head: [UInt8],
        number: Int64,
        kind: String,
        name: String,
        content: [UInt8]
    ) -> [UInt8] {
        var row = head
        // Every part has its length before it, so that no two entries are written alike.
        for size in [number, Int64(kind.utf8.count), Int64(name.utf8.count), Int64(content.count)] {
            withUnsafeBytes(of: size.littleEndian) { row.append(contentsOf: $0) }
        }
        row.append(contentsOf: kind.utf8)
        row.append(contentsOf: name.utf8)
        row.append(contentsOf: content)
        return Array(SHA256.hash(data: row))
    }
}
