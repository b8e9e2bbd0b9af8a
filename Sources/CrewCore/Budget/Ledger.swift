import ChatModel

/// The accounts of a run: one for the run, and one for each agent with limits of its own.
///
/// The ledger is the fold of holds and settlements. On every account and for everything it counts,
/// `settled + held + uncertain <= limit` at every moment: a hold is refused when it would break this, and a settlement
/// is never larger than its hold unless a provider ignores the output limit it was sent, which is recorded as overrun.
public struct Ledger: Sendable, Hashable {
    /// One account.
    public struct Account: Sendable, Hashable {
        /// What may be used in all.
        public var limits: Limits
        /// What is known to be used.
        public var settled = Amounts.zero
        /// What calls under way may use.
        public var held = Amounts.zero
        /// What calls with an unknown outcome may have used.
        public var uncertain = Amounts.zero

        /// Everything that is spoken for.
        public var committed: Amounts { settled + held + uncertain }
    }

    /// Why a hold is refused.
    public struct Refusal: Sendable, Hashable {
        /// The account without room; `nil` is the run's.
        public let agent: String?
        /// What there is too little of.
        public let kind: LimitKind
        /// Whether calls under way may yet make room.
        public let mayClear: Bool
    }

    /// The run's account.
    public private(set) var run: Account
    /// The agents' accounts, by name.
    public private(set) var agents: [String: Account]

    /// Opens the accounts.
    init(limits: Limits, agents: [Agent]) {
        run = Account(limits: limits)
        self.agents = Dictionary(
            agents.map { ($0.name, Account(limits: $0.limits)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Replaces the run's limits, as when a run is resumed with a larger budget.
    mutating func setLimits(_ limits: Limits) { run.limits = limits }

    /// Whether a hold fits on every account concerned.
    func refusal(of amounts: Amounts, agent: String?) -> Refusal? {
        if let agent, let account = agents[agent], let found = account.shortage(of: amounts) {
            return Refusal(agent: agent, kind: found.kind, mayClear: found.mayClear)
        }
        return run.shortage(of: amounts).map { Refusal(agent: nil, kind: $0.kind, mayClear: $0.mayClear) }
    }

    /// What is left on every account concerned, kind by kind; what is not limited is `nil`.
    ///
    /// - Parameter afterCallsUnderWay: Whether to reckon as if calls under way cost nothing, which is the most that can
    ///   be left after them.
    func headroom(agent: String?, afterCallsUnderWay: Bool = false) -> Limits {
        let own = agent.flatMap { agents[$0] }.map { afterCallsUnderWay ? $0.roomAtBest : $0.headroom }
        let shared = afterCallsUnderWay ? run.roomAtBest : run.headroom
        func least<Value: Comparable>(_ left: Value?, _ right: Value?) -> Value? {
            [left, right].compactMap { $0 }.min()
        }
        return Limits(
            money: least(own?.money, shared.money),
            tokens: least(own?.tokens, shared.tokens),
            calls: least(own?.calls, shared.calls)
        )
    }

    /// Takes a hold.
    mutating func hold(_ amounts: Amounts, agent: String?) {
        onAccounts(of: agent) { $0.held += amounts }
    }

    /// Turns a hold into what was used and what may have been used.
    mutating func settle(hold: Amounts, settled: Amounts, uncertain: Amounts, agent: String?) {
        onAccounts(of: agent) {
            $0.held -= hold
            $0.settled += settled
            $0.uncertain += uncertain
        }
    }

    private mutating func onAccounts(of agent: String?, _ change: (inout Account) -> Void) {
        change(&run)
        guard let agent, var account = agents[agent] else { return }
        change(&account)
        agents[agent] = account
    }
}

extension Ledger.Account {
    func shortage(of amounts: Amounts) -> (kind: LimitKind, mayClear: Bool)? {
        let wanted = committed + amounts
        let certain = wanted - held
        if let limit = limits.money, wanted.money > limit { return (.money, certain.money <= limit) }
        if let limit = limits.tokens, wanted.tokens > limit { return (.tokens, certain.tokens <= limit) }
        // A failed attempt has been made all the same: calls under way never give theirs back.
        if let limit = limits.calls, wanted.calls > limit { return (.calls, false) }
        return nil
    }

    /// What is left if the calls under way turn out to cost nothing; an attempt itself always counts.
    fileprivate var roomAtBest: Limits {
        var account = self
        account.held = Amounts(calls: held.calls)
        return account.headroom
    }

    /// What is left; never less than nothing.
    public var headroom: Limits {
        Limits(
            money: limits.money.map { max(.zero, $0 - committed.money) },
            tokens: limits.tokens.map { max(0, $0.subtractingWithSaturation(committed.tokens)) },
            calls: limits.calls.map { max(0, $0.subtractingWithSaturation(committed.calls)) }
        )
    }
}
