import ChatModel
import CrewTesting
import Evidence
import Testing

@testable import CrewCore

/// The accounts, under any interleaving.
struct LedgerTests {
    @Test func noInterleavingOfCallsBreaksALimit() throws {
        var interleavings = 0
        for seed in 0..<2_500 {
            var random = SeededGenerator(seed: seed)
            var limits: [Limits] = []
            for _ in 0..<3 { limits.append(Self.limits(&random)) }
            var ledger = Ledger(limits: limits[0])
            // One beneath the other.
            let first = ledger.open("a", limits: limits[1], under: .run)
            let accounts = [.run, first, ledger.open("a/b", limits: limits[2], under: first)]
            var open: [(hold: Amounts, account: Ledger.AccountID)] = []
            for _ in 0..<40 {
                interleavings += 1
                if !open.isEmpty, random.chance(45) {
                    let (hold, account) = open.remove(at: random.number(0...(open.count - 1)))
                    Self.settle(hold, account, &ledger, &random)
                } else {
                    let hold = Amounts(
                        money: Money(picodollars: Int64(random.number(0...400))),
                        tokens: random.number(0...400),
                        calls: 1
                    )
                    let account = random.one(of: accounts) ?? .run
                    guard ledger.refusal(of: hold, on: account) == nil else { continue }
                    ledger.hold(hold, on: account)
                    open.append((hold, account))
                }
                try Self.check(ledger, seed)
            }
            for (hold, account) in open { Self.settle(hold, account, &ledger, &random) }
            try Self.check(ledger, seed)
            let held = [ledger.run.held] + ledger.members.values.map(\.held)
            try #require(held.allSatisfy { $0 == .zero }, "seed \(seed)")
        }
        #expect(interleavings >= 100_000)
        try Evidence.record(
            .neverOverspent,
            "random interleavings of calls on the accounts of a run and its agents",
            cases: interleavings
        )
    }

    @Test func aRefusalSaysWhetherCallsUnderWayMayMakeRoom() {
        var ledger = Ledger(limits: Limits(tokens: 100, calls: 3))
        ledger.hold(Amounts(tokens: 60, calls: 1), on: .run)
        #expect(ledger.refusal(of: Amounts(tokens: 60, calls: 1), on: .run)?.mayClear == true)
        #expect(ledger.refusal(of: Amounts(tokens: 101, calls: 1), on: .run)?.mayClear == false)
        #expect(ledger.refusal(of: Amounts(tokens: 1, calls: 3), on: .run)?.mayClear == false)
        #expect(ledger.headroom(on: .run).tokens == 40)
        #expect(ledger.headroom(on: .run, afterCallsUnderWay: true).tokens == 100)
        #expect(ledger.headroom(on: .run, afterCallsUnderWay: true).calls == 2)
    }

    @Test func whatHasBeenLostCountOfLeavesNoRoom() {
        var ledger = Ledger(limits: Limits(tokens: 1_000, calls: 9))
        let absurd = Amounts(money: Money(picodollars: .max), tokens: .max, calls: 1)
        for _ in 0..<3 { ledger.hold(absurd, on: .run) }
        ledger.settle(hold: absurd, settled: absurd, uncertain: absurd, on: .run)
        #expect(ledger.run.committed.tokens == .max)
        #expect(ledger.headroom(on: .run).tokens == 0)
        #expect(ledger.refusal(of: Amounts(tokens: 1), on: .run)?.mayClear == false)
    }

