import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Foundation
import Testing

/// Crews that work in an agent's place, run to their end by the real executor.
struct MemberCrewTests {
    private let log = ToolLog()

    /// A report whose draft comes from a press with a desk of its own; three levels, each with a model.
    private func report(_ price: Price? = nil) -> Crew {
        let desk = Crew(
            name: "desk",
            goal: "Check facts on {{subject}}",
            inputs: [CrewInput(name: "subject")],
            models: [ModelDefinition(name: "own", model: "desk", maximumOutput: 300, price: price)],
            agents: [
                Agent(
                    "clerk",
                    role: "Clerk",
                    goal: "Look facts up",
                    model: "own",
                    tools: [.code(Noting(name: "look", isIdempotent: true, log: log))]
                )
            ],
            tasks: [CrewTask("facts", summary: "Three facts")]
        )
        let press = Crew(
            name: "press",
            goal: "Print {{subject}}",
            inputs: [CrewInput(name: "subject")],
            models: [ModelDefinition(model: "press", maximumOutput: 300, price: price)],
            agents: [Agent("writer", role: "Printer", goal: "Write")],
            crews: [MemberCrew("desk", crew: desk, inputs: ["subject": "{{subject}}"])],
            tasks: [
                CrewTask("facts", summary: "Facts", agent: "desk"),
                CrewTask("text", summary: "A text", agent: "writer", needs: ["facts"]),
            ]
        )
        return Crew(
            name: "report",
            goal: "Report on {{topic}}",
            inputs: [CrewInput(name: "topic")],
            models: [ModelDefinition(model: "report", maximumOutput: 300, price: price)],
            agents: [Agent("writer", role: "Editor", goal: "Edit")],
            crews: [MemberCrew("press", crew: press, inputs: ["subject": "all of {{topic}}"], limits: [.calls(9)])],
            tasks: [
                CrewTask("draft", summary: "A draft", agent: "press"),
                CrewTask("final", summary: "The report", agent: "writer", needs: ["draft"]),
            ]
        )
    }

