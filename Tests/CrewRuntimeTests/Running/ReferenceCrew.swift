import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import Synchronization

/// A crew whose run has everything in it: a coordinator, tools, a retry, a repair and a revision.
enum ReferenceCrew {
    static let answer = "The moon pulls the sea, twice a day, as revised."

    static func crew(_ log: ToolLog) -> Crew {
        var crew = Crew.pair(
            .coordinator,
            price: Price(input: 2, output: 8),
            tasks: [
                CrewTask("facts", summary: "Three facts", agent: "scout"),
                CrewTask(
                    "brief",
                    summary: "A brief",
                    agent: "writer",
                    needs: ["facts"],
                    accept: [.assertion("length(text) > 10")]
                ),
            ]
        )
        crew.agents[0].tools = [
            .code(Noting(name: "look", isIdempotent: true, log: log)),
            .code(Noting(name: "post", isIdempotent: false, log: log)),
        ]
        crew.limits = Limits(money: Money(picodollars: 10_000_000))
        return crew
    }

    /// Answers by what is asked alone; what is to fail fails the first time.
    static func model() -> ScriptedModel {
        let failed = Mutex(false)
        return ScriptedModel { request, _ throws(ChatError) in
            let last = request.lastText
            if request.systemText.contains("You coordinate") { return .said(instruction(last)) }
            if request.systemText.contains("Scout") {
                if request.conversation.messages.contains(where: { $0.role == .tool }) {
                    return .said("the moon pulls")
                }
                return .calling(("x", "look", #"{"at":"sea"}"#), ("y", "post", #"{"at":"wall"}"#))
            }
            if last.contains("That answer cannot be used") { return .said("The moon pulls the sea.") }
            if last.contains("Improve it") { return .said(answer) }
            let isFirst = failed.withLock { failed in
                defer { failed = true }
                return !failed
            }
            if isFirst { throw ChatError(.serverFailed, "busy", status: 503, wasSent: true) }
            return .said("short")
        }
    }

    private static func instruction(_ board: String) -> String {
        if board.contains("- facts [due]") { return .delegate("facts", "scout") }
        if board.contains("- brief [due]") { return .delegate("brief", "writer") }
        if !board.contains("- r3") {
            return #"{"reason":"","instruction":{"kind":"revise","result":"r2","feedback":"say how often"}}"#
        }
        return #"{"reason":"","instruction":{"kind":"finish","results":["r3"]}}"#
    }
}

/// A tool that writes down its calls.
struct Noting: Tool {
    struct Input: Generable { var at: String }

    let name: String
    let isIdempotent: Bool
    let log: ToolLog
    var summary: String { "Does something." }
    var effects: ToolEffects { .writes }

    func call(_ input: Input, context: ToolContext) async throws -> String {
        log.add("\(name) \(context.idempotencyKey)")
        return "done at \(input.at)"
    }
}

final class ToolLog: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

extension ChatRequest {
    /// The request without what changes from attempt to attempt.
    var identity: ChatRequest {
        var request = self
        request.timeout = 0
        request.maximumOutput = 0
        return request
    }
}

/// What the events of a run say about its calls and its budgets.
struct Account {
    /// The requests that were answered.
    var completed: [ChatRequest] = []
    /// The tool calls under way at the end.
    var openTools: [String: String] = [:]
    /// The first breach of a budget.
    var breach: String?
    let state: RunState

    init?(_ events: [Event]) throws {
        let book = try PromptBook.builtIn()
        guard case .runCreated(let created)? = events.first?.fact else { return nil }
        var state = RunState(created, prompts: book)
        var asked: [String: ChatRequest] = [:]
        for event in events {
            state.apply(event)
            switch event.fact {
            case .callIntended(let intent):
                if case .callModel(let call)? = state.work(for: event.fact) {
                    asked[intent.call] = call.request.identity
                }
            case .callCompleted(let fact): if let request = asked[fact.call] { completed.append(request) }
            case .toolIntended(let fact): openTools[fact.tool] = fact.name
            case .toolCompleted(let fact): openTools[fact.tool] = nil
            default: break
            }
            for account in [state.ledger.run] + state.ledger.members.values where breach == nil {
                let used = account.committed
                if used.money > account.limits.money ?? used.money || used.tokens > account.limits.tokens ?? used.tokens
                    || used.calls > account.limits.calls ?? used.calls
                {
                    breach = "after event \(event.sequence): \(account)"
                }
            }
        }
        self.state = state
    }
}