    @Test("A journal with absurd numbers is folded, shown and resumed, whatever recorded them")
    func absurdNumbers() throws {
        let crew = Crew.team(.sequential, price: Price(input: 5, output: 9))
        var run = try DrivenRun(crew)
        let start = run.events
        func usage(_ count: Int) -> TokenUsage {
            TokenUsage(input: count, cachedInput: count, cacheWrites: count, output: count, reasoning: count)
        }
        for (count, time) in [(Int.max, Int64.max), (.min, .min), (800_000_000_000, 0)] {
            run.now = time
            guard case .callModel(let call)? = run.pending.first else { break }
            var answer = try #require(call.outcome(.said("Three facts: a, b, c.")).answer)
            answer.usage = usage(count)
            answer.cost = Money(picodollars: Int64(count))
            run.pending = []
            run.take(.callCompleted(answer))
            run.settle()
        }
        #expect(run.events.count > start.count + 3)
        let folded = try #require(RunState(folding: run.events, prompts: try PromptBook.builtIn()))
        #expect(folded.usage.total == run.state.usage.total)
        #expect(folded.elapsed(at: .max) >= 0 && folded.elapsed(at: .min) >= 0)
        var resumed = folded
        resumed.apply(
            Event(
                sequence: folded.sequence + 1,
                time: .min,
                fact: .runResumed(RunResumed(epoch: 2, limits: [.calls(50)]))
            )
        )
        _ = resumed.decide(at: .max)
        _ = resumed.wakeTime(after: .min)
        #expect(resumed.result("r-9223372036854775808") == nil)
        resumed.apply(
            Event(
                sequence: 99,
                time: 0,
                fact: .assignmentFailed(AssignmentFailed(assignment: "a-9223372036854775808", code: "", message: ""))
            )
        )
    }

    @Test func aCallWaitsForRoomThatCallsUnderWayMayYetMake() throws {
        // Two tasks at once, room for one full answer and not for two: the second waits and is then made in full.
        let crew = Crew.team(.concurrent, tasks: [CrewTask("a", summary: "A"), CrewTask("b", summary: "B")])
        let first = try DrivenRun(crew)
        let bound = try #require(first.call(0)?.hold.tokens)
        var simulation = try DrivenRun(crew, limits: Limits(tokens: bound + 299))
        try #require(simulation.pending.count == 1)
        simulation.finish(0, with: .said("done", input: 100, output: 20))
        #expect(simulation.call(0)?.request.maximumOutput == 300)
        simulation.finish(0, with: .said("done", input: 100, output: 20))
        #expect(simulation.state.status == .finished)
    }

    @Test func theCallIsMadeWithTheOutputThatIsLeft() throws {
        let crew = Crew.team(.sequential, tasks: [CrewTask("a", summary: "A")])
        let bound = try #require(try DrivenRun(crew).call(0)?.hold.tokens)
        let lowered = try DrivenRun(crew, limits: Limits(tokens: bound - 40))
        #expect(lowered.call(0)?.request.maximumOutput == 260)
        #expect(lowered.call(0)?.hold.tokens == bound - 40)
        let refused = try DrivenRun(crew, limits: Limits(tokens: bound - 50))
        #expect(refused.state.status == .limited)
        #expect(refused.state.end?.code == "limit_tokens")
    }

