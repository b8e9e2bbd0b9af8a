import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
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
        #"{"done":"false"}"#, #"{"done":false}{"done":true}"#, #"Here: {"done":1}"#, #"{}"#, #"{"done":true,"x":1}"#,
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

    @Test(arguments: [
        #"Here: {"done":true}"#, "<think>\nIs it? {\"done\":false}\n</think>\n{\"done\":true}",
        "Done, see [1].\n```json\n{\"done\": true}\n```\nAnything else?",
        "It may be done.\n</think>\n\n{\"done\":true}",
    ])
    func theOneDocumentOfAnAnswerIsTheResult(answer: String) async throws {
        let model = ScriptedModel(answers: [answer])
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(Self.crew())
        #expect(result.status == .finished && result.text == #"{"done":true}"# && model.requests.count == 1)
    }

    @Test func thoughtsReachNobodyElse() async throws {
        let scout = ScriptedModel(answers: ["<think>\nThe secret plan.\n</think>\n\nThree facts."])
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(scout), journal: journal)
        var seen = ""
        let result = try await engine.withRun(.pair(.sequential)) { run in
            for await update in run { if case .text(_, let text) = update { seen += text } }
            return try await run.result
        }
        #expect(result.results.map(\.text) == ["Three facts.", "Three facts."])
        #expect(seen == "Three facts.Three facts.")
        #expect(scout.requests.last?.lastText.contains("Three facts.") == true)
        #expect(scout.requests.last?.lastText.contains("secret plan") == false)
    }

    @Test(
        "What is no answer is sent back with what it is",
        arguments: [
            ("<tool_call>{\"name\":\"look\",\"arguments\":{}}</tool_call>", "a tool call written as text"),
            ("<think>That is all there is to it", "empty but for the reasoning"), (" \n", "it is empty"),
        ]
    )
    func whatIsNoAnswerIsSentBack(answer: String, reason: String) async throws {
        let model = ScriptedModel(answers: [answer, "The tide comes twice a day."])
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(Self.crew(output: nil))
        #expect(result.status == .finished && result.text == "The tide comes twice a day.")
        #expect(model.requests.last?.lastText.contains(reason) == true)
    }

    @Test func anEchoOfTheRequestIsNoResult() async throws {
        let model = ScriptedModel { request, number throws(ChatError) in
            switch number {
            case 1: .said("Three facts.")
            case 2: .said(request.lastText)
            default: .said("The brief.")
            }
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.sequential))
        #expect(result.status == .finished && result.text == "The brief.")
        try #require(model.requests.count == 3)
        #expect(model.requests[2].lastText.contains("repeats what was asked"))
    }

    @Test(
        "Reasoning that eats the output limit is paid for once, and the person is told",
        arguments: [
            ChatResponse(text: "", finishReason: .length, usage: TokenUsage(input: 100, output: 300, reasoning: 300)),
            ChatResponse(text: "", finishReason: .length),
            ChatResponse(text: "<think>Let me see", finishReason: .length, usage: TokenUsage(input: 100, output: 300)),
        ]
    )
    func reasoningThatEatsTheLimit(answer: ChatResponse) async throws {
        let model = ScriptedModel { _, _ throws(ChatError) in answer }
        var crew = Self.crew(output: nil)
        let failed = try await CrewEngine(models: ScriptedProvider(model)).run(crew)
        #expect(failed.status == .failed && failed.code == "output_limit" && model.requests.count == 1)
        #expect(
            failed.message?.contains("max_output of the model \"default\" (300 tokens") == true,
            "\(failed.message ?? "")"
        )
        #expect(failed.message?.contains("reasoning counts") == true)
        crew.models[0].fallback = "spare"
        crew.models.append(ModelDefinition(name: "spare", model: "s", maximumOutput: 900))
        let spare = ScriptedModel(answers: ["The tide."])
        let helped = try await CrewEngine(models: ScriptedProvider(["default": model, "spare": spare])).run(crew)
        #expect(helped.status == .finished && model.requests.count == 2 && spare.requests.count == 1)
    }

    @Test func anAnswerCutOffInItsTextIsAskedForMoreBriefly() async throws {
        let model = ScriptedModel { _, _ throws(ChatError) in ChatResponse(text: "The tide i", finishReason: .length) }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(Self.crew(output: nil))
        #expect(result.code == "answer_rejected" && model.requests.count == 3)
        #expect(model.requests.last?.lastText.contains("cut off after 300 tokens: answer more briefly") == true)
        #expect(model.requests.last?.lastText.contains("max_output") == false)
        #expect(result.message?.contains("max_output of the model \"default\"") == true)
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
            case 2, 3: .said("it is done")
            default: .said(#"{"done":true}"#)
            }
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(crew)
        #expect(result.status == .finished && result.text == #"{"done":true}"#)
        try #require(model.requests.count == 4)
        #expect(model.requests[0].responseFormat == .text && !model.requests[0].tools.tools.isEmpty)
        #expect(model.requests[0].lastText.contains("JSON Schema"))
        #expect(model.requests[1].lastText.split(separator: "\n")[1] == "done at sea")
        #expect(model.requests[2].responseFormat == .text && model.requests[2].toolChoice == .automatic)
        #expect(model.requests.allSatisfy { $0.tools == model.requests[0].tools })
        guard case .jsonSchema = model.requests[3].responseFormat else { throw Unexpected() }
        #expect(model.requests[3].toolChoice == ToolChoice.none)
    }

    @Test("A repair keeps the tools, and may use them again", arguments: Dialect.StructuredOutput.allCases)
    func aRepairKeepsTheTools(rung: Dialect.StructuredOutput) async throws {
        let log = ToolLog()
        var crew = Self.crew()
        crew.agents[0].tools = [.code(Noting(name: "look", isIdempotent: true, log: log))]
        let model = ScriptedModel { request, number throws(ChatError) in
            switch number {
            case 1, 3: return .calling(("c\(number)", "look", #"{"at":"sea"}"#))
            case 2, 4, 5: return .said("it is done")
            default:
                let text = #"{"done":true}"#
                return request.toolChoice == .tool("answer") ? .calling(("f", "answer", text)) : .said(text)
            }
        }
        let dialect = Dialect(structuredOutput: rung, schemaKeywords: .full, outputLimitField: .maxTokens)
        let result = try await CrewEngine(models: ScriptedProvider(model, dialect: dialect)).run(crew)
        #expect(result.status == .finished && result.text == #"{"done":true}"#)
        #expect(log.all.count == 2)
        try #require(model.requests.count == 6)
        for request in model.requests { #expect(request.tools.tools.first?.name == "look") }
        let last = model.requests[5]
        switch rung {
        case .jsonSchema:
            guard case .jsonSchema = last.responseFormat else { throw Unexpected() }
            #expect(last.toolChoice == ToolChoice.none)
        case .toolCall:
            #expect(last.toolChoice == .tool("answer") && last.tools.tools.map(\.name) == ["look", "answer"])
        case .jsonObject: #expect(last.responseFormat == .jsonObject && last.toolChoice == ToolChoice.none)
        case .plainText: #expect(last.responseFormat == .text && last.toolChoice == .automatic)
        }
    }

    @Test("An agent without tools whose model calls one has not answered, and no history of calls arises")
    func aCallWithoutToolsIsNoAnswer() async throws {
        let model = ScriptedModel { _, number throws(ChatError) in
            number == 1 ? .calling(("c1", "search", #"{"query":"tides"}"#)) : .said("the moon pulls")
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(Self.crew(output: nil))
        #expect(result.status == .finished && result.text == "the moon pulls")
        try #require(model.requests.count == 2)
        #expect(model.requests[1].lastText.contains("there are none"))
        #expect(model.requests[1].conversation.messages.allSatisfy { $0.toolCalls.isEmpty && $0.role != .tool })
    }

    @Test("An endpoint that takes no format beside tools is asked without it, and keeps its rung")
    func aFormatBesideToolsIsGivenUpAlone() async throws {
        var crew = Self.crew()
        crew.agents[0].tools = [.code(Noting(name: "look", isIdempotent: true, log: ToolLog()))]
        let model = ScriptedModel { request, number throws(ChatError) in
            if request.responseFormat != .text, !request.tools.tools.isEmpty {
                throw ChatError(.unsupported, "not both", status: 400, feature: .formatWithTools, wasSent: true)
            }
            return number < 3 ? .said("it is done") : .said(#"{"done":true}"#)
        }
        let provider = RememberingProvider(model: model)
        let result = try await CrewEngine(models: provider).run(crew)
        #expect(result.status == .finished)
        #expect(model.requests.count == 4)
        #expect(provider.remembered?.formatWithTools == false && provider.remembered?.structuredOutput == .jsonSchema)
        #expect(provider.findings.last?.lessons.count == 1)
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
