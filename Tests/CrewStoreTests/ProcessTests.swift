import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTesting
import Evidence
import Foundation
import Testing

@testable import CrewCore

@Suite(.timeLimit(.minutes(5)))
struct ProcessTests {
    private let directory: TemporaryFolder
    private var store: SQLiteStore { SQLiteStore(directory: directory.path) }

    init() throws { directory = try TemporaryFolder() }

    @Test func aRunOfAnotherProcessIsHeldUntilThatDies() async throws {
        let store = store
        let lease = try await store.create("r1", Samples.events([Samples.created("r1")]))
        await store.release(lease)
        let other = try Probe(["hold", directory.path, "r1"])
        #expect(other.line() == "held 2 1")
        // A stopped process still holds it.
        for signal in [SIGCONT, SIGSTOP] {
            other.kill(signal)
            do {
                _ = try await store.open("r1")
                Issue.record("two processes hold the run")
            } catch {
                #expect(error.code == .held)
                #expect(error.message.contains(String(other.process.processIdentifier)), "\(error.message)")
            }
        }
        #expect(try await store.runs().map(\.status) == [.running])
        other.kill(SIGKILL)
        other.process.waitUntilExit()
        #expect(try await store.runs().map(\.status) == [.interrupted])
        #expect(try await store.open("r1").lease.epoch == 3)
    }

    @Test("Whoever lost the run to another is refused at the next append")
    func fencing() async throws {
        let store = store
        let lease = try await store.create("r1", Samples.events([Samples.created("r1")]))
        await store.release(lease)
        let other = try Probe(["hold", directory.path, "r1"])
        #expect(other.line() == "held 2 1")
        other.send("one")
        #expect(other.line() == "appended one")
        // As if the lock had been lost, for instance on a network file system.
        try FileManager.default.removeItem(atPath: directory.path + "/locks/r1.lock")
        let (mine, events) = try await store.open("r1")
        #expect(mine.epoch == 3 && events.count == 2)
        other.send("two")
        #expect(other.line() == "refused fenced")
        try await store.append([Samples.note(3)], mine)
        #expect(other.rest().isEmpty)
        #expect(try await store.events(of: "r1").map(\.sequence) == [1, 2, 3])
        try Evidence.record(.oneExecutor, "a process that lost its run without noticing, refused at its next append")
    }

    @Test("Of several processes that open a run at once, one gets it", arguments: 0..<5)
    func race(round: Int) async throws {
        let store = store
        let lease = try await store.create("r1", Samples.events([Samples.created("r1")]))
        await store.release(lease)
        let others = try (0..<4).map { _ in try Probe(["hold", directory.path, "r1"]) }
        let lines = others.map { $0.line() ?? "" }
        #expect(lines.filter { $0.hasPrefix("held") }.count == 1, "\(lines)")
        #expect(lines.filter { $0.hasPrefix("error held") }.count == 3, "\(lines)")
        for other in others { #expect(other.rest().isEmpty) }
        try Evidence.record(.oneExecutor, "several processes that open a run at once", cases: others.count)
    }

    @Test("Several processes make the store at once")
    func creation() async throws {
        let others = try (0..<4).map { try Probe(["append", directory.path, "r\($0)", "20"]) }
        for other in others {
            let output = other.rest()
            #expect(output.hasSuffix("durable 21\n"), "\(output)")
        }
        for run in try await store.runs() { #expect(try await store.events(of: run.run).count == 21) }
        #expect(try await store.runs().count == 4)
    }

    @Test("What was acknowledged survives SIGKILL", arguments: 0..<10)
    func kill(round: Int) async throws {
        let other = try Probe(["append", directory.path, "r1", "100000"])
        var generator = SeededGenerator(seed: UInt64(20_261_125 + round))
        let patience = Int.random(in: 1...300, using: &generator)
        var acknowledged = 0
        for _ in 0..<patience {
            let line = try #require(other.line())
            acknowledged = try #require(Int(line.dropFirst("durable ".count)))
        }
        other.kill(SIGKILL)
        while let line = other.line() { acknowledged = Int(line.dropFirst("durable ".count)) ?? acknowledged }
        let (lease, events) = try await store.open("r1")
        #expect(events.count == acknowledged || events.count == acknowledged + 1)
        #expect(lease.epoch == 2)
    }
}
