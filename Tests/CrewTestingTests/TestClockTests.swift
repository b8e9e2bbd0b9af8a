import CrewKit
import CrewTesting
import Testing

/// A clock that moves only when nothing but sleeping is left, however slow the machine is.
@Suite(.timeLimit(.minutes(2)))
struct TestClockTests {
    private static func crew(_ tasks: Int, limits: Limits = Limits()) -> Crew {
        Crew(
            name: "c",
            goal: "g",
            agents: [Agent("a", role: "r", goal: "g")],
            tasks: (1...tasks).map { CrewTask("t\($0)", summary: "T") },
            process: .concurrent,
            limits: limits
        )
    }

    /// One call takes a minute on the clock, the other many turns of the machine: the clock waits for that.
    @Test func itStandsWhileAnythingIsUnderWay() async throws {
        let clock = TestClock()
        let model = ScriptedModel { _, number throws(ChatError) in
            if number == 1 {
                await clock.sleep(for: .seconds(60))
                return .said("slow")
            }
            let before = clock.now
            for _ in 0..<5_000 { await Task.yield() }
            return .said(clock.now == before ? "quick" : "late")
        }
        let engine = try CrewEngine(models: ScriptedProvider(model), clock: clock.run)
        let result = try await engine.run(Self.crew(2))
        #expect(Set(result.results.map(\.text)) == ["slow", "quick"])
        #expect(clock.elapsed == .seconds(60))
    }

    @Test func aTimeLimitEndsACallThatNeverAnswers() async throws {
        let clock = TestClock()
        let model = ScriptedModel { _, _ throws(ChatError) in
            await clock.untilCancelled()
            throw ChatError(.cancelled, "given up", wasSent: true)
        }
        let engine = try CrewEngine(models: ScriptedProvider(model), clock: clock.run)
        let result = try await engine.run(Self.crew(1), limits: Limits(time: 90_000))
        #expect(result.status == .limited && result.code == "limit_time")
        #expect(clock.elapsed == .seconds(90))
    }

    /// After a run that was cut short, the clock has counted nothing too much or too little.
    @Test func itCanBeUsedAgain() async throws {
        let clock = TestClock()
        let never = ScriptedModel { _, _ throws(ChatError) in
            await clock.untilCancelled()
            throw ChatError(.cancelled, "given up", wasSent: true)
        }
        for round in 1...3 {
            let engine = try CrewEngine(models: ScriptedProvider(never), clock: clock.run)
            #expect(try await engine.run(Self.crew(3), limits: Limits(time: 10_000)).code == "limit_time")
            #expect(clock.elapsed == .seconds(round * 10))
        }
        clock.hold()
        let slept = Task { await clock.sleep(for: .seconds(5)) }
        clock.hold()
        // Two are held, one of them for the sleeper: it moves when the other is let go.
        let before = clock.now
        while clock.asked.last != before + 5_000 { await Task.yield() }
        #expect(clock.now == before)
        clock.release()
        await slept.value
        #expect(clock.now == before + 5_000)
    }

    @Test func whoIsCancelledSleepsNoLonger() async {
        let clock = TestClock()
        clock.hold()
        clock.hold()
        let sleeper = Task { await clock.sleep(for: .seconds(5)) }
        while clock.asked.isEmpty { await Task.yield() }
        sleeper.cancel()
        await sleeper.value
        #expect(clock.elapsed == .zero)
    }

    @Test func itIsMovedByHand() async {
        let clock = TestClock(at: 0)
        clock.hold()
        clock.hold()
        let sleeper = Task { await clock.sleep(for: .seconds(5)) }
        while clock.asked.isEmpty { await Task.yield() }
        clock.advance(by: .milliseconds(4_999))
        #expect(clock.now == 4_999)
        clock.advance(by: .milliseconds(1))
        await sleeper.value
        #expect(clock.elapsed == .seconds(5))
    }
}
