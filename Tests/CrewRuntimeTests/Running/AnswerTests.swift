import ChatModel
import CrewCore
import CrewRuntime
import Testing

/// What an agent's answer must be before it counts as a result.
struct AnswerTests {
    private static let schema = JSONSchema([
        "type": "object", "properties": ["done": ["type": "boolean"]], "required": ["done"],
        "additionalProperties": false,
    ])

    private static func crew(output: JSONSchema? = schema, accept: [String] = []) -> Crew {
        let task = CrewTask("t", summary: "T", agent: "scout", output: output, accept: accept.map { .assertion($0) })
        return .pair(.sequential, tasks: [task])
    }

    @Test(arguments: [
        #"{"done":"false"}"#, #"{"done":false}{"done":true}"#, #"Here: {"done":true}"#, #"{}"#, #"{"done":true,"x":1}"#,
        "null",
    ])
    func whatDoesNotFollowTheSchemaIsSentBackTwiceAndThenFails(answer: String) async throws {
        let model = ScriptedModel(answers: [answer])
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(Self.crew())
        #expect(result.status == .failed && result.code == "answer_rejected")
        #expect(result.results.isEmpty && result.missing == ["t"])
        #expect(model.requests.count == 3)
        #expect(model.requests.last?.lastText.contains("cannot be used") == true)
    }

    @Test func whatFollowsTheSchemaIsTakenAsADocument() async throws {
        let model = ScriptedModel(answers: [#"{"done":"true"}"#, #" {"done": true} "#])
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(Self.crew())
        #expect(result.status == .finished)
        #expect(result.results.first?.isStructured == true && result.text == #"{"done":true}"#)
    }

    @Test func anAssertionThatDoesNotHoldIsExplained() async throws {
        let model = ScriptedModel(answers: ["short", "long enough for everybody"])
        let crew = Self.crew(output: nil, accept: ["length(text) > 10"])
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(crew)
        #expect(result.status == .finished && result.text == "long enough for everybody")
        #expect(model.requests.last?.lastText.contains("more than 10") == true)
    }

    @Test func anAgentWithToolsHasTheSchemaInItsPromptAndIsHeldToItWhenItErrs() async throws {
        var crew = Self.crew()
        // A tool of the same name as the forced one must still be a tool.
        crew.agents[0].tools = [.code(Noting(name: "answer", isIdempotent: true, log: ToolLog()))]
        let model = ScriptedModel { _, number throws(ChatError) in
            switch number {
            case 1: .calling(("1", "answer", #"{"at":"sea"}"#))
            case 2: .said("it is done")
            default: .said(#"{"done":true}"#)
            }
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(crew)
        #expect(result.status == .finished && result.text == #"{"done":true}"#)
        try #require(model.requests.count == 3)
        #expect(model.requests[0].responseFormat == .text && !model.requests[0].tools.tools.isEmpty)
        #expect(model.requests[0].lastText.contains("JSON Schema"))
        #expect(model.requests[1].lastText.split(separator: "\n")[1] == "done at sea")
        #expect(model.requests[2].tools.tools.isEmpty)
        guard case .jsonSchema = model.requests[2].responseFormat else { throw Unexpected() }
    }

    @Test func toolsAreNotCalledWhenNobodyWouldReadThem() async throws {
        let log = ToolLog()
        var crew = Self.crew(output: nil)
        crew.agents[0].tools = [.code(Noting(name: "post", isIdempotent: false, log: log))]
        crew.agents[0].maximumTurns = 2
        let model = ScriptedModel { _, number throws(ChatError) in .calling(("\(number)", "post", #"{"at":"x"}"#)) }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(crew)
        #expect(result.code == "turns_exhausted")
        #expect(log.all.count == 1)
        #expect(model.requests.last?.toolChoice == ToolChoice.none)
    }

    struct Unexpected: Error {}
}
