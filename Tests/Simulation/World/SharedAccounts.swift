import ChatModel
import CrewCore

/// The accounts above the run, as a store keeps them: those that have a limit.
struct SharedAccounts {
    private(set) var rows: [(name: SharedAccount, account: Ledger.Account)] = []
    private let sabotage: Sabotage?

    init(_ choices: inout Choices, _ crew: Crew, sabotage: Sabotage?) {
        self.sabotage = sabotage
        let path = SharedAccount.path(ofCrew: crew.name)
        let limited = choices.one(of: [], [], path, [.project], [.crew(crew.name)])
        for name in limited {
            let limits = Self.limits(&choices, isPriced: crew.models.allSatisfy { $0.price != nil })
            rows.append((name, Ledger.Account(limits, settled: .zero, held: .zero, uncertain: .zero)))
        }
    }

    private static func limits(_ choices: inout Choices, isPriced: Bool) -> Limits {
        var limits = Limits()
        // A limit in dollars and a model without a price go together only when the limit was set after the run began.
        if choices.chance(isPriced ? 50 : 5) {
            limits.money = Money(picodollars: Int64(choices.number(1...40) * 6_000))
        }
        if choices.chance(70) { limits.tokens = choices.number(1...40) * 2_500 }
        if choices.chance(10) { limits.calls = choices.number(1...30) }
        return limits
    }

    /// Takes in what a run moves on the accounts of its path, or nothing.
    mutating func take(_ movement: Movement, on path: [SharedAccount]) throws(AccountShortage) {
        guard movement != Movement() else { return }
        var concerned = rows.indices.filter { path.contains(rows[$0].name) }
        // As a store asks for them: in the order of the path.
        concerned.sort { path.firstIndex(of: rows[$0].name) ?? 0 < path.firstIndex(of: rows[$1].name) ?? 0 }
        var accounts = concerned.map { rows[$0] }
        if sabotage == .accountsUnchecked {
            for index in accounts.indices { accounts[index].account.limits = Limits() }
        }
        for (index, changed) in zip(concerned, try movement.applied(to: accounts)) {
            let limits = rows[index].account.limits
            rows[index].account = changed.account
            rows[index].account.limits = limits
        }
    }

    /// Lets the runs of an account use more than before.
    mutating func raise(_ index: Int, by limits: Limits) {
        let old = rows[index].account.limits
        rows[index].account.limits = Limits(
            money: old.money.map { $0 + (limits.money ?? .zero) },
            tokens: old.tokens.map { $0 + (limits.tokens ?? 0) },
            calls: old.calls.map { $0 + (limits.calls ?? 0) }
        )
    }
}
