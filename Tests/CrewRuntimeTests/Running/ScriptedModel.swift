import ChatModel
import CrewCore
import CrewRuntime
import Synchronization

/// A model that answers by rule, and counts.
final class ScriptedModel: ChatModel {
    typealias Rule = @Sendable (_ request: ChatRequest, _ number: Int) async throws(ChatError) -> ChatResponse

    private let rule: Rule
    private let received = Mutex<[ChatRequest]>([])

    init(_ rule: @escaping Rule) { self.rule = rule }

    /// Answers in order, the last one again and again.
    convenience init(answers: [String]) {
        self.init { _, number throws(ChatError) in .said(answers[min(number, answers.count) - 1]) }
    }

    var requests: [ChatRequest] { received.withLock { $0 } }

    func respond(
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

extension ChatResponse {
    static func said(_ text: String, input: Int = 100, output: Int = 20) -> ChatResponse {
        ChatResponse(text: text, usage: TokenUsage(input: input, output: output))
    }

    static func calling(_ calls: (id: String, name: String, arguments: String)...) -> ChatResponse {
        ChatResponse(
            text: "",
            toolCalls: calls.map { ToolCall(id: $0.id, name: $0.name, arguments: $0.arguments) },
            finishReason: .toolCalls,
            usage: TokenUsage(input: 100, output: 20)
        )
    }
}

extension ChatRequest {
    var lastText: String { conversation.messages.last?.text ?? "" }
    var systemText: String { conversation.messages.first?.text ?? "" }
}

/// Gives every model of a crew the same scripted one, with the definitions as they are.
struct ScriptedProvider: ModelProvider {
    let models: [String: ScriptedModel]
    var dialects: [String: Dialect] = [:]

    init(_ model: ScriptedModel, dialect: Dialect = .compatible) {
        models = ["default": model]
        dialects = ["default": dialect]
    }

    init(_ models: [String: ScriptedModel]) { self.models = models }

    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel {
        guard let model = models[definition.name] else { throw CrewError(.configuration, "no \(definition.name)") }
        return model
    }

    func dialect(for definition: ModelDefinition) async -> Dialect { dialects[definition.name] ?? .compatible }
}

/// A clock that stands still until somebody sleeps, and then is where the sleeper wants it.
final class LeapingClock: Sendable {
    private let time = Mutex<Int64>(1_000_000)

    var clock: RunClock {
        RunClock(
            now: { self.time.withLock { $0 } },
            sleep: { until in
                self.time.withLock { $0 = max($0, until) }
                await Task.yield()
            }
        )
    }

    func advance(by milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

extension Crew {
    static func pair(_ process: CrewProcess, price: Price? = nil, tasks: [CrewTask]? = nil) -> Crew {
        Crew(
            name: "pair",
            goal: "Explain tides",
            models: [ModelDefinition(model: "m", maximumOutput: 300, price: price)],
            agents: [
                Agent("scout", role: "Scout", goal: "Find facts"),
                Agent("writer", role: "Writer", goal: "Write them up"),
            ],
            tasks: tasks ?? [
                CrewTask("facts", summary: "Three facts", agent: "scout"),
                CrewTask("brief", summary: "A brief", agent: "writer", needs: ["facts"]),
            ],
            process: process
        )
    }
}
