import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTesting
import Evidence
import Foundation
import GRDB
import Testing

@testable import CrewCore

/// The chain of hashes: what `crew verify` and every opening of a run see.
@Suite(.timeLimit(.minutes(2)))
struct VerifyTests {
    private let directory: TemporaryFolder
    private var path: String { directory.path + "/crew.sqlite" }

    init() throws { directory = try TemporaryFolder() }

    /// A closed store with two runs of 19 events.
    private func fill() async throws {
        let store = SQLiteStore(directory: directory.path)
        for run in ["r1", "r2"] {
            let events = Samples.events(Samples.facts(run))
            let lease = try await store.create(run, Array(events.prefix(5)))
            try await store.append(Array(events[5..<9]), lease)
            for event in events[9...] { try await store.append([event], lease) }
        }
        await store.close()
    }

    private func sql(_ sql: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }

    @Test func whatWasWrittenIsSound() async throws {
        try await fill()
        let store = SQLiteStore(directory: directory.path)
        let verification = try await store.verify()
        #expect(verification.isSound)
        #expect(verification.runs.map(\.run) == ["r1", "r2"])
        #expect(verification.runs.allSatisfy { $0.events == 19 && $0.head.count == 64 })
        #expect(try await store.verify("r2").runs == [verification.runs[1]])
        await expect(.unknownRun) { try await store.verify("r3") }
        // Taking a run over changes no event, and what is appended goes on with the chain.
        let lease = try await store.open("r1").lease
        try await store.append([Samples.note(20)], lease)
        let after = try await store.verify("r1")
        #expect(after.isSound && after.runs[0].events == 20 && after.runs[0].head != verification.runs[0].head)
    }

    @Test func whatSQLiteFindsWrongWithTheFileIsNamed() async throws {
        try await fill()
        // The index that lists the runs by their start, emptied where no table knows of it.
        let root = try await rootPage(of: "runs_by_start")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let size = Int(bytes[16]) << 8 | Int(bytes[17])
        bytes.replaceSubrange(((root - 1) * size + 3)..<((root - 1) * size + 5), with: [0, 0])
        try bytes.write(to: URL(fileURLWithPath: path))
        let verification = try await SQLiteStore(directory: directory.path).verify()
        #expect(!verification.isSound)
        #expect(!verification.file.isEmpty)
    }

