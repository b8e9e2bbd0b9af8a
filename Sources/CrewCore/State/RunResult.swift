public import ChatModel

/// What came of a run.
///
/// ```swift
/// let result = try await engine.run(crew, limits: [.usd(0.50)])
/// if result.status == .finished { print(result.text) }
/// let brief = try result.value(of: "brief", as: Brief.self)
/// ```
public struct RunResult: Sendable, Hashable {
    /// The run's identifier.
    public let run: String
    /// How it stands.
    public let status: RunStatus
    /// The answer, or the best accepted part of it; empty when there is nothing.
    public let text: String
    /// The accepted results of the run's crew, in order; what member crews accepted on their way is in the journal.
    public let results: [AcceptedResult]
    /// The required tasks without an accepted result.
    public let missing: [String]
    /// What is known to have been spent.
    public let cost: Money
    /// Whether the cost says anything: the price of at least one of the crew's models is known.
    public let isPriced: Bool
    /// By how much the cost is above the run's limit, which only an endpoint can cause that bills more than it was asked
    /// for.
    public let overrun: Money
    /// What may have been spent on calls whose answers were never seen.
    public let uncertainCost: Money
    /// What providers themselves said that calls cost; about no calls where none said anything.
    public let bill: ProviderBill
    /// The tokens.
    public let usage: TokenUsage
    /// How many model calls were attempted.
    public let calls: Int
    /// How long the run was executed, in milliseconds.
    public let duration: Int64
    /// A word for programs on why it did not finish.
    public let code: String?
    /// Why it did not finish, for people.
    public let message: String?

    /// Reads the result off a state.
    public init(_ state: RunState) {
        run = state.definition.run
        status = state.status
        text = state.end?.answer ?? ""
        results = state.scopes[0].results.map { state.results[$0] }
        missing = state.end?.missing ?? state.missingTasks
        cost = state.ledger.run.settled.money
        isPriced = state.crew.allModels.contains { $0.model.price != nil } || cost > .zero
        overrun = state.limits.money.map { max(.zero, state.ledger.run.settled.money - $0) } ?? .zero
        uncertainCost = state.ledger.run.uncertain.money
        bill = state.bill
        usage = state.usage
        calls = state.ledger.run.committed.calls
        duration = state.elapsed(at: state.clock)
        code = state.end?.code
        message = state.end?.message
    }
}
