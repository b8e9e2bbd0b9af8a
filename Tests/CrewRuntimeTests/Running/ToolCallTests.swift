import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Synchronization
import Testing

/// What a tool that is written in Swift gives, learns and says.
struct ToolCallTests {
    struct Forecast: Encodable {
        var day: String
        var degrees: [Double]
        var warning: String?
    }

    struct Weather: Tool {
        struct Input: Generable { var city: String }
        let name = "weather", summary = "Tells the weather."
        var effects: ToolEffects { .reads }
        var onCall: @Sendable (ToolContext) -> Void = { _ in }

        func call(_ input: Input, context: ToolContext) async throws -> Forecast {
            onCall(context)
            return Forecast(day: "Monday in \(input.city)", degrees: [1.5, 20])
        }
    }

    struct Broken: Tool {
        struct Input: Generable {}
        let name = "weather", summary = "Gives what has no form in JSON.", effects: ToolEffects = .reads
        func call(_ input: Input, context: ToolContext) -> [Double] { [.nan] }
    }

    private static func crew(_ tool: any Tool) -> Crew {
        var crew = Crew.pair(.sequential, tasks: [CrewTask("facts", "Three facts", agent: "scout")])
        crew.agents[0].tools = [.code(tool)]
        return crew
    }

    private static func model() -> ScriptedModel {
        ScriptedModel { _, number throws(ChatError) in
            number == 1 ? .calling(("x", "weather", #"{"city":"Oslo"}"#)) : .said("done")
        }
    }

    @Test func aValueIsReadByTheModelAsJSON() async throws {
        let model = Self.model()
        _ = try await CrewEngine(models: ScriptedProvider(model)).run(Self.crew(Weather()))
        let said = model.requests.last?.conversation.messages.first { $0.role == .tool }?.text
        #expect(said?.contains(#"{"day":"Monday in Oslo","degrees":[1.5,20]}"#) == true, "\(said ?? "nothing")")
    }

    @Test func aValueWithoutAFormInJSONIsAFailureOfTheTool() async throws {
        let journal = MemoryJournal()
        let model = ScriptedModel { _, number throws(ChatError) in
            number == 1 ? .calling(("x", "weather", "{}")) : .said("done")
        }
        let result = try await CrewEngine(models: ScriptedProvider(model), journal: journal).run(Self.crew(Broken()))
        let outcomes = try await journal.events(of: result.run).compactMap { event in
            if case .toolCompleted(let completed) = event.fact { completed.outcome } else { nil }
        }
        #expect(outcomes == [.failed])
    }

    @Test func aToolKnowsWhoseCallItServesAndUntilWhen() async throws {
        let seen = Mutex<ToolContext?>(nil)
        let before = ContinuousClock.now
        let tool = Weather { context in seen.withLock { $0 = context } }
        let result = try await CrewEngine(models: ScriptedProvider(Self.model())).run(Self.crew(tool))
        let context = try #require(seen.withLock { $0 })
        #expect(context.run == result.run)
        #expect(context.agent == "scout")
        #expect(context.assignment == "a1")
        #expect(context.task == "facts")
        #expect(context.idempotencyKey == "\(result.run)/t1")
        let deadline = try #require(context.deadline)
        #expect(deadline >= before + tool.timeout && deadline <= .now + tool.timeout)
    }

    @Test func whatAToolSaysOfItsProgressIsSeenAndNotRecorded() async throws {
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(Self.model()), journal: journal)
        let tool = Weather { context in context.progress("half") }
        var said: [ToolProgress] = []
        let run = try await engine.withRun(Self.crew(tool)) { run in
            for await update in run { if case .progress(let progress) = update { said.append(progress) } }
            return run.id
        }
        #expect(said.map(\.text) == ["half"])
        #expect(said.first?.agent == "scout" && said.first?.tool == "weather" && said.first?.call == "t1")
        #expect(said.first?.seat == .assignment("a1"))
        let events = try await journal.events(of: run)
        #expect(!events.contains { "\($0)".contains("half") })
    }

    @Test func noKeyIsAmongWhatAToolSaysOfItsProgress() async throws {
        let key = "sk-0123456789abcdef0123"
        let tool = Weather { context in context.progress("signs in with \(key)") }
        let toolbox = try await Toolbox(
            crew: Self.crew(tool),
            folder: ".",
            providers: [],
            secrets: SecretFilter([key])
        )
        let said = Mutex<[String]>([])
        let context = ToolContext(run: "r", agent: "scout", idempotencyKey: "k") { text in
            said.withLock { $0.append(text) }
        }
        _ = await toolbox.call("weather", arguments: #"{"city":"Oslo"}"#, context: context)
        let texts = said.withLock { $0 }
        #expect(texts.count == 1 && texts[0].hasPrefix("signs in with ") && !texts[0].contains(key))
    }

    @Test func anObserverThatDoesNotReadHoldsOneProgressACall() async throws {
        let engine = try CrewEngine(models: ScriptedProvider(Self.model()))
        let tool = Weather { context in for number in 1...10_000 { context.progress("step \(number)") } }
        let said = try await engine.withRun(Self.crew(tool)) { run in
            _ = try await run.result
            var said: [String] = []
            for await update in run { if case .progress(let progress) = update { said.append(progress.text) } }
            return said
        }
        #expect(said.count == 1)
        #expect(said.last == "step 10000")
    }

    @Test(arguments: [(0, 0), (499, 499), (500, 500), (501, 500), (100_000, 500)])
    func whatIsSaidOfProgressIsBounded(length: Int, bytes: Int) {
        let said = Mutex("")
        let context = ToolContext(run: "r", agent: "a", idempotencyKey: "k") { text in said.withLock { $0 = text } }
        context.progress(String(repeating: "x", count: length))
        let text = said.withLock { $0 }
        #expect(text.utf8.count == bytes)
        #expect(text.hasSuffix("…") == (length > 500))
    }

    @Test func aLongProgressIsCutBetweenCharacters() {
        let said = Mutex("")
        let context = ToolContext(run: "r", agent: "a", idempotencyKey: "k") { text in said.withLock { $0 = text } }
        context.progress(String(repeating: "é€", count: 200))
        let text = said.withLock { $0 }
        #expect(text.utf8.count <= 500)
        #expect(text.dropLast().allSatisfy { "é€".contains($0) } && text.last == "…")
    }
}
