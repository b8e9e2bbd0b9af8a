import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTesting
import Evidence
import Foundation
import GRDB
import Testing

@testable import CrewCore

@Suite(.timeLimit(.minutes(5)))
struct DamageTests {
    private let directory: TemporaryFolder
    private var path: String { directory.path + "/crew.sqlite" }

    init() throws { directory = try TemporaryFolder() }

    /// A closed store with two runs.
    private func fill() async throws -> [Event] {
        let store = SQLiteStore(directory: directory.path)
        let events = Samples.events(Samples.facts("r1"))
        _ = try await store.create("r1", events)
        _ = try await store.create("r2", Samples.events(Samples.facts("r2")))
        await store.close()
        return events
    }

    private func sql(_ sql: String) throws {
        let database = try DatabaseQueue(path: path)
        try database.writeWithoutTransaction { try $0.execute(sql: sql) }
        try database.close()
    }

    @Test func aHolderThatIsGoneIsNotNamed() async throws {
        let store = SQLiteStore(directory: directory.path)
        _ = try await store.create("r1", Samples.events([Samples.created("r1")]))
        let named = await #expect(throws: JournalError.self) { try await store.open("r1") }
        #expect(named?.message.contains("held by process \(ProcessInfo.processInfo.processIdentifier) on ") == true)
        // As it is while the process that took the run over has the lock and has not written its name yet.
        try sql("UPDATE runs SET holder = '2147483646' || substr(holder, instr(holder, '@'))")
        let unnamed = await #expect(throws: JournalError.self) { try await store.open("r1") }
        #expect(unnamed?.message.contains("held by another process;") == true, "\(unnamed?.message ?? "")")
    }

    @Test("A store of another version is refused, by name", arguments: [0, 1, 6, 99])
    func otherVersion(version: Int) async throws {
        _ = try await fill()
        try sql("PRAGMA user_version = \(version)")
        let store = SQLiteStore(directory: directory.path)
        await expect(.wrongVersion) { try await store.events(of: "r1") }
        await expect(.wrongVersion) { try await store.runs() }
        await expect(.wrongVersion) { try await store.open("r1") }
        await expect(.wrongVersion) { try await store.create("r3", Samples.events([Samples.created("r3")])) }
    }

