import ChatModel
import CrewKit
import Testing

@testable import CrewCLI
@testable import CrewCore

/// The prompts as they are shown before a run.
struct PromptSheetTests {
    private func sheet(_ crew: Crew) async throws -> (String, RunState) {
        let engine = try CrewEngine(models: try OpenAIModels(environment: [:]))
        let state = try await engine.preview(crew, inputs: [:])
        return (PromptSheet.text(state), state)
    }

    @Test func everyTaskHasItsPrompt() async throws {
        var crew = SampleRun.crew
        crew.goal = "Explain tides."
        let (text, state) = try await sheet(crew)
        let headings = text.split(separator: "\n").filter { $0.hasPrefix("=== ") }
        #expect(
            headings == [
                "=== coordinator · gpt-5-mini", "=== scout, task facts · gpt-5-mini",
                "=== writer, task text · gpt-5-mini",
                "=== sent first: call c1 to gpt-5-mini",
            ]
        )
        #expect(text.contains("⟨the result of the task facts⟩"))
        #expect(text.contains("known only in the run: the result of the task facts"))
        let body = try #require(state.firstRequests.first?.request.openAIBody(streamed: true))
        #expect(text.contains(body))
        let system = try #require(try JSONValue(parsing: body)["messages"]?.arrayValue?.first?["content"]?.stringValue)
        #expect(text.contains(system))
    }

    /// A changed word in a template is a changed run for everybody: it has to be seen.
    @Test func everyWordIsAsRecorded() async throws {
        var crew = SampleRun.crew
        crew.goal = "Explain tides."
        crew.tools = [ToolDefinition(name: "sums", builtin: "calculator")]
        crew.agents[0].tools = [.named("sums")]
        crew.tasks[1].accept = [.assertion("words(text) > 20")]
        try Snapshot.expect(try await sheet(crew).0, isAsRecorded: "sent")
    }

    @Test func allThatIsSentAtOnceIsShown() async throws {
        var crew = SampleRun.crew
        crew.goal = "Explain tides."
        crew.process = .concurrent
        crew.process.aggregator = "writer"
        crew.tasks[1].needs = []
        let (text, state) = try await sheet(crew)
        #expect(state.firstRequests.count == 2)
        #expect(text.contains("=== sent first: call c2 to gpt-5-mini"))
        #expect(state.previewedRequests.last?.author == .agent("writer", task: nil))
    }
}
