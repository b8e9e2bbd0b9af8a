import ChatModel
import CrewCore

/// Accounts kept beside the ledger, from the events alone, and what the provider really bills.
struct Books {
    private struct Account: Equatable {
        var settled = Amounts.zero
        var held = Amounts.zero
        var uncertain = Amounts.zero
        /// What providers used beyond what they were allowed, which no budget can prevent.
        var overrun = Amounts.zero

        var used: Amounts { settled + held + uncertain }
        var words: String { "settled \(settled.words), held \(held.words), uncertain \(uncertain.words)" }
    }

    private var accounts: [String: Account] = [:]
    /// The accounts above the run, with what other runs do to them.
    private var shared: [SharedAccount: Account] = [:]
    private var path: [SharedAccount] = []
    /// The attempts under way, by their calls.
    private var open: [String: (attempt: CallIntended, members: [String])] = [:]
    private var billed = Amounts.zero
    private var excess = Amounts.zero
    private(set) var checks = 0

    // MARK: - Events

    mutating func take(_ fact: Fact, before state: RunState) throws(Violation) {
        switch fact {
        case .runCreated(let created): path = SharedAccount.path(ofCrew: created.crew.name)
        case .callIntended(let intent):
            guard open[intent.call] == nil else {
                throw Violation(.hold, "\(intent.call) is tried again while an attempt is under way")
            }
            guard intent.hold.calls == 1, intent.hold.tokens > intent.maximumOutput else {
                throw Violation(.hold, "\(intent.call) holds \(intent.hold.words)")
            }
            let members = state.membersOf(intent.seat)
            open[intent.call] = (intent, members)
            change(members) { $0.held += intent.hold }
        case .callCompleted(let answer):
            let used = Amounts(money: answer.cost, tokens: answer.isCached ? 0 : answer.usage.total, calls: 1)
            guard open[answer.call]?.attempt.attempt == answer.attempt else { break }
            close(answer.call, settled: used, uncertain: .zero)
        case .callFailed(let failure):
            guard open[failure.call]?.attempt.attempt == failure.attempt else { break }
            // Who was held back, or found the server loading, has not called the model.
            close(failure.call, settled: Amounts(calls: failure.isWait == true ? 0 : 1), uncertain: failure.uncertain)
        case .runResumed, .runEnded:
            for (call, entry) in open.sorted(by: { $0.key < $1.key }) {
                let hold = entry.attempt.hold
                close(
                    call,
                    settled: Amounts(calls: 1),
                    uncertain: Amounts(money: hold.money, tokens: hold.tokens)
                )
            }
        default: break
        }
    }

    private mutating func close(_ call: String, settled: Amounts, uncertain: Amounts) {
        guard let (attempt, members) = open.removeValue(forKey: call) else { return }
        let hold = attempt.hold
        let beyond = settled - hold
        change(members) {
            $0.held -= hold
            $0.settled += settled
            $0.uncertain += uncertain
            $0.overrun += Amounts(money: max(.zero, beyond.money), tokens: max(0, beyond.tokens))
        }
    }

    private mutating func change(_ members: [String], _ body: (inout Account) -> Void) {
        body(&accounts["run", default: Account()])
        for name in path { body(&shared[name, default: Account()]) }
        for member in members { body(&accounts["member " + member, default: Account()]) }
    }

    /// Everything that is spoken for on the run's account.
    var used: Amounts { accounts["run", default: Account()].used }

    /// Compares with the ledger, and both with the limits.
    mutating func check(_ state: RunState) throws(Violation) {
        checks += 1
        for (name, account) in state.accounts {
            let own = accounts[name == "run" ? name : "member " + name, default: Account()]
            guard account.settled == own.settled, account.held == own.held, account.uncertain == own.uncertain else {
                throw Violation(.budget, "the account of \(name): \(account.words); by the books: \(own.words)")
            }
            for part in [own.settled, own.held, own.uncertain]
            where part.money < .zero || part.tokens < 0 || part.calls < 0 {
                throw Violation(.budget, "the account of \(name): \(account.words)")
            }
            if isBeyond(account.limits, own.used - own.overrun) {
                throw Violation(.budget, "the account of \(name) is over its limit: \(account.words)")
            }
        }
    }

    // MARK: - Accounts above the run

    /// Another run takes room or gives some back.
    mutating func spend(_ movement: Movement, on path: [SharedAccount]) {
        for name in path {
            shared[name, default: Account()].held += movement.taken - movement.released
            shared[name, default: Account()].settled += movement.settled
            shared[name, default: Account()].uncertain += movement.uncertain
        }
    }

    /// Compares with the accounts of the store, and both with their limits.
    func checkShared(_ accounts: SharedAccounts) throws(Violation) {
        for (name, account) in accounts.rows {
            let own = shared[name, default: Account()]
            guard account.settled == own.settled, account.held == own.held, account.uncertain == own.uncertain else {
                throw Violation(.budget, "the account \(name): \(account.words); by the books: \(own.words)")
            }
            if isBeyond(account.limits, own.used - own.overrun) {
                throw Violation(.budget, "the account \(name) is over its limit: \(account.words)")
            }
        }
    }

    /// Whether more is spoken for on an account than it may use.
    func isOver(_ name: SharedAccount, _ limits: Limits) -> Bool {
        isBeyond(limits, shared[name, default: Account()].used)
    }

    private func isBeyond(_ limits: Limits, _ used: Amounts) -> Bool {
        used.money > limits.money ?? used.money || used.tokens > limits.tokens ?? used.tokens
            || used.calls > limits.calls ?? used.calls
    }

    // MARK: - The provider

    mutating func bill(_ usage: TokenUsage, for call: Work.ModelCall) {
        let amount = Amounts(money: call.price?.cost(of: usage) ?? .zero, tokens: usage.total)
        billed += amount
        let beyond = amount - call.hold
        excess += Amounts(money: max(.zero, beyond.money), tokens: max(0, beyond.tokens))
    }

    func checkBill(_ state: RunState) throws(Violation) {
        let known = state.ledger.run.committed
        let owed = billed - excess
        guard owed.money <= known.money, owed.tokens <= known.tokens else {
            throw Violation(.bill, "\(owed.words) owed, and the accounts know of \(known.words)")
        }
    }
}

extension RunState {
    /// The names that lead to whoever leads an exchange, as what was recorded of the assignments has it.
    func memberOf(_ seat: Seat) -> [String] {
        switch seat {
        case .coordinator(let scope): crewOf(scope) + ["(coordinator)"]
        case .assignment(let id): crewOf(id)
        }
    }

    /// The names that lead to the member that works on an assignment; none without one.
    private func crewOf(_ assignment: String?) -> [String] {
        guard let own = assignments.first(where: { $0.assignment.id == assignment })?.assignment else { return [] }
        return crewOf(own.scope) + [own.agent]
    }

    /// All on whose accounts the calls of a seat are counted, but for the run's.
    func membersOf(_ seat: Seat) -> [String] {
        let names = memberOf(seat)
        let paths = names.indices.map { names[...$0].joined(separator: "/") }
        return paths.filter { ledger.members[$0] != nil }
    }
}

extension Ledger.Account {
    fileprivate var words: String {
        "settled \(settled.words), held \(held.words), uncertain \(uncertain.words), limits "
            + "\(limits.money?.description ?? "-") / \(limits.tokens ?? -1) / \(limits.calls ?? -1)"
    }
}

extension Amounts {
    /// Money, tokens and calls.
    var words: String { "\(money) / \(tokens) / \(calls)" }
}
