package import ChatModel
package import CrewCore
import Crypto

/// The register of a store: which runs were created and which limits were set, in order, each entry over the one before.
///
/// So a run or a limit that was taken out as a whole is missed. Its last hash stands apart from it.
package struct StoreRegister {
    /// The hash before the first entry.
    package static let beginning = [UInt8](repeating: 0, count: SHA256.byteCount)

    /// What is entered.
    package enum Entry {
        /// A run, with the hash of its first event.
        case run(String, first: [UInt8])
        /// The limits that an account has from then on; none where it has no row any more.
        case limits(SharedAccount, Limits?)

        /// Which of them it is.
        package var kind: String {
            switch self {
            case .run: "run"
            case .limits: "limits"
            }
        }

        /// What it is about.
        package var name: String {
            switch self {
            case .run(let run, _): run
            case .limits(let account, _): account.description
            }
        }

        /// What it says.
        package var content: [UInt8] {
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

        /// The hash of the entry, over the one before it.
        ///
        /// - Parameters:
        ///   - number: Its number, counted from 1.
        ///   - head: The hash of the entry before.
        package func hash(as number: Int64, after head: [UInt8]) -> [UInt8] {
            StoreRegister.link(head, number: number, kind: kind, name: name, content: content)
        }
    }

    /// How many entries are sound.
    package private(set) var entries: Int64 = 0
    /// The hash of the last of them.
    package private(set) var head = Self.beginning
    /// What is wrong with it, or is not as it says.
    package private(set) var flaws: [String] = []
    /// The runs that are entered, with the hashes of their first events.
    private var runs: [String: [UInt8]] = [:]
    /// The limits that stand last, of each account that ever had one.
    private var limits: [String: [UInt8]] = [:]

    /// Begins to read a register.
    package init() {}

    /// Checks the next entry as it is stored, of which anything may be missing or wrong.
    ///
    /// - Returns: Whether it is what was written; after one that is not, nothing more can be said.
    package mutating func take(
        number: Int64?,
        kind: String?,
        name: String?,
        content: [UInt8]?,
        hash: [UInt8]?
    ) -> Bool {
        let expected = entries + 1
        guard let kind, let name, let content, let hash, number == expected,
            hash == Self.link(head, number: expected, kind: kind, name: name, content: content)
        else {
            flaws.append("entry \(expected) of the register is missing, or is not what was written")
            return false
        }
        (entries, head) = (expected, hash)
        if kind == "run" { runs[name] = content } else { limits[name] = content }
        return true
    }

    /// Checks that it ends as it is said elsewhere to end.
    package mutating func end(entries: Int64?, head: [UInt8]?) {
        if entries != self.entries || head != self.head { flaws.append("the register does not end as it was written") }
    }

    /// Holds the list of runs against it.
    ///
    /// - Parameter listed: The runs, with the hashes of their first events; empty where a run has none.
    package mutating func compare(runs listed: [String: [UInt8]]) {
        let gone = runs.keys.filter { listed[$0] == nil }.sorted().map { "the run \($0) was taken out" }
        let added = listed.keys.filter { runs[$0] == nil }.sorted().map { "the run \($0) was never created here" }
        let others = listed.keys.sorted().filter { run in runs[run].map { $0 != listed[run] } ?? false }
        flaws += gone + added + others.map { "the run \($0) does not begin as it was created" }
    }

    /// Holds the limits of the accounts above the runs against it.
    package mutating func compare(limits listed: [(account: SharedAccount, limits: Limits)]) {
        var limited: [String: [UInt8]] = [:]
        for (account, limits) in listed { limited[account.description] = Entry.limits(account, limits).content }
        flaws += Set(limited.keys).union(limits.keys).sorted().compactMap { name in
            let (stands, entered) = (limited[name] ?? [], limits[name] ?? [])
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
