import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Evidence
import Synchronization
import Testing

/// A run's time limit bounds everything below it.
struct DeadlineTests {
    @Test(
        "Every attempt's timeout is within what is left of the run's time, and none begins in its last second",
        arguments: [
            1_000, 1_999, 10_000, 34_567, 120_000,
        ]
    )
    func attempts(limit: Int) async throws {
        let clock = TestClock()
        let start = clock.now
        let seen = Mutex<[(left: Int, timeout: Int)]>([])
        let model = ScriptedModel { request, number throws(ChatError) in
            seen.withLock { $0.append((limit - Int(clock.now - start), request.timeout)) }
            clock.advance(by: .milliseconds(900 + Int64(number * 211 % 700)))
            if number % 8 == 0 { throw ChatError(.serverFailed, "busy", status: 500, wasSent: true) }
            return .said("part")
        }
        let tasks = (1...200).map {
            CrewTask("t\($0)", summary: "T", agent: "scout", needs: $0 > 1 ? ["t\($0 - 1)"] : [])
        }
        let engine = try CrewEngine(models: ScriptedProvider(model), clock: clock.run)
        let result = try await engine.run(.pair(.sequential, tasks: tasks), limits: Limits(time: limit))
        #expect(result.status == .limited && result.code == "limit_time")
        let all = seen.withLock { $0 }
        #expect(!all.isEmpty)
        for attempt in all {
            #expect(attempt.left >= 1_000, "\(attempt)")
            #expect(attempt.timeout <= attempt.left && attempt.timeout > 0, "\(attempt)")
        }
        // What is over is over: not a moment later than the limit and the call that was under way.
        #expect(clock.now - start <= Int64(limit) + 1_600)
        try Evidence.record(.bounded, "attempts within the time that is left of a run", cases: all.count)
    }

    @Test("A model's own timeout counts when it is the shorter one")
    func ownTimeout() async throws {
        var crew = Crew.single()
        crew.models[0].timeout = 3_000
        let model = ScriptedModel(answers: ["work"])
        let engine = try CrewEngine(models: ScriptedProvider(model), clock: TestClock().run)
        _ = try await engine.run(crew, limits: Limits(time: 60_000))
        #expect(model.requests.map(\.timeout) == [3_000])
    }

    @Test("A tool that heeds nothing does not hold up a run whose time is over")
    func tools() async throws {
        let clock = TestClock()
        let release = Gate()
        let model = ScriptedModel { request, _ throws(ChatError) in
            request.conversation.messages.contains { $0.role == .tool }
                ? .said("done") : .calling(("x", "stubborn", "{}"))
        }
        var crew = Crew.single()
        crew.agents[0].tools = [.code(Stubborn(gate: release, clock: clock))]
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: clock.run)
        let result = try await engine.run(crew, limits: Limits(time: 20_000))
        #expect(result.status == .limited && result.code == "limit_time")
        #expect(model.requests.count == 1)
        #expect(!release.isOpen)
        // Nothing is said of how it ended, for nobody knows.
        let kinds = try await journal.events(of: result.run).map(\.fact.kind)
        #expect(kinds.contains(.toolIntended) && !kinds.contains(.toolCompleted))
        release.open()
        try Evidence.record(.bounded, "a tool that heeds nothing, in a run whose time is over")
    }
}

/// A tool that is done when somebody else says so, whatever it is told.
private struct Stubborn: Tool {
    struct Input: Generable {}

    let gate: Gate
    let clock: TestClock
    let name = "stubborn"
    var summary: String { "Never ends." }
    var effects: ToolEffects { .writes }

    func call(_ input: Input, context: ToolContext) async throws -> String {
        await clock.withoutHolding { while !gate.isOpen { await Task.yield() } }
        return "done"
    }
}

private final class Gate: Sendable {
    private let state = Mutex(false)
    var isOpen: Bool { state.withLock { $0 } }
    func open() { state.withLock { $0 = true } }
}
