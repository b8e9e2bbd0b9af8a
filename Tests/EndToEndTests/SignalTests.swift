import CrewCore
import CrewSQLite
import CrewStore
import Evidence
import Foundation
import ScriptedServer
import Testing

/// `crew cancel`, `crew pause` and `crew budget set run/…`, said to a run that another process executes, or nobody.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct SignalTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(
            """
            crew: steps
            goal: Do it in steps.
            models:
              default: {model: m, max_output: 300, price: {input: 1, output: 2}}
            agents:
              worker: {role: a worker, goal: Work}
            process: sequential
            tasks:
              one: {description: First., agent: worker}
              two: {description: Second., agent: worker}
            """,
            to: "crew.yaml"
        )
    }

    /// A server whose second answer waits until it is let go.
    private func holding(
        _ body: (_ server: ChatServer, _ isHeld: Latch, _ mayAnswer: Latch) async throws -> Void
    ) async throws {
        let (isHeld, mayAnswer) = (Latch(), Latch())
        try await ChatServer.with { call, connection in
            if call.number == 2 {
                isHeld.fire()
                mayAnswer.waitBlocking()
            }
            connection.answer(call, ChatReply.text("part \(call.number)"))
        } _: { server in
            try await body(server, isHeld, mayAnswer)
            mayAnswer.fire()
        }
    }

    @Test func aRunIsCancelledFromAnotherProcess() async throws {
        try await holding { server, isHeld, mayAnswer in
            let run = try work.start(["run", "crew.yaml", "--budget", "1"], server: server.url)
            await isHeld.wait()
            let cancelled = try await work.crew("cancel", "last", "--output", "json")
            #expect(cancelled.status == 0, "\(cancelled.errors)")
            let object = try cancelled.object()
            #expect(object["taken_in"] == .bool(true) && object["signal"]?.text == "cancel")
            let outcome = await run.outcome()
            #expect(outcome.status == 130 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("run: cancelled by "), "\(outcome.errors)")
            #expect(outcome.errors.contains("the run was cancelled by "), "\(outcome.errors)")
            mayAnswer.fire()
            let resumed = try await work.crew("resume", "last", server: server.url)
            #expect(resumed.status == 0, "\(resumed.errors)")
            let late = try await work.crew("cancel", "last")
            #expect(late.status == 2 && late.errors.contains("has finished"), "\(late.errors)")
        }
    }

    @Test func aRunIsPausedAndGivenMoreFromAnotherProcess() async throws {
        try await holding { server, isHeld, mayAnswer in
            let run = try work.start(["run", "crew.yaml", "--budget", "1"], server: server.url)
            await isHeld.wait()
            let limited = try await work.crew("budget", "set", "run/last", "2", "--calls", "9")
            #expect(limited.status == 0 && limited.errors.contains("$2.00"), "\(limited.errors)")
            let paused = try await work.crew("pause", "last")
            #expect(paused.status == 0 && paused.errors.contains("stops once"), "\(paused.errors)")
            mayAnswer.fire()
            // The last answer is what was under way: with it the run has finished.
            let outcome = await run.outcome()
            #expect(outcome.status == 0 && outcome.output == "part 2\n", "\(outcome.errors)")
        }
        let shown = try await work.crew("budget", "show", "run/last", "--output", "json").object()
        #expect(shown["accounts"]?.items.first?["limit_calls"]?.integer == 9)
        for arguments in [
            ["cancel", "nobody"], ["budget", "set", "run/nobody", "1"], ["budget", "clear", "run/last"],
        ] {
            #expect(try await work.start(arguments).outcome().status == 2, "\(arguments)")
        }
    }

    #if os(Linux)
        @Test func whoCancelsALeftRunMayBeKilledAtAnyMoment() async throws {
            try await holding { server, isHeld, _ in
                let run = try work.start(["run", "crew.yaml"], server: server.url)
                await isHeld.wait()
                run.send(SIGKILL)
                _ = await run.outcome()
            }
            let files = ["crew.sqlite", "crew.sqlite-wal"]
            let image = files.map { FileManager.default.contents(atPath: work.path + "/.crew/" + $0) }
            var kills = 0
            var operation = 0
            var isOver = false
            while !isOver {
                operation += 1
                for kind in [DiskFault.Kind.before, .torn, .after] {
                    // In place: a store knows its own file.
                    for name in ["crew.sqlite-wal", "crew.sqlite-shm"] {
                        try? FileManager.default.removeItem(atPath: work.path + "/.crew/" + name)
                    }
                    for (name, data) in zip(files, image) { if let data { try work.write(data, to: ".crew/" + name) } }
                    let fault = DiskFault(kind: kind, operation: operation)
                    let variables = try DiskFault.variables(fault, log: work.path + "/disk.log")
                    let outcome = try await work.start(["cancel", "last"], adding: variables).outcome()
                    if outcome.signal == SIGKILL {
                        kills += 1
                        try await check(fault)
                    } else {
                        #expect(outcome.status == 0, "\(fault): \(outcome.errors)")
                        if kind == .before { isOver = true }
                    }
                }
            }
            #expect(kills > 10)
            try Evidence.record(.durable, "killed while a run is cancelled that nobody executes", cases: kills)
        }

        /// What was said is in the queue or on record, never in both, and said again it counts.
        private func check(_ fault: DiskFault) async throws {
            let store = SQLiteStore(directory: work.path + "/.crew")
            let run = try #require(try await store.runs().first).run
            func recorded() async throws -> [Int] {
                try await store.events(of: run).compactMap { event in
                    if case .signalReceived(let fact) = event.fact { fact.number } else { nil }
                }
            }
            let waiting = try await store.signals(to: run).map(\.number)
            #expect(waiting.count + (try await recorded()).count <= 1, "\(fault)")
            let again = try await work.crew("cancel", "last")
            #expect(again.status == 0, "\(fault): \(again.errors)")
            let numbers = try await recorded()
            #expect(Set(numbers).count == numbers.count && !numbers.isEmpty, "\(fault)")
            #expect(try await store.signals(to: run).isEmpty, "\(fault)")
            #expect(try await store.verify().isSound, "\(fault)")
            let summary = try #require(try await store.runs().first)
            #expect(summary.status == .interrupted && summary.held == .zero, "\(fault)")
            await store.close()
        }
    #endif
}
