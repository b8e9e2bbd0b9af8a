public import ChatModel
public import CrewCore
public import CrewRuntime
import Synchronization

/// A model that answers as a test says, and remembers what it was asked.
///
/// ```swift
/// @Test func theWriterGetsTheFacts() async throws {
///     let model = ScriptedModel(answers: ["The moon pulls the sea.", "A brief on tides."])
///     let engine = try CrewEngine(models: ScriptedProvider(model))
///     let result = try await engine.run(crew)
///     #expect(result.text == "A brief on tides.")
///     #expect(model.requests[1].lastText.contains("The moon pulls the sea."))
/// }
/// ```
///
/// What an answer depends on, a rule says:
///
/// ```swift
/// let model = ScriptedModel { request, number throws(ChatError) in
///     if number == 1 { throw ChatError(.rateLimited, "busy", status: 429, retryAfter: 2_000, wasSent: true) }
///     return request.hasToolResult ? .said("It is 42.") : .calling(("1", "calculator", #"{"expression": "6 * 7"}"#))
/// }
/// ```
public final class ScriptedModel: ChatModel {
    /// Answers a request, or fails as an endpoint would.
    ///
    /// - Parameters:
    ///   - request: What the model is asked.
    ///   - number: How many requests there have been, this one included.
    public typealias Rule = @Sendable (_ request: ChatRequest, _ number: Int) async throws(ChatError) -> ChatResponse

    private let rule: Rule
    private let received = Mutex<[ChatRequest]>([])

    /// Makes a model that answers by a rule.
    public init(_ rule: @escaping Rule) { self.rule = rule }

    /// Makes a model that gives its answers in their order, and the last one again and again.
    ///
    /// - Parameter answers: What it says; one that has none says nothing.
    public convenience init(answers: [String]) {
        self.init { _, number throws(ChatError) in
            .said(answers.isEmpty ? "" : answers[min(number, answers.count) - 1])
        }
    }

    /// What it was asked, in the order in which it was.
    public var requests: [ChatRequest] { received.withLock { $0 } }

    /// Answers by the rule.
    public func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        let number = received.withLock { received in
            received.append(request)
            return received.count
        }
        let response = try await rule(request, number)
        onText?(response.text)
        return response
    }
}

/// Gives the models of a crew by their names, with the definitions as they are.
public struct ScriptedProvider: ModelProvider {
    private let models: [String: any ChatModel]
    private let dialects: [String: Dialect]

    /// Gives one model to crews that name none.
    ///
    /// - Parameters:
    ///   - model: The model `default`.
    ///   - dialect: What is known of its endpoint before a run.
    public init(_ model: any ChatModel, dialect: Dialect = .compatible) {
        models = ["default": model]
        dialects = ["default": dialect]
    }

    /// Gives models by the names under which crews define them.
    public init(_ models: [String: any ChatModel]) {
        self.models = models
        dialects = [:]
    }

    /// The model of that name; a crew that defines none under `default` gets one.
    public func resolve(_ models: [ModelDefinition]) throws(CrewError) -> [ModelDefinition] {
        guard self.models["default"] != nil, !models.contains(where: { $0.name == "default" }) else { return models }
        return models + [ModelDefinition(model: "scripted")]
    }

    /// The model of a definition's name.
    ///
    /// - Throws: ``CrewError`` when there is none.
    public func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel {
        guard let model = models[definition.name] else {
            throw CrewError(.configuration, "no model is scripted under the name \(definition.name)")
        }
        return model
    }

    /// What is known of a model's endpoint before a run.
    public func dialect(for definition: ModelDefinition) async -> Dialect { dialects[definition.name] ?? .compatible }
}
