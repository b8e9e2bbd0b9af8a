import ChatModel
import Testing

@testable import CrewCore

/// A run without an executor: a test drives it by hand and says which effect ends next, and how.
struct DrivenRun {
    var state: RunState
    var events: [Event] = []
    var pending: [Work] = []
    var now: Int64 = 1_000_000
    /// The first breach of a budget, with the event after which it was there.
    var breach: String?

    init(_ crew: Crew, limits: Limits? = nil, tools: [String: [ToolSpecification]] = [:]) throws {
        let book = try PromptBook.builtIn()
        let created = RunCreated(
            run: "run",
            crew: crew,
            inputs: [:],
            limits: limits ?? crew.limits,
            tools: tools,
            prompts: book.version,
            folder: "."
        )
        state = RunState(created, prompts: book)
        take(.runCreated(created))
        settle()
    }

    mutating func take(_ fact: Fact) {
        let event = Event(sequence: state.sequence + 1, time: now, fact: fact)
        state.apply(event)
        events.append(event)
        if let work = state.work(for: fact) { pending.append(work) }
        if state.status != .running { pending = [] }
        checkBudgets(after: event)
    }

    /// Takes in whatever follows from the state.
    mutating func settle() {
        while let fact = state.decide(at: now) { take(fact) }
        // Nothing under way and a time to wait for: the time comes.
        if pending.isEmpty, let time = state.wakeTime(after: now), state.status == .running {
            now = time
            settle()
        }
    }

    mutating func finish(_ index: Int, with response: ChatResponse) {
        guard case .callModel(let call) = pending.remove(at: index) else { return }
        take(call.outcome(response))
        settle()
    }

    mutating func fail(_ index: Int, with error: ChatError) {
        guard case .callModel(let call) = pending.remove(at: index) else { return }
        take(call.outcome(error))
        settle()
    }

    func call(_ index: Int) -> Work.ModelCall? {
        guard pending.indices.contains(index), case .callModel(let call) = pending[index] else { return nil }
        return call
    }

    private mutating func checkBudgets(after event: Event) {
        guard breach == nil else { return }
        for (name, account) in [("run", state.ledger.run)] + state.ledger.members.sorted(by: { $0.key < $1.key }) {
            let used = account.committed
            let parts = [account.settled, account.held, account.uncertain]
            if used.money > account.limits.money ?? used.money || used.tokens > account.limits.tokens ?? used.tokens
                || used.calls > account.limits.calls ?? used.calls
                || parts.contains(where: { $0.money < .zero || $0.tokens < 0 || $0.calls < 0 })
            {
                breach = "\(name) after event \(event.sequence): \(account)"
            }
        }
    }
}

extension Crew {
    static func team(_ process: CrewProcess, tasks: [CrewTask]? = nil, price: Price? = nil) -> Crew {
        Crew(
            name: "team",
            goal: "Explain tides",
            models: [ModelDefinition(model: "m", maximumOutput: 300, price: price)],
            agents: [
                Agent("scout", role: "Scout", goal: "Find facts"),
                Agent("writer", role: "Writer", goal: "Write them up"),
            ],
            tasks: tasks ?? [
                CrewTask("facts", summary: "Three facts", agent: "scout"),
                CrewTask("brief", summary: "A brief", needs: ["facts"]),
                CrewTask("extra", summary: "A picture", isRequired: false),
            ],
            process: process
        )
    }
}

extension ChatResponse {
    static func said(_ text: String, input: Int = 100, output: Int = 20) -> ChatResponse {
        ChatResponse(text: text, usage: TokenUsage(input: input, output: output))
    }
}

extension Fact {
    /// The answer that it records.
    var answer: CallCompleted? { if case .callCompleted(let answer) = self { answer } else { nil } }
}
