import ChatModel

/// The accounts of a run: one for the run, and beneath it one for each agent, each coordinator with limits of its own and
/// each member crew, with those of its own members beneath it.
///
/// The ledger is the fold of holds and settlements. A hold is taken on an account and on all above it, so that no member
/// can use more than those around it. On every account and for everything it counts,
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

    /// Which account.
    package struct AccountID: Sendable, Hashable {
        fileprivate let index: Int

        /// The run's.
        package static let run = AccountID(index: 0)
    }

    private struct Entry: Sendable, Hashable {
        /// The names that lead to it, such as `press/writer`; empty for the run's.
        let path: String
        let parent: Int?
        var account: Account
    }

    /// Why a hold is refused.
    package struct Refusal: Sendable, Hashable {
        /// The account without room.
        package let account: AccountID
        /// What there is too little of.
        package let kind: LimitKind
        /// Whether calls under way may yet make room.
        package let mayClear: Bool
    }

    /// Each account after the one above it.
    private var entries: [Entry]

    /// Opens the run's account.
    init(limits: Limits) {
        entries = [Entry(path: "", parent: nil, account: Account(limits: limits))]
    }

    /// Opens an account beneath another.
    mutating func open(_ path: String, limits: Limits, under parent: AccountID) -> AccountID {
        entries.append(Entry(path: path, parent: parent.index, account: Account(limits: limits)))
        return AccountID(index: entries.count - 1)
    }

    /// The run's account.
    public var run: Account { entries[0].account }

    /// The accounts beneath the run's, by the names that lead to them: `writer`, `press`, `press/writer`.
    public var members: [String: Account] {
        Dictionary(entries.dropFirst().map { ($0.path, $0.account) }, uniquingKeysWith: { first, _ in first })
    }

    /// The account.
    func account(_ id: AccountID) -> Account { entries[id.index].account }

    /// The names that lead to an account; empty for the run's.
    func path(_ id: AccountID) -> String { entries[id.index].path }

    /// Replaces the run's limits, as when a run is resumed with a larger budget.
    mutating func setLimits(_ limits: Limits) { entries[0].account.limits = limits }

    /// Changes the limits of the run that are given, none to less than what is spoken for.
    mutating func change(_ limits: Limits) {
        let committed = run.committed
        let least = Limits(
            money: limits.money.map { max($0, committed.money) },
            tokens: limits.tokens.map { max($0, committed.tokens) },
            calls: limits.calls.map { max($0, committed.calls) },
            time: limits.time
        )
        setLimits(least.completed(from: run.limits))
    }

    /// Whether a hold fits on an account and all above it.
    ///
    /// - Returns: The first without room, from the account upwards.
    func refusal(of amounts: Amounts, on id: AccountID) -> Refusal? {
        var next: Int? = id.index
        while let index = next {
            if let found = entries[index].account.shortage(of: amounts) {
                return Refusal(account: AccountID(index: index), kind: found.kind, mayClear: found.mayClear)
            }
            next = entries[index].parent
        }
        return nil
    }

    /// What is left on an account and all above it, kind by kind; what is not limited is `nil`.
    ///
    /// - Parameter afterCallsUnderWay: Whether to reckon as if calls under way cost nothing, which is the most that can
    ///   be left after them.
    func headroom(on id: AccountID, afterCallsUnderWay: Bool = false) -> Limits {
        var least = Limits()
        var next: Int? = id.index
        while let index = next {
            let account = entries[index].account
            least = least.tightened(to: afterCallsUnderWay ? account.roomAtBest : account.headroom)
            next = entries[index].parent
        }
        return least
    }

    /// Takes a hold.
    mutating func hold(_ amounts: Amounts, on id: AccountID) {
        change(id) { $0.held += amounts }
    }

    /// Turns a hold into what was used and what may have been used.
    mutating func settle(hold: Amounts, settled: Amounts, uncertain: Amounts, on id: AccountID) {
        change(id) {
            $0.held -= hold
            $0.settled += settled
            $0.uncertain += uncertain
        }
    }

    private mutating func change(_ id: AccountID, _ change: (inout Account) -> Void) {
        var next: Int? = id.index
        while let index = next {
            change(&entries[index].account)
            next = entries[index].parent
        }
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
