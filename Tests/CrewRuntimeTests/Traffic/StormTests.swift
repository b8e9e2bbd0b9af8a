import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Evidence
import ScriptedServer
import Synchronization
import Testing

/// Twenty callers at once, at a server that will not have them: the number of requests is bounded, whoever they are.
@Suite(.timeLimit(.minutes(2)))
struct StormTests {
    private static let callers = 20

    /// Who calls.
    enum Callers: CaseIterable, Sendable {
        /// Twenty agents of one run.
        case agents
        /// Twenty runs of one process.
        case runs
    }

    private struct Outcome: Sendable {
        var requests: Int
        var finished: Int
        /// The waits between a failure and the next attempt, in milliseconds.
        var waits: [Int64] = []
    }

    /// Lets all call at once, and the server answer each request by its number and the virtual time.
    private func storm(
        _ callers: Callers,
        _ answer: @escaping @Sendable (_ number: Int, _ time: Int64, ScriptedConnection) -> Void
    ) async throws -> Outcome {
        let clock = TestClock(at: 0)
        let number = Mutex(0)
        let journal = MemoryJournal()
        return try await ScriptedServer.withServer { _, connection in
            let next = number.withLock { number in
                number += 1
                return number
            }
            answer(next, clock.now, connection)
        } body: { server in
            let provider = try WiredProvider(server.baseURL, clock)
            let engine = try CrewEngine(models: provider, journal: journal, clock: clock.run)
            var results: [RunResult] = []
            switch callers {
            case .agents:
                let tasks = (1...Self.callers).map { CrewTask("t\($0)", summary: "T", agent: "scout") }
                results.append(try await engine.run(.pair(.concurrent, tasks: tasks)))
            case .runs:
                try await withThrowingTaskGroup(of: RunResult.self) { group in
                    for _ in 0..<Self.callers {
                        // Nobody's time begins before all have begun.
                        clock.hold()
                        group.addTask {
                            try await engine.withRun(.single()) { run in
                                var isHeld = true
                                for await _ in run {
                                    if isHeld { clock.release() }
                                    isHeld = false
                                }
                                return try await run.result
                            }
                        }
                    }
                    for try await result in group { results.append(result) }
                }
            }
            await provider.close()
            var outcome = Outcome(
                requests: server.requests.count,
                finished: results.reduce(0) { $0 + $1.results.count }
            )
            for result in results {
                var failedAt: [String: Int64] = [:]
                for event in try await journal.events(of: result.run) {
                    if case .callFailed(let fact) = event.fact { failedAt[fact.call] = event.time }
                    if case .retryScheduled(let retry) = event.fact {
                        outcome.waits.append(retry.at - (failedAt[retry.call] ?? 0))
                    }
                }
            }
            return outcome
        }
    }

    @Test("RTY-10: a server that is down for ten seconds", arguments: Callers.allCases)
    func down(callers: Callers) async throws {
        let outcome = try await storm(callers) { _, time, connection in
            if time < 10_000 { connection.respond(status: 503) } else { connection.say("work") }
        }
        // One attempt each, what the retries of one run may be, and a probe for every pause of the breaker.
        #expect(outcome.requests <= Self.callers * 5 / 4 + 3 + outcome.finished)
        try Evidence.record(.bounded, "storms of 20 callers at a server that is down or busy", cases: 1)
    }

    @Test("429 for ever, without Retry-After", arguments: Callers.allCases)
    func busy(callers: Callers) async throws {
        let outcome = try await storm(callers) { _, _, connection in connection.respond(status: 429) }
        #expect(outcome.finished == 0)
        // Ten failures empty a run's bucket; every call of its own run has its three attempts.
        #expect(outcome.requests <= (callers == .agents ? Self.callers + 10 : Self.callers * 3))
        #expect(outcome.requests >= Self.callers)
        // Full jitter: nobody waits longer than the bound, and hardly two wait alike.
        #expect(outcome.waits.allSatisfy { (0..<1_000).contains($0) })
        #expect(Set(outcome.waits).count >= outcome.waits.count * 3 / 4)
        try Evidence.record(.bounded, "storms of 20 callers at a server that is down or busy", cases: 1)
    }

    @Test("429 for ever, with Retry-After", arguments: Callers.allCases)
    func busyForAWhile(callers: Callers) async throws {
        let outcome = try await storm(callers) { _, _, connection in
            connection.respond(status: 429, headers: ["Retry-After": "2"])
        }
        #expect(outcome.finished == 0)
        #expect(outcome.requests <= Self.callers * 3)
        #expect(outcome.waits.allSatisfy { (2_000...2_200).contains($0) })
        #expect(Set(outcome.waits).count >= outcome.waits.count / 2)
        try Evidence.record(.bounded, "storms of 20 callers at a server that is down or busy", cases: 1)
    }

    @Test("429 once for everybody: all come back when they were told to, and are served", arguments: Callers.allCases)
    func toldToComeBack(callers: Callers) async throws {
        let outcome = try await storm(callers) { number, _, connection in
            if number <= Self.callers {
                connection.respond(status: 429, headers: ["Retry-After": "2"])
            } else {
                connection.say("work")
            }
        }
        #expect(outcome.finished == Self.callers)
        #expect(outcome.requests == Self.callers * 2)
        try Evidence.record(.bounded, "storms of 20 callers at a server that is down or busy", cases: 1)
    }
}
