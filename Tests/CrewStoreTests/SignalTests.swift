import ChatModel
import CrewCore
import CrewRuntime
import CrewStore
import CrewTesting
import CrewTools
import Evidence
import Foundation
import GRDB
import Testing

@testable import CrewSQLite

/// What waits in a store to be said to runs.
@Suite(.timeLimit(.minutes(2)))
struct SignalTests {
    private let directory: TemporaryFolder
    private let store: SQLiteStore

    init() throws {
        directory = try TemporaryFolder()
        store = SQLiteStore(directory: directory.path)
    }

    private func received(_ said: SaidSignal) -> Fact {
        .signalReceived(SignalReceived(number: said.number, signal: said.signal, said: said.time))
    }

    @Test func whatIsSaidWaitsUntilAnEventTakesItOut() async throws {
        let lease = try await store.create("r", Samples.events([Samples.created("r")]))
        let other = SQLiteStore(directory: directory.path)
        let limit = try await other.say(.limit(Limits(calls: 9), instructions: 3), to: "r", by: "ada", at: 7)
        let cancel = try await other.say(.cancel, to: "r", by: nil, at: 8)
        #expect(limit.number < cancel.number)
        #expect(try await store.signals(to: "r") == [limit, cancel])
        // Who says again what waits already says nothing new.
        #expect(try await other.say(.cancel, to: "r", by: "bob", at: 9).number == cancel.number)
        try await store.append([Event(sequence: 2, time: 9, fact: received(limit))], lease)
        #expect(try await store.signals(to: "r") == [cancel])
        // An append that is refused takes nothing out.
        await expect(.fenced) { try await store.append([Event(sequence: 9, time: 9, fact: received(cancel))], lease) }
        #expect(try await store.signals(to: "r") == [cancel])
        try await store.append([Event(sequence: 3, time: 9, fact: received(cancel))], lease)
        #expect(try await store.signals(to: "r").isEmpty)
        // Numbers are not given again.
        #expect(try await other.say(.pause, to: "r", by: nil, at: 9).number > cancel.number)
        #expect(try await store.verify().isSound)
        await other.close()
        await store.close()
    }

    @Test func theEndOfARunThatHasFinishedEmptiesItsQueue() async throws {
        let lease = try await store.create("r", Samples.events([Samples.created("r")]))
        _ = try await store.create("s", Samples.events([Samples.created("s")]))
        for run in ["r", "s"] { _ = try await store.say(.cancel, to: run, by: nil, at: 1) }
        let end = try #require(Samples.facts("r").last)
        try await store.append([Event(sequence: 2, time: 2, fact: end)], lease)
        #expect(try await store.signals(to: "r").isEmpty)
        #expect(try await store.signals(to: "s").count == 1)
        await expect(.refused) { try await store.say(.limit(Limits(calls: 1)), to: "r", by: nil, at: 1) }
        await expect(.unknownRun) { try await store.say(.cancel, to: "nobody", by: nil, at: 1) }
        await store.close()
    }