    private static let model = ScriptedModel { request, _ in
        if request.systemText.contains("Clerk") {
            let hasLooked = request.conversation.messages.contains { $0.role == .tool }
            return hasLooked ? .said("tides are pulled") : .calling(("1", "look", #"{"at":"sea"}"#))
        }
        if request.systemText.contains("Printer") { return .said("printed: tides") }
        return .said("edited")
    }

    private func provider(_ model: ScriptedModel = model) -> ScriptedProvider {
        ScriptedProvider(["default": model, "press/default": model, "press/desk/own": model])
    }

    @Test func everyAgentHasItsOwnCrewsModelAndTools() async throws {
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: provider(), journal: journal)
        let result = try await engine.run(report(), inputs: ["topic": "tides"])
        #expect(result.status == .finished, "\(result.message ?? "")")
        #expect(result.text == "edited")
        let events = try await journal.events(of: result.run)
        let models = events.compactMap { if case .callIntended(let intent) = $0.fact { intent.model } else { nil } }
        #expect(models == ["press/desk/own", "press/desk/own", "press/default", "default"])
        guard case .runCreated(let created)? = events.first?.fact else { return #expect(Bool(false)) }
        #expect(created.tools.keys.sorted() == ["press/desk/clerk", "press/writer", "writer"])
        #expect(created.tools["press/desk/clerk"]?.map(\.declaration.name) == ["look"])
        #expect(created.dialects.keys.sorted() == ["default", "press/default", "press/desk/own"])
        #expect(log.all.count == 1)
        let state = try await engine.state(of: result.run)
        #expect(state.ledger.run.settled.calls == 4)
    }

    @Test func aRunIsTakenUpWithTheToolsOfItsMembers() async throws {
        let journal = MemoryJournal()
        let finished = try await CrewEngine(models: provider(), journal: journal).run(
            report(),
            inputs: ["topic": "tides"]
        )
        let events = try await journal.events(of: finished.run)
        let cut = try #require(events.firstIndex { $0.fact.kind == .toolCompleted })
        let rows = try JSONEncoder().encode(Array(events.prefix(cut)))
        let restored = MemoryJournal(restoring: try JSONDecoder().decode([Event].self, from: rows))
        let engine = try CrewEngine(models: provider(), journal: restored)
        let without = await #expect(throws: CrewError.self) { try await engine.resume(finished.run) }
        #expect(without?.message.contains("look") == true)
        let tools: [any Tool] = [Noting(name: "look", isIdempotent: true, log: log)]
        let result = try await engine.resume(finished.run, ResumeOptions(tools: tools))
        #expect(result.status == .finished && result.text == "edited")
        #expect(log.all.count == 2)
        #expect(Set(log.all).count == 1, "with the same key")
    }

    @Test func aCrewWithinIsHeldToTheRulesOfCrews() async throws {
        let engine = try CrewEngine(models: provider())
        var broken = report()
        broken.crews[0].crew.crews[0].crew.tasks[0].agent = "nobody"
        let crew = broken
        let error = await #expect(throws: CrewError.self) { try await engine.run(crew, inputs: ["topic": "t"]) }
        #expect(error?.code == .invalidCrew)
        #expect(error?.message.hasPrefix("agents.press.crew.agents.desk.crew.tasks.facts.agent:") == true)
        // A tool that has come to touch more is looked at again, wherever it stands.
        struct Posting: Tool {
            struct Input: Generable {}
            let name = "post", summary = "Posts."
            let effects: ToolEffects
            func call(_ input: Input, context: ToolContext) async throws -> String { "" }
        }
        var changed = report()
        changed.crews[0].crew.agents[0].tools = [.code(Posting(effects: .reads))]
        let harmless = changed
        #expect(try await engine.run(harmless, inputs: ["topic": "t"]).status == .finished)
        changed.crews[0].crew.agents[0].tools = [.code(Posting(effects: [.reads, .network]))]
        let exposed = changed
        let refused = await #expect(throws: CrewError.self) { try await engine.run(exposed, inputs: ["topic": "t"]) }
        #expect(refused?.code == .invalidCrew)
    }

    @Test func textsThatGrowFromCrewToCrewAreRefused() async throws {
        let engine = try CrewEngine(models: provider())
        var crew = report()
        crew.crews[0].inputs["subject"] = .string(String(repeating: "{{topic}}", count: 1_000))
        let grown = crew
        let topic = JSONValue.string(String(repeating: "x", count: 2_000))
        let error = await #expect(throws: CrewError.self) { try await engine.run(grown, inputs: ["topic": topic]) }
        #expect(error?.code == .invalidInput)
        #expect(error?.message.hasPrefix("agents.press.inputs.subject: with the inputs put in") == true)
    }

    @Test func aCoordinatorHasToolsOfItsOwn() async throws {
        var crew = Crew.pair(
            CrewProcess(pattern: .coordinator, tools: [.code(Noting(name: "look", isIdempotent: true, log: log))]),
            tasks: [CrewTask("facts", summary: "Three facts", agent: "scout")]
        )
        crew.agents[1].name = "coordinator"
        let model = ScriptedModel { request, _ in
            guard request.systemText.contains("You coordinate") else { return .said("the moon") }
            if request.lastText.contains("r1") {
                return .said(#"{"reason":"done","instruction":{"kind":"finish","results":["r1"]}}"#)
            }
            let hasLooked = request.conversation.messages.contains { $0.role == .tool }
            return hasLooked ? .said(.delegate("facts", "scout")) : .calling(("1", "look", #"{"at":"sea"}"#))
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(crew)
        #expect(result.status == .finished, "\(result.message ?? "")")
        #expect(log.all.count == 1)
    }

    /// Eight crews in one another, each with many tasks that its only member may do.
    @Test func aPreviewIsBounded() async throws {
        func nest(_ inner: Crew?, _ level: Int) -> Crew {
            Crew(
                name: "c\(level)",
                goal: "g",
                models: inner == nil ? [] : [ModelDefinition(model: "m", maximumOutput: 300)],
                agents: inner == nil ? [Agent("a", role: "r", goal: "g")] : [],
                crews: inner.map { [MemberCrew("in", crew: $0)] } ?? [],
                tasks: (0..<20).map { CrewTask("t\($0)", summary: "d") }
            )
        }
        var crew = nest(nil, 0)
        for level in 1..<Crew.deepestTree { crew = nest(crew, level) }
        let models = Dictionary(uniqueKeysWithValues: crew.allModels.map { ($0.name, Self.model) })
        let state = try await CrewEngine(models: ScriptedProvider(models)).preview(crew)
        #expect(state.previewedRequests.count == RunState.mostPreviewedRequests)
    }
}