    @Test func anUnknownUsageIsSettledAtTheBoundThatWasHeld() throws {
        for process in [CrewProcess.sequential, .coordinator] {
            let crew = Crew.team(process, price: Price(input: 3, output: 7))
            var simulation = try DrivenRun(crew, limits: Limits(money: Money(picodollars: 1_000_000), tokens: 50_000))
            let hold = try #require(simulation.call(0)?.hold)
            simulation.take(try #require(simulation.call(0)).outcome(ChatResponse(text: "x")))
            #expect(simulation.state.ledger.run.settled == hold)
            #expect(simulation.state.ledger.run.held == .zero)
        }
    }

    @Test func anOutcomeThatComesTwiceIsSettledOnce() throws {
        var simulation = try DrivenRun(.team(.sequential))
        let call = try #require(simulation.call(0))
        simulation.take(call.outcome(.said("text")))
        simulation.take(call.outcome(.said("text")))
        simulation.take(call.outcome(ChatError(.interrupted, "late", wasSent: true)))
        #expect(simulation.state.ledger.run.settled.calls == 1)
        #expect(simulation.state.ledger.run.settled.tokens == 120)
        #expect(simulation.state.ledger.run.held == .zero)
        #expect(simulation.breach == nil)
    }

    @Test func aLateOutcomeOfAnEarlierAttemptSettlesNothing() throws {
        var simulation = try DrivenRun(.team(.sequential))
        let first = try #require(simulation.call(0))
        simulation.fail(0, with: ChatError(.serverFailed, "busy", status: 503, wasSent: true))
        let second = try #require(simulation.call(0))
        try #require(first.call == second.call && second.attempt == 2)
        for late in [first.outcome(.said("late")), first.outcome(ChatError(.interrupted, "late", wasSent: true))] {
            simulation.take(late)
            #expect(simulation.state.ledger.run.held == second.hold)
            #expect(simulation.state.ledger.run.settled == Amounts(calls: 1))
        }
        simulation.finish(0, with: .said("text"))
        #expect(simulation.state.results.map(\.text) == ["text"])
    }

    @Test func aRetryThatTheBudgetHasNoRoomForIsNotWaitedFor() throws {
        let crew = Crew.team(.concurrent, tasks: [CrewTask("a", summary: "A"), CrewTask("b", summary: "B")])
        let bound = try #require(try DrivenRun(crew).call(0)?.hold.tokens)
        // Room for both attempts, and for a third once the first has come to less than it holds.
        var simulation = try DrivenRun(crew, limits: Limits(tokens: bound * 2 + 100))
        try #require(simulation.pending.count == 2)
        simulation.fail(1, with: ChatError(.interrupted, "gone", wasSent: true))
        let retry = try #require(simulation.state.wakeTime(after: simulation.now))
        simulation.now = retry
        simulation.settle()
        try #require(simulation.pending.count == 1)
        #expect(simulation.state.wakeTime(after: retry) == nil)
        simulation.finish(0, with: .said("done", input: 100, output: 20))
        #expect(simulation.call(0)?.attempt == 2)
    }

    @Test func anAnswerInTheLastSecondIsJudgedBeforeTheTimeIsOver() throws {
        let crew = Crew.team(.concurrent, tasks: [CrewTask("a", summary: "A"), CrewTask("b", summary: "B")])
        var simulation = try DrivenRun(crew, limits: Limits(time: 10_000))
        try #require(simulation.pending.count == 2)
        simulation.now += 9_500
        // The first has to speak again, for which there is no time; the second is still under way.
        simulation.finish(0, with: .said(""))
        #expect(simulation.state.status == .running)
        simulation.finish(0, with: .said("text"))
        #expect(simulation.state.status == .limited)
        #expect(simulation.state.end?.code == "limit_time")
        #expect(simulation.state.results.map(\.text) == ["text"])
        #expect(simulation.state.end?.missing == ["a"])
    }

    @Test(arguments: [
        (nil, true), (200, true), (400, false), (429, false), (500, false), (502, true), (504, true), (524, true),
    ])
    func whatMayHaveBeenBilledStaysCounted(status: Int?, counted: Bool) throws {
        let simulation = try DrivenRun(.team(.sequential, price: Price(input: 1, output: 1)))
        let call = try #require(simulation.call(0))
        let fact = call.outcome(ChatError(.serverFailed, "", status: status, wasSent: true))
        guard case .callFailed(let failure) = fact else { throw Unexpected() }
        #expect((failure.uncertain != .zero) == counted)
        guard case .callFailed(let unsent) = call.outcome(ChatError(.unreachable, "", wasSent: false)) else {
            throw Unexpected()
        }
        #expect(unsent.uncertain == .zero)
    }

    struct Unexpected: Error {}

    // MARK: - Random accounts

    private static func limits(_ random: inout SeededGenerator) -> Limits {
        Limits(
            money: random.chance(70) ? Money(picodollars: Int64(random.number(0...3_000))) : nil,
            tokens: random.chance(70) ? random.number(0...3_000) : nil,
            calls: random.chance(50) ? random.number(0...15) : nil
        )
    }

    private static func settle(
        _ hold: Amounts,
        _ account: Ledger.AccountID,
        _ ledger: inout Ledger,
        _ random: inout SeededGenerator
    ) {
        let money = Money(picodollars: Int64(random.number(0...Int(hold.money.picodollars))))
        let tokens = random.number(0...hold.tokens)
        let isUnknown = random.chance(20)
        ledger.settle(
            hold: hold,
            settled: isUnknown ? Amounts(calls: 1) : Amounts(money: money, tokens: tokens, calls: 1),
            uncertain: isUnknown ? Amounts(money: hold.money, tokens: hold.tokens) : .zero,
            on: account
        )
    }

    private static func check(_ ledger: Ledger, _ seed: Int) throws {
        for account in [ledger.run] + ledger.members.values {
            let used = account.settled + account.held + account.uncertain
            let isWithin =
                used.money <= account.limits.money ?? used.money && used.tokens <= account.limits.tokens ?? used.tokens
                && used.calls <= account.limits.calls ?? used.calls
            try #require(isWithin, "seed \(seed): \(account)")
        }
    }
}
