import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Synchronization
import Testing

/// How answers that should follow a schema are got from endpoints that differ.
struct LadderTests {
    private static let finish = #"{"reason":"","instruction":{"kind":"finish","results":["r2"]}}"#

    /// A model that coordinates the pair, through whatever rung it is asked.
    private static func instruction(_ request: ChatRequest) -> String? {
        guard request.systemText.contains("You coordinate") else { return nil }
        let board = request.conversation.messages.dropFirst().first?.text ?? ""
        if board.contains("- facts [due]") { return .delegate("facts", "scout") }
        if board.contains("- brief [due]") { return .delegate("brief", "writer") }
        return finish
    }

    private static func rung(_ request: ChatRequest) -> Dialect.StructuredOutput {
        switch (request.responseFormat, request.toolChoice) {
        case (.jsonSchema, _): .jsonSchema
        case (_, .tool("answer")): .toolCall
        case (.jsonObject, _): .jsonObject
        default: .plainText
        }
    }

    @Test(arguments: Dialect.StructuredOutput.allCases)
    func anEndpointIsTakenDownToTheRungThatItTakes(best: Dialect.StructuredOutput) async throws {
        let ladder = Dialect.StructuredOutput.allCases
        let model = ScriptedModel { request, _ throws(ChatError) in
            guard let text = Self.instruction(request) else { return .said("work") }
            let rung = Self.rung(request)
            guard rung == best || rung == .plainText else {
                throw ChatError(.unsupported, "no", status: 400, feature: .structuredOutput, wasSent: true)
            }
            return rung == .toolCall ? .calling(("1", "answer", text)) : .said(text)
        }
        let provider = RememberingProvider(model: model)
        let result = try await CrewEngine(models: provider).run(.pair(.coordinator))
        #expect(result.status == .finished)
        let refused = ladder.firstIndex(of: best) ?? 0
        #expect(model.requests.count == 5 + refused, "each rung is tried once, and never again")
        #expect(provider.remembered?.structuredOutput == (refused == 0 ? nil : best))
        let asked = model.requests.filter { Self.instruction($0) != nil }
        #expect(asked.map(Self.rung) == ladder.prefix(refused) + [best, best, best])
        // Where nothing enforces it, the schema stands in the prompt.
        let isInPrompt = asked.last?.conversation.messages.last?.text.contains("JSON Schema") == true
        #expect(isInPrompt == (best == .jsonObject || best == .plainText))
    }

    @Test func anEndpointThatIgnoresTheFormatIsLoweredOncePerAnswer() async throws {
        let model = ScriptedModel { request, _ throws(ChatError) in
            guard let text = Self.instruction(request) else { return .said("work") }
            return Self.rung(request) == .jsonObject ? .said(text) : .said("Sure, I will delegate that.")
        }
        let provider = RememberingProvider(model: model)
        let result = try await CrewEngine(models: provider).run(.pair(.coordinator))
        #expect(result.status == .finished)
        #expect(provider.remembered?.structuredOutput == .jsonObject)
        #expect(model.requests.prefix(3).map(Self.rung) == [.jsonSchema, .toolCall, .jsonObject])
        #expect(provider.findings.last?.lessons.map(\.evidence) == [.ignored, .ignored])
        #expect(provider.findings.last?.keptForms == [.jsonObject])
    }

    @Test("A pinned form is not given up, whatever the endpoint says", arguments: Dialect.StructuredOutput.allCases)
    func pinned(form: Dialect.StructuredOutput) async throws {
        var crew = Crew.pair(.coordinator)
        crew.models[0].structuredOutput = form
        let prose = ScriptedModel { request, _ throws(ChatError) in
            Self.instruction(request) == nil ? .said("work") : .said("Sure, I will delegate that.")
        }
        let provider = RememberingProvider(model: prose)
        let ignored = try await CrewEngine(models: provider).run(crew)
        #expect(ignored.status == .failed && ignored.code == "coordinator_failed")
        #expect(prose.requests.map(Self.rung) == [form, form, form])
        #expect(provider.findings.isEmpty)
        let refusing = ScriptedModel { _, _ throws(ChatError) in
            throw ChatError(.unsupported, "in my words", status: 400, feature: .structuredOutput, wasSent: true)
        }
        let refused = try await CrewEngine(models: RememberingProvider(model: refusing)).run(crew)
        #expect(refused.status == .failed && refused.message?.contains("in my words") == true)
        #expect(refusing.requests.count == 1)
    }

    @Test func aRefusalIsRememberedWithItsWordsAndOneOfASchemaAlone() async throws {
        let model = ScriptedModel { request, _ throws(ChatError) in
            guard let text = Self.instruction(request) else { return .said("work") }
            guard Self.rung(request) == .jsonObject else {
                var error = ChatError(
                    .unsupported,
                    "not \(Self.rung(request))",
                    status: 400,
                    feature: .structuredOutput,
                    wasSent: true
                )
                error.concernsContent = Self.rung(request) == .jsonSchema
                throw error
            }
            return .said(text)
        }
        let provider = RememberingProvider(model: model)
        _ = try await CrewEngine(models: provider).run(.pair(.coordinator))
        let lessons = try #require(provider.findings.last?.lessons)
        #expect(lessons.map(\.evidence) == [.content, .refused])
        #expect(lessons.map(\.words) == ["not jsonSchema", "not toolCall"])
    }

