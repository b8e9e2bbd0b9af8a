import CrewKit
import CrewTesting
import Testing

/// The article "Testing a crew", and what the README says of it.
struct TestingArticleTests {
    private typealias Brief = FirstCrewTests.Brief
    private typealias Lookup = FirstCrewTests.Lookup

    private let crew = Crew("brief", goal: "Explain geysers") {
        Agent("scout", role: "Researcher", goal: "Find verifiable facts") { Lookup() }
        Agent("writer", role: "Writer", goal: "Turn findings into prose")
        CrewTask("findings", "Ten facts, each with its source", agent: "scout")
        CrewTask("brief", "A sourced brief", agent: "writer", needs: ["findings"], output: Brief.self)
    }

    @Test func theWriterGetsTheFacts() async throws {
        let model = ScriptedModel(answers: ["The moon pulls the sea.", #"{"title": "Tides", "sources": ["Newton"]}"#])
        let result = try await CrewEngine(model: model).run(crew)
        #expect(try result.value(of: "brief", as: Brief.self).title == "Tides")
        #expect(model.requests[1].lastText.contains("The moon pulls the sea."))
    }

    @Test func theScoutLooksWordsUp() async throws {
        let model = ScriptedModel { request, _ throws(ChatError) in
            if request.systemText.contains("Writer") { return .said(#"{"title": "Geysers", "sources": []}"#) }
            return request.hasToolResult ? .said("They erupt.") : .calling(("1", "lookup", #"{"word": "geyser"}"#))
        }
        let recording = try await CrewEngine(model: model).record(crew)
        let tools = recording.all { if case .toolCompleted(let tool) = $0 { tool.text } else { nil } }
        #expect(tools == ["a hot spring that erupts"])
    }

    @Test func theRunOfTheReadmeIsRecorded() async throws {
        let crew = Crew("brief", goal: "Explain geysers") {
            Agent("scout", role: "Researcher", goal: "Find verifiable facts")
            Agent("writer", role: "Writer", goal: "Turn findings into prose")
            CrewTask("findings", "Ten facts, each with its source", agent: "scout")
            CrewTask("page", "A one-page explanation", agent: "writer", needs: ["findings"])
        }
        let model = ScriptedModel(answers: ["Ten facts.", "One page."])
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let recording = try await engine.record(crew)
        #expect(recording.result.text == "One page." && model.requests[1].lastText.contains("Ten facts."))
    }

    @Test func anUnknownWordIsRefused() async throws {
        let context = ToolContext(run: "r", agent: "scout", idempotencyKey: "1")
        await #expect(throws: ToolRejection("unknown word")) {
            try await Lookup().call(Lookup.Input(word: "gizer"), context: context)
        }
    }
}
