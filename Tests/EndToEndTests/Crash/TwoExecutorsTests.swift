import CrewCore
import CrewRuntime
import CrewSQLite
import CrewStore
import Evidence
import Foundation
import GRDB
import ScriptedServer
import Synchronization
import Testing

/// Several programs that want the same run.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct TwoExecutorsTests {
    /// What the server does in the race.
    private struct Race: Sendable {
        var process: ChildProcess?
        /// Fired when all but the winner have ended; `nil` before the race.
        var othersHaveEnded: Latch?
    }

    @Test("Of several programs that resume a run at once, one gets it")
    func race() async throws {
        let rounds = ProcessInfo.processInfo.environment["CREW_CRASH"] == "all" ? 200 : 10
        let work = try Workspace()
        try ReferenceCrew.install(in: work)
        let race = Mutex(Race())
        let isStarted = Latch()
        try await ChatServer.with { call, connection in
            if call.number == 3 {
                isStarted.waitBlocking()
                race.withLock { $0.process }?.send(SIGKILL)
            } else if call.number > 3 {
                // The winner gets no answer before the others have ended, so that it is there when they come.
                race.withLock { $0.othersHaveEnded }?.waitBlocking()
            }
            connection.answer(call, ReferenceCrew.reply(call))
        } _: { server in
            let process = try work.start(["run", "crew.yaml"], server: server.url)
            race.withLock { $0.process = process }
            isStarted.fire()
            try #require(await process.outcome().signal == SIGKILL)
            let image = try work.files(below: ".crew").filter { $0.hasPrefix("crew.sqlite") }
                .map { ($0, try Data(contentsOf: URL(fileURLWithPath: work.path + "/.crew/" + $0))) }

            for round in 0..<rounds {
                for folder in [".crew", "notes"] {
                    try FileManager.default.removeItem(atPath: work.path + "/" + folder)
                }
                try ReferenceCrew.install(in: work)
                for (name, data) in image { try work.write(data, to: ".crew/" + name) }
                // What was put there anew is somebody else's until it is said whose it is.
                try #require(await work.crew("trust", "--yes").status == 0)
                let othersHaveEnded = Latch()
                race.withLock { $0.othersHaveEnded = othersHaveEnded }
                let all = try (0..<3).map { _ in try work.start(["resume", "last"], server: server.url) }
                let outcomes = await withTaskGroup { group in
                    for process in all { group.addTask { await process.outcome() } }
                    var outcomes: [ChildProcess.Outcome] = []
                    for await outcome in group {
                        outcomes.append(outcome)
                        if outcomes.count == 2 { othersHaveEnded.fire() }
                    }
                    return outcomes
                }
                for outcome in outcomes.prefix(2) {
                    #expect(outcome.status == 1, "round \(round): \(outcome.errors)")
                    #expect(outcome.errors.contains("is held by "), "round \(round): \(outcome.errors)")
                }
                #expect(outcomes.last?.status == 0, "round \(round): \(outcomes.last?.errors ?? "")")
                #expect(outcomes.last?.output == ReferenceCrew.answer + "\n", "round \(round)")
                let events = try await work.crew("show", "last", "--events").lines()
                #expect(events.count { $0["type"]?.text == "run.resumed" } == 1, "round \(round)")
            }
        }
        try Evidence.record(.oneExecutor, "three programs resume a run at the same moment", cases: rounds)
    }

    @Test("A stopped program keeps its run, and goes on with it")
    func stopped() async throws {
        let work = try Workspace()
        try ReferenceCrew.install(in: work)
        let mayGoOn = Latch()
        try await ChatServer.with { call, connection in
            if call.number == 3 { mayGoOn.waitBlocking() }
            connection.answer(call, ReferenceCrew.reply(call))
        } _: { server in
            let first = try work.start(["run", "crew.yaml"], server: server.url)
            await server.server.wait { $0.requests >= 3 }
            first.send(SIGSTOP)
            for _ in 0..<3 {
                let second = try await work.crew("resume", "last", server: server.url)
                #expect(second.status == 1)
                #expect(second.errors.contains("is held by process \(first.identifier) on "), "\(second.errors)")
            }
            mayGoOn.fire()
            first.send(SIGCONT)
            let outcome = await first.outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == ReferenceCrew.answer + "\n")
            #expect(server.requests.count == ReferenceCrew.calls)
            let events = try await work.crew("show", "last", "--events").lines()
            #expect(!events.contains { $0["type"]?.text == "run.resumed" })
        }
        try Evidence.record(
            .oneExecutor,
            "the holder of a run is stopped (SIGSTOP), others want it, and it goes on",
            cases: 3
        )
    }

    /// What another executor has done with the run while its holder was stopped.
    enum Successor: Sendable, CaseIterable {
        case hasTakenItOver, hasFinishedIt
    }

    /// Whether nobody is in the midst of a transaction.
    private func mayWrite(_ path: String) throws -> Bool {
        var configuration = Configuration()
        configuration.busyMode = .immediateError
        let database = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? database.close() }
        do {
            try database.inDatabase { try $0.inTransaction(.immediate) { .rollback } }
            return true
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return false
        }
    }

    @Test("A program that was stopped and has lost its run records nothing more", arguments: Successor.allCases)
    func fenced(successor: Successor) async throws {
        let work = try Workspace()
        try ReferenceCrew.install(in: work)
        let mayGoOn = Latch()
        try await ChatServer.with { call, connection in
            if call.number == 3 { mayGoOn.waitBlocking() }
            connection.answer(call, ReferenceCrew.numbered(call))
        } _: { server in
            let first = try work.start(["run", "crew.yaml"], server: server.url)
            await server.server.wait { $0.requests >= 3 }
            // Stopped in the midst of a transaction it would keep everybody from the database, not only from its run.
            while true {
                first.send(SIGSTOP)
                if try mayWrite(work.path + "/.crew/crew.sqlite") { break }
                first.send(SIGCONT)
                await Task.yield()
            }
            // As if the lock had been lost, for instance on a network file system.
            for name in work.files(below: ".crew/locks") {
                try FileManager.default.removeItem(atPath: work.path + "/.crew/locks/" + name)
            }
            let store = SQLiteStore(directory: work.path + "/.crew")
            switch successor {
            case .hasTakenItOver:
                // Nothing but the epoch has changed.
                let run = try #require(try await store.runs().first?.run)
                #expect(try await store.open(run).lease.epoch == 2)
            case .hasFinishedIt:
                let second = try await work.crew("resume", "last", server: server.url)
                #expect(second.status == 0, "\(second.errors)")
                #expect(second.output == ReferenceCrew.answer + "\n")
            }
            let events = try await work.crew("show", "last", "--events")
            mayGoOn.fire()
            first.send(SIGCONT)
            let outcome = await first.outcome()
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("was taken over by "), "\(outcome.errors)")
            #expect(try await work.crew("show", "last", "--events").output == events.output)
            // A request whose intent was recorded before may only then be on its way.
            let intents = try events.lines().count { $0["type"]?.text == "call.intended" }
            #expect(server.requests.count <= intents)
            await store.close()
        }
        try Evidence.record(.oneExecutor, "the holder of a run is stopped, loses it, and wakes up")
    }
}