    @Test func aThousandSignalsOfTwoStoresAtOnceAreBounded() async throws {
        _ = try await store.create("r", Samples.events([Samples.created("r")]))
        let other = SQLiteStore(directory: directory.path)
        let refused = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 1...1_000 {
                group.addTask {
                    do throws(JournalError) {
                        let journal = number % 2 == 0 ? store : other
                        _ = try await journal.say(.limit(Limits(calls: number)), to: "r", by: nil, at: 1)
                        return false
                    } catch {
                        #expect(error.code == .signalsFull && error.message.contains("100 signals wait for the run r"))
                        return true
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(refused == 900)
        #expect(try await store.signals(to: "r").count == 100)
        // It can be stopped all the same.
        _ = try await other.say(.cancel, to: "r", by: nil, at: 1)
        #expect(try await store.signals(to: "r").last?.signal == .cancel)
        await other.close()
        await store.close()
    }

    @Test func whatNobodyCanReadStopsNobody() async throws {
        _ = try await store.create("r", Samples.events([Samples.created("r")]))
        try await store.writer.read { db in
            for content in ["nonsense", #"{"kind":"limit","limits":7}"#, #"{"kind":"cancel","version":2}"#] {
                try db.execute(
                    sql: "INSERT INTO signals (run, said, kind, content) VALUES ('r', 1, 'cancel', ?)",
                    arguments: [Data(content.utf8)]
                )
            }
        }
        let signals = try await store.signals(to: "r")
        #expect(signals.count == 3)
        for said in signals {
            guard case .unknown = said.signal else {
                Issue.record("\(said)")
                continue
            }
        }
        await store.close()
    }

    @Test func whoExecutesARunHearsWhatAnotherStoreSays() async throws {
        _ = try await store.create("r", Samples.events([Samples.created("r")]))
        let sayings = try #require(store.sayings(to: "r"))
        let other = SQLiteStore(directory: directory.path)
        let said = try await other.say(.pause, to: "r", by: nil, at: 1)
        for await _ in sayings {
            if try await store.signals(to: "r") == [said] { break }
        }
        await other.close()
        await store.close()
    }

    @Test func whoWatchesARunSeesWhatAnotherStoreRecordsAndThatItsExecutorIsGone() async throws {
        let lease = try await store.create("r", Samples.events([Samples.created("r")]))
        let other = SQLiteStore(directory: directory.path)
        let engine = try CrewEngine(models: Answering(), journal: other, web: NoWeb())
        var events = engine.events(of: "r").makeAsyncIterator()
        #expect(try await events.next()?.sequence == 1)
        try await store.append([Samples.note(2), Samples.note(3)], lease)
        #expect(try await events.next()?.sequence == 2)
        #expect(try await events.next()?.sequence == 3)
        #expect(try await other.isExecuted("r"))
        await store.release(lease)
        // No end is on record, and nobody is there who could record one.
        #expect(try await events.next() == nil)
        #expect(try await !other.isExecuted("r"))
        await other.close()
        await store.close()
    }

    @Test func aPartOfARunIsReadAndCheckedAgainstWhatIsBefore() async throws {
        let facts = Samples.facts("r")
        _ = try await store.create("r", Samples.events(facts))
        #expect(try await store.events(of: "r", after: 0, limit: 2).map(\.sequence) == [1, 2])
        #expect(try await store.events(of: "r", after: 3, limit: 99) == Array(Samples.events(facts).dropFirst(3)))
        #expect(try await store.events(of: "r", after: facts.count, limit: 9).isEmpty)
        #expect(try await store.events(of: "r", after: 999, limit: 9).isEmpty)
        await expect(.unknownRun) { try await store.events(of: "nobody", after: 0, limit: 9) }
        await expect(.unknownRun) { try await store.events(of: "nobody", after: 4, limit: 9) }
        try await store.writer.read { db in try db.execute(sql: "UPDATE events SET time = 1 WHERE sequence = 5") }
        await expect(.damaged) { try await store.events(of: "r", after: 3, limit: 9) }
        #expect(try await store.events(of: "r", after: 0, limit: 4).count == 4)
        await store.close()
    }

    /// The process is killed at each of its operations; what was said is then in the queue or on record, and never in both.
    @Test func whatWasSaidIsTakenInOnceWhoeverIsKilled() async throws {
        var before = 0
        var after = 0
        for round in 1...12 {
            let run = "k\(round)"
            let probe = try Probe(["hear", directory.path, run, "\(round)"])
            let ready = probe.line()
            #expect(ready == "durable 1")
            let said = try await store.say(.limit(Limits(calls: round)), to: run, by: nil, at: 1)
            // It takes in whatever it finds as fast as it can, and is killed while it does.
            if round % 3 != 0 { _ = probe.line() }
            probe.kill(SIGKILL)
            probe.process.waitUntilExit()
            let waiting = try await store.signals(to: run)
            let recorded = try await store.events(of: run).compactMap { event -> Int? in
                if case .signalReceived(let fact) = event.fact { fact.number } else { nil }
            }
            #expect(waiting.map(\.number) + recorded == [said.number], "\(run)")
            if recorded.isEmpty { before += 1 } else { after += 1 }
        }
        #expect(after > 0)
        #expect(try await store.verify().isSound)
        try Evidence.record(.durable, "killed around the taking in of a signal", cases: before + after)
        await store.close()
    }
}