    @Test func twoCallsAtOnceLearnAFeatureOnce() async throws {
        let both = Rendezvous(2)
        let model = ScriptedModel { request, number throws(ChatError) in
            if number <= 2 { await both.arrive() }
            guard !request.dialect.seed else {
                throw ChatError(.unsupported, "seed", status: 400, feature: .seed, wasSent: true)
            }
            return .said("done")
        }
        let journal = MemoryJournal()
        let tasks = [CrewTask("a", summary: "A", agent: "scout"), CrewTask("b", summary: "B", agent: "writer")]
        let result = try await CrewEngine(models: ScriptedProvider(model), journal: journal)
            .run(.pair(.concurrent, tasks: tasks))
        #expect(result.status == .finished)
        #expect(model.requests.count == 4)
        let kinds = try await journal.events(of: result.run).map(\.fact.kind)
        #expect(kinds.count { $0 == .dialectLearned } == 1)
    }

    @Test func aRefusalOfWhatCannotBeGivenUpIsNotRepeatedForEver() async throws {
        let model = ScriptedModel { _, _ throws(ChatError) in
            throw ChatError(
                .unsupported,
                "no",
                status: 400,
                serverSaysRetry: true,
                feature: .outputLimitField,
                wasSent: true
            )
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.sequential))
        #expect(result.status == .failed && result.code == "unsupported")
        #expect(model.requests.count == 2)
    }

    @Test func theRepairSaysWhatIsWrongAndWhatIsAllowed() async throws {
        let model = ScriptedModel { request, number throws(ChatError) in
            if number == 1 { return .said(.delegate("facts", "stranger")) }
            return .said(Self.instruction(request) ?? "work")
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.coordinator))
        #expect(result.status == .finished)
        let repair = try #require(model.requests.dropFirst().first?.lastText)
        #expect(repair.contains("stranger") && repair.contains("scout") && repair.contains("agent"))
    }

    @Test func aModelThatDoesNotMendItsAnswersIsReplacedAndThenTheRunFails() async throws {
        var crew = Crew.pair(.coordinator)
        crew.models[0].fallback = "spare"
        crew.models.append(ModelDefinition(name: "spare", model: "s", maximumOutput: 300))
        let bad = ScriptedModel(answers: ["{}"])
        let good = ScriptedModel { request, _ throws(ChatError) in .said(Self.instruction(request) ?? "work") }
        let helped = try await CrewEngine(models: ScriptedProvider(["default": bad, "spare": good])).run(crew)
        // The agents' model is the bad one too, but "{}" is prose that nothing objects to.
        #expect(helped.status == .finished)
        #expect(bad.requests.count { $0.systemText.contains("You coordinate") } == 9)
        let worse = ScriptedModel(answers: ["{}"])
        let failed = try await CrewEngine(models: ScriptedProvider(["default": bad, "spare": worse])).run(crew)
        #expect(failed.status == .failed && failed.code == "coordinator_failed")
        #expect(worse.requests.count == 3)
    }

    @Test(arguments: [
        ChatResponse(
            text: #"{"reason":"","instruction":{"kind":"plan","facts":[],"steps":["a"]}}"#,
            finishReason: .length
        ),
        ChatResponse(text: "", refusal: "I would rather not."),
        ChatResponse(text: "x", finishReason: .contentFilter),
        ChatResponse(text: ""), ChatResponse(text: " \n"),
        .calling(("1", "answer", .delegate("facts", "scout")), ("2", "answer", .delegate("facts", "writer"))),
    ])
    func anAnswerThatIsNoneNeverCounts(answer: ChatResponse) async throws {
        let model = ScriptedModel { _, _ throws(ChatError) in answer }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.coordinator))
        #expect(result.status == .failed && result.code == "coordinator_failed")
        #expect(result.results.isEmpty && result.missing == ["facts", "brief"])
    }

    @Test func aFencedAnswerIsRead() async throws {
        let model = ScriptedModel { request, _ throws(ChatError) in
            .said(Self.instruction(request).map { "```json\n\($0)\n```" } ?? "work")
        }
        #expect(try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.coordinator)).status == .finished)
    }

    @Test func aRefusalGoesToTheFallbackModel() async throws {
        var crew = Crew.pair(.sequential)
        crew.models[0].fallback = "spare"
        crew.models.append(ModelDefinition(name: "spare", model: "s", maximumOutput: 300))
        let shy = ScriptedModel { _, _ throws(ChatError) in ChatResponse(text: "", refusal: "no") }
        let spare = ScriptedModel(answers: ["work"])
        let result = try await CrewEngine(models: ScriptedProvider(["default": shy, "spare": spare])).run(crew)
        #expect(result.status == .finished)
        #expect(shy.requests.count == 2 && spare.requests.count == 2)
    }

    @Test func aRefusedRunCanBeTakenUpAndAsksAgain() async throws {
        let model = ScriptedModel { _, number throws(ChatError) in
            number == 1 ? ChatResponse(text: "", refusal: "no") : .said("work")
        }
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let refused = try await engine.run(.pair(.sequential))
        #expect(refused.status == .failed && refused.code == "refused")
        #expect(try await engine.resume(refused.run).status == .finished)
    }
}

/// Keeps what was learned of the endpoint.
final class RememberingProvider: ModelProvider {
    private let model: ScriptedModel
    private let learned = Mutex<[EndpointFindings]>([])

    init(model: ScriptedModel) { self.model = model }

    /// What the run left behind.
    var findings: [EndpointFindings] { learned.withLock { $0 } }
    /// What the endpoint was thought to take in the end, when that changed.
    var remembered: Dialect? { findings.last?.lessons.last?.dialect }
    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel { model }
    func remember(_ findings: EndpointFindings, for definition: ModelDefinition) async {
        learned.withLock { $0.append(findings) }
    }
}