    private func rootPage(of name: String) async throws -> Int {
        let database = try DatabaseQueue(path: path)
        let page = try await database.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_master WHERE name = ?", arguments: [name])
        }
        try database.close()
        return try #require(page)
    }

    private static let swap = """
        UPDATE events SET sequence = 99 WHERE run = 'r1' AND sequence = 6;
        UPDATE events SET sequence = 6 WHERE run = 'r1' AND sequence = 7;
        UPDATE events SET sequence = 7 WHERE run = 'r1' AND sequence = 99;
        """

    @Test(
        "The first event that is not as it was written is named",
        arguments: [
            ("UPDATE events SET payload = replace(payload, 'a', 'b') WHERE run = 'r1' AND sequence = 6", 6, .changed),
            ("UPDATE events SET payload = x'7b7d' WHERE run = 'r1' AND sequence = 19", 19, .changed),
            ("UPDATE events SET time = time + 1 WHERE run = 'r1' AND sequence = 1", 1, .changed),
            ("UPDATE events SET epoch = 2 WHERE run = 'r1' AND sequence = 6", 6, .changed),
            ("UPDATE events SET hash = zeroblob(32) WHERE run = 'r1' AND sequence = 6", 6, .changed),
            ("DELETE FROM events WHERE run = 'r1' AND sequence = 6", 6, .missing),
            ("DELETE FROM events WHERE run = 'r1' AND sequence = 1", 1, .missing),
            ("DELETE FROM events WHERE run = 'r1' AND sequence >= 6", 6, .cutOff),
            ("DELETE FROM events WHERE run = 'r1' AND sequence = 19", 19, .cutOff),
            ("DELETE FROM events WHERE run = 'r1'", 1, .cutOff),
            (swap, 6, .outOfOrder),
            ("UPDATE runs SET last = 18 WHERE run = 'r1'", 19, .added),
            ("UPDATE events SET sequence = 0 WHERE run = 'r1' AND sequence = 19", 0, .added),
            ("UPDATE runs SET head = zeroblob(32) WHERE run = 'r1'", 19, .listing),
            ("UPDATE runs SET settled_money = settled_money - 1 WHERE run = 'r1'", 19, .listing),
            ("UPDATE runs SET status = 'failed' WHERE run = 'r1'", 19, .listing),
            ("DELETE FROM runs WHERE run = 'r1'", 19, .listing),
            (
                // Cut off, and the list of runs made to fit, but for the hash.
                "DELETE FROM events WHERE run = 'r1' AND sequence = 19; UPDATE runs SET last = 18 WHERE run = 'r1'",
                18, .listing
            ),
            (
                // An event of another run with the same content.
                """
                UPDATE events SET (payload, hash) = (SELECT payload, hash FROM events WHERE run = 'r2' AND sequence = 6)
                WHERE run = 'r1' AND sequence = 6; UPDATE events SET time = 1 WHERE run = 'r1' AND sequence = 6
                """,
                6, .changed
            ),
        ] as [(String, Int, JournalFlaw.Kind)]
    )
    func damage(change: String, sequence: Int, kind: JournalFlaw.Kind) async throws {
        try await fill()
        try sql(change)
        let store = SQLiteStore(directory: directory.path)
        let verification = try await store.verify()
        #expect(!verification.isSound)
        let broken = try #require(verification.runs.first { $0.run == "r1" })
        let flaw = try #require(broken.flaw)
        #expect(flaw.run == "r1" && flaw.sequence == sequence && flaw.kind == kind, "\(flaw)")
        #expect(flaw.message.contains("event \(sequence)"))
        #expect(verification.runs.first { $0.run == "r2" }?.flaw == nil)
        if kind != .listing || !change.hasPrefix("DELETE FROM runs") {
            await expect(.damaged) { try await store.open("r1") }
        }
        try Evidence.record(
            .neverGuessedAround,
            "an event changed, missing, moved, added or cut off, named by the hash chain"
        )
    }

    @Test("An event with a hash that is right for it does not fit what comes after")
    func forgedWithItsHash() async throws {
        let events = Samples.events(Samples.facts("r1"))
        let store = SQLiteStore(directory: directory.path)
        let lease = try await store.create("r1", Array(events.prefix(5)))
        await store.close()
        let copy = directory.path + "/copy"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: path, toPath: copy + "/crew.sqlite")
        // The same beginning goes on in two ways, and one event of the one is put into the other with its own hash.
        for (directory, next) in [(directory.path, [Samples.note(6), Samples.note(7)]), (copy, [events[14].at(6)])] {
            let store = SQLiteStore(directory: directory)
            let lease = try await store.open(lease.run).lease
            try await store.append(next, lease)
            await store.close()
        }
        try sql(
            """
            ATTACH '\(copy)/crew.sqlite' AS other;
            DELETE FROM main.events WHERE sequence = 6;
            INSERT INTO main.events SELECT * FROM other.events WHERE sequence = 6
            """
        )
        let flaw = try #require(try await SQLiteStore(directory: directory.path).verify("r1").runs[0].flaw)
        #expect(flaw.sequence == 7 && flaw.kind == .changed, "\(flaw)")
        await expect(.damaged) { try await store.events(of: "r1") }
        try Evidence.record(.neverGuessedAround, "an event forged together with its hash, seen by the next one's")
    }
}

extension Event {
    fileprivate func at(_ sequence: Int) -> Event { Event(sequence: sequence, time: time, fact: fact) }
}