    @Test(
        "What is no store is refused and left alone",
        arguments: ["garbage", "SQLite format 3\u{0}garbage", String(repeating: "x", count: 10_000)]
    )
    func garbage(contents: String) async throws {
        try Data(contents.utf8).write(to: URL(fileURLWithPath: path))
        let store = SQLiteStore(directory: directory.path)
        await expect(.damaged) { try await store.create("r1", Samples.events([Samples.created("r1")])) }
        await expect(.damaged) { try await store.events(of: "r1") }
        await expect(.damaged) { try await store.runs() }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(contents.utf8))
    }

    @Test func anotherDatabaseIsRefused() async throws {
        try sql("CREATE TABLE contacts (name TEXT)")
        let store = SQLiteStore(directory: directory.path)
        await expect(.damaged) { try await store.create("r1", Samples.events([Samples.created("r1")])) }
        await expect(.damaged) { try await store.runs() }
    }

    @Test(
        "A row that is not what was written is found, and named",
        arguments: [
            "UPDATE events SET payload = substr(payload, 1, length(payload) - 1) WHERE run = 'r1' AND sequence = 4",
            "UPDATE events SET payload = x'' WHERE run = 'r1' AND sequence = 4",
            "UPDATE events SET payload = 'text' WHERE run = 'r1' AND sequence = 4",
            "UPDATE events SET payload = replace(payload, 'o', 'O') WHERE run = 'r1' AND sequence = 4",
            "UPDATE events SET time = 'soon' WHERE run = 'r1' AND sequence = 4",
            "UPDATE events SET epoch = 7 WHERE run = 'r1' AND sequence = 4",
            "UPDATE events SET type = 'run.ended' WHERE run = 'r1' AND sequence = 4",
            "UPDATE events SET hash = zeroblob(32) WHERE run = 'r1' AND sequence = 4",
            "DELETE FROM events WHERE run = 'r1' AND sequence = 4",
            "DELETE FROM events WHERE run = 'r1' AND sequence >= 4",
        ]
    )
    func damagedRow(change: String) async throws {
        _ = try await fill()
        try sql(change)
        let store = SQLiteStore(directory: directory.path)
        do {
            _ = try await store.events(of: "r1")
            Issue.record("the damage was not seen")
        } catch {
            #expect(error.code == .damaged)
            #expect(error.message.contains("r1") && error.message.contains("event 4"), "\(error.message)")
        }
        await expect(.damaged) { try await store.open("r1") }
        // The other run is as good as before, and the damaged one is not held by the failed attempt.
        #expect(try await store.events(of: "r2").count == Samples.facts("r2").count)
        await expect(.damaged) { try await store.open("r1") }
    }

    @Test("A thousand flipped bits: each is found or does no harm")
    func flippedBits() async throws {
        let events = try await fill()
        let good = try Data(contentsOf: URL(fileURLWithPath: path))
        var generator = SeededGenerator(seed: 20_261_125)
        var found = 0
        for _ in 0..<1_000 {
            let bit = generator.number(0...(good.count * 8 - 1))
            var bad = good
            bad[bit / 8] ^= 1 << UInt8(bit % 8)
            try bad.write(to: URL(fileURLWithPath: path))
            let store = SQLiteStore(directory: directory.path)
            do {
                let read = try await store.events(of: "r1")
                #expect(read == events, "bit \(bit)")
            } catch {
                #expect([.damaged, .wrongVersion, .unknownRun, .storage].contains(error.code), "bit \(bit): \(error)")
                found += 1
            }
            _ = try? await store.runs()
            await store.close()
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
        #expect(found > 100)
        try Evidence.record(.neverGuessedAround, "a flipped bit in a closed store", cases: 1_000)
    }

    @Test("A flipped bit in the write-ahead log is found, or it loses the last transactions at most")
    func flippedBitsInTheLog() async throws {
        let writer = SQLiteStore(directory: directory.path)
        let events = Samples.events([Samples.created("r1")]) + (2...40).map(Samples.note)
        let lease = try await writer.create("r1", [events[0]])
        for event in events.dropFirst() { try await writer.append([event], lease) }
        let files = ["", "-wal"].map { ($0, FileManager.default.contents(atPath: path + $0) ?? Data()) }
        let copy = try TemporaryFolder()
        var found = 0
        var generator = SeededGenerator(seed: 20_261_126)
        for _ in 0..<200 {
            var struck = 0
            for (suffix, data) in files {
                var data = data
                if suffix == "-wal" {
                    struck = generator.number(0...(data.count * 8 - 1))
                    data[struck / 8] ^= 1 << UInt8(struck % 8)
                }
                try data.write(to: URL(fileURLWithPath: copy.path + "/crew.sqlite" + suffix))
            }
            let store = SQLiteStore(directory: copy.path)
            do {
                let read = try await store.events(of: "r1")
                #expect(read == Array(events.prefix(read.count)), "bit \(struck)")
                // What is wrong in the last transaction, or at the end of the one before, looks as if a crash had cut
                // it off.
                #expect(read.count >= events.count - 2, "bit \(struck): \(read.count) of \(events.count) events")
            } catch {
                #expect(error.code == .damaged, "bit \(struck): \(error)")
                #expect(error.message.contains("log"), "bit \(struck): \(error)")
                found += 1
            }
            await store.close()
            for file in try FileManager.default.contentsOfDirectory(atPath: copy.path) {
                try FileManager.default.removeItem(atPath: copy.path + "/" + file)
            }
        }
        #expect(found > 100)
        await writer.close()
        try Evidence.record(.neverGuessedAround, "a flipped bit in a log that was not closed", cases: 200)
    }
}
