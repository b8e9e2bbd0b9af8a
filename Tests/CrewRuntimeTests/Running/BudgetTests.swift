import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Testing

/// Budgets in the real executor.
struct BudgetTests {
    private static let price = Price(input: 3, cachedInput: 1, output: 11)

    private static func crew(_ count: Int) -> Crew {
        let tasks = (1...count).map {
            CrewTask("t\($0)", summary: "Part \($0)", agent: $0 % 2 == 0 ? "scout" : "writer")
        }
        return Crew.pair(.concurrent, price: price, tasks: tasks)
    }

    @Test(arguments: 1...12)
    func aHundredAssignmentsAtOnceNeverExceedTheMoney(seed: Int) async throws {
        let model = ScriptedModel { _, number throws(ChatError) in
            let dice = (number &* 2_654_435_761 &+ seed &* 40_503) & 0xFFFF
            for _ in 0..<(dice % 17) { await Task.yield() }
            switch dice % 10 {
            case 0: throw ChatError(.serverFailed, "no", status: 500, wasSent: true)
            case 1: throw ChatError(.interrupted, "cut", wasSent: true)
            case 2: return ChatResponse(text: "without usage")
            case 3: throw ChatError(.credentials, "no", status: 401, wasSent: true)
            default: return .said("part \(number)", input: 600 + dice % 200, output: dice % 300)
            }
        }
        var crew = Self.crew(100)
        crew.agents[0].limits = Limits(money: Money(picodollars: 90_000))
        let limit = Money(picodollars: 150_000 + Int64(seed) * 1_237)
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: TestClock().run)
        let result = try await engine.run(crew, limits: Limits(money: limit))
        let account = try #require(try Account(try await journal.events(of: result.run)))
        #expect(account.breach == nil, "seed \(seed)")
        #expect(account.state.ledger.run.held == .zero)
        #expect(result.status == .limited)
        #expect(result.cost.picodollars + result.uncertainCost.picodollars <= limit.picodollars)
        #expect(!result.results.isEmpty && !result.text.isEmpty)
        #expect(Set(result.missing).isDisjoint(with: result.results.compactMap(\.task)))
        #expect(result.missing.count + result.results.count == 100)
    }

    @Test func whatAnEndpointBillsBeyondWhatItWasAskedForIsTold() async throws {
        let model = ScriptedModel(answers: ["part"])
        let limits = Limits(money: Money(picodollars: 1_000_000))
        let engine = try CrewEngine(models: ScriptedProvider(model))
        #expect(try await engine.run(Self.crew(1), limits: limits).overrun == .zero)
        let greedy = ScriptedModel { _, _ throws(ChatError) in .said("part", input: 1_000_000, output: 2) }
        let result = try await CrewEngine(models: ScriptedProvider(greedy)).run(Self.crew(1), limits: limits)
        #expect(result.cost == Money(picodollars: 3_000_022))
        #expect(result.overrun == Money(picodollars: 2_000_022))
    }

    @Test(arguments: [Limits(tokens: 4_000), Limits(calls: 7)])
    func tokensAndCallsAreLimitedLikewise(limits: Limits) async throws {
        let model = ScriptedModel(answers: ["part"])
        let journal = MemoryJournal()
        let result = try await CrewEngine(models: ScriptedProvider(model), journal: journal).run(
            Self.crew(40),
            limits: limits
        )
        let account = try #require(try Account(try await journal.events(of: result.run)))
        #expect(result.status == .limited)
        #expect(account.breach == nil)
        #expect(result.calls == model.requests.count)
        #expect(!result.results.isEmpty && !result.missing.isEmpty)
        if let calls = limits.calls { #expect(model.requests.count == calls) }
    }

    @Test func theLoweredOutputIsWhatIsSent() async throws {
        let model = ScriptedModel(answers: ["part"])
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal)
        let full = try await engine.run(Self.crew(1))
        let intents = try await journal.events(of: full.run).compactMap { event in
            if case .callIntended(let intent) = event.fact { intent } else { nil }
        }
        let hold = try #require(intents.first?.hold)
        let less = try await engine.run(
            Self.crew(1),
            limits: Limits(money: Money(picodollars: hold.money.picodollars - 11 * 30))
        )
        #expect(less.status == .finished)
        #expect(model.requests.last?.maximumOutput == 270)
    }

    @Test func aRunThatReachedItsLimitGoesOnWithALargerOne() async throws {
        let model = ScriptedModel(answers: ["part"])
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let limited = try await engine.run(Self.crew(10), limits: Limits(calls: 4))
        #expect(limited.status == .limited && limited.missing.count == 6)
        let same = try await engine.resume(limited.run)
        #expect(same.status == .limited && model.requests.count == 4)
        let finished = try await engine.resume(limited.run, ResumeOptions(limits: Limits(calls: 10)))
        #expect(finished.status == .finished && model.requests.count == 10)
    }

    @Test func aTaskBeginsAsSoonAsItsNeedsAreMet() async throws {
        let tasks = [
            CrewTask("slow", summary: "Slow", agent: "scout"), CrewTask("quick", summary: "Quick", agent: "scout"),
            CrewTask("after", summary: "After", agent: "scout", needs: ["quick"]),
        ]
        let both = Rendezvous(2)
        let model = ScriptedModel { request, _ throws(ChatError) in
            if !request.lastText.contains("Your task: Quick") { await both.arrive() }
            return .said("done")
        }
        // The slow task ends only once the one after the quick one has begun.
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.concurrent, tasks: tasks))
        #expect(result.status == .finished && result.results.count == 3)
    }
}
