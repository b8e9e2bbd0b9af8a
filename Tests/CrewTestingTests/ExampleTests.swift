import CrewKit
import CrewTesting
import Testing

/// The examples of the documentation, as somebody who writes a crew would write them.
struct ExampleTests {
    private static let crew = Crew(
        name: "brief",
        goal: "Explain tides",
        tools: [ToolDefinition(name: "calculator", builtin: "calculator")],
        agents: [
            Agent("scout", role: "Scout", goal: "Find facts", tools: ["calculator"]),
            Agent("writer", role: "Writer", goal: "Write them up"),
        ],
        tasks: [
            CrewTask("facts", summary: "Three facts", agent: "scout"),
            CrewTask("brief", summary: "A brief", agent: "writer", needs: ["facts"]),
        ]
    )

    @Test func theWriterGetsTheFacts() async throws {
        let model = ScriptedModel(answers: ["The moon pulls the sea.", "A brief on tides."])
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let result = try await engine.run(Self.crew)
        #expect(result.text == "A brief on tides.")
        #expect(model.requests[1].lastText.contains("The moon pulls the sea."))
    }

    @Test func aToolIsUsed() async throws {
        let model = ScriptedModel { request, number throws(ChatError) in
            if number == 1 { throw ChatError(.rateLimited, "busy", status: 429, retryAfter: 2_000, wasSent: true) }
            return request.hasToolResult ? .said("It is 42.") : .calling(("1", "calculator", #"{"expression":"6*7"}"#))
        }
        let clock = TestClock()
        let engine = try CrewEngine(models: ScriptedProvider(model), clock: clock.run)
        var crew = Self.crew
        crew.tasks.removeLast()
        let recording = try await engine.record(crew)
        #expect(recording.result.text == "It is 42.")
        #expect(recording.events.map(\.sequence) == Array(1...recording.events.count))
        #expect(recording.all { if case .toolIntended(let tool) = $0 { tool.name } else { nil } } == ["calculator"])
        #expect(clock.elapsed >= .seconds(2) && clock.elapsed < .seconds(3))
    }

    @Test func aFileIsWritten() async throws {
        let folder = try TemporaryFolder()
        try folder.write("Spring tides follow the new moon.", to: "notes/tides.md")
        let model = ScriptedModel { request, number throws(ChatError) in
            switch number {
            case 1: .calling(("1", "notes_read", #"{"path": "tides.md"}"#))
            case 2: .calling(("2", "notes_write", #"{"path": "brief.md", "content": "A brief."}"#))
            default: .said("Written.")
            }
        }
        let crew = Crew(
            name: "brief",
            goal: "Explain tides",
            tools: [ToolDefinition(name: "notes", builtin: "files", options: ["folder": "notes", "write": true])],
            agents: [Agent("writer", role: "Writer", goal: "Write", tools: ["notes"])],
            tasks: [CrewTask("brief", summary: "A brief")]
        )
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let result = try await engine.run(crew, folder: folder.path)
        #expect(result.status == .finished)
        #expect(folder.text(of: "notes/brief.md") == "A brief.")
        #expect(folder.text(of: "notes/none.md") == nil)
    }

    @Test func aModelThatIsNotScriptedIsAnError() async throws {
        var crew = Self.crew
        crew.agents[0].model = "large"
        crew.models.append(ModelDefinition(name: "large", model: "m"))
        let engine = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["x"])))
        await #expect(throws: CrewError.self) { try await engine.run(crew) }
    }
}
