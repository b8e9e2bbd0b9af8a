import ChatModel

/// What events change on an account.
package struct Movement: Sendable, Hashable {
    /// What calls that are about to be made may use.
    package var taken = Amounts.zero
    /// What was held for calls that have ended.
    package var released = Amounts.zero
    /// What is known to be used.
    package var settled = Amounts.zero
    /// What may have been used by calls with an unknown outcome.
    package var uncertain = Amounts.zero
    /// A model that is about to be called and whose price is not known, by its name in the crew.
    package var unpriced: String?

    /// No change.
    package init() {}

    /// Joins two movements.
    package static func += (left: inout Movement, right: Movement) {
        left.taken += right.taken
        left.released += right.released
        left.settled += right.settled
        left.uncertain += right.uncertain
        left.unpriced = left.unpriced ?? right.unpriced
    }
}

/// The holds of a run's calls under way, from which follows what each further event moves on the accounts above the run.
///
/// It is the fold that the run's own account is, without the rest of the state: whoever records events can do it beside.
package struct OpenHolds: Sendable, Hashable {
    private struct Hold: Sendable, Hashable {
        var attempt: Int
        var amounts: Amounts
    }

    private var holds: [String: Hold] = [:]

    /// No call is under way.
    package init() {}

    /// What is held after these events, from the run's creation on.
    package init(folding events: [Event]) {
        for event in events { _ = take(event.fact) }
    }

    /// Takes a fact in.
    ///
    /// A hold is settled once, by its own outcome: that of an attempt that is not under way moves nothing.
    package mutating func take(_ fact: Fact) -> Movement {
        var movement = Movement()
        switch fact {
        case .callIntended(let intent):
            // A call has one attempt under way at a time; a second one, which no executor records, is held as well.
            let before = holds[intent.call]?.amounts ?? .zero
            holds[intent.call] = Hold(attempt: intent.attempt, amounts: before + intent.hold)
            movement.taken = intent.hold
            if intent.price == nil { movement.unpriced = intent.model }
        case .callCompleted(let call):
            guard let hold = settle(call.call, attempt: call.attempt) else { break }
            movement.released = hold
            movement.settled = Amounts(
                money: call.cost,
                tokens: call.isCached ? 0 : call.usage.total,
                calls: hold.calls
            )
        case .callFailed(let failure):
            guard let hold = settle(failure.call, attempt: failure.attempt) else { break }
            movement.released = hold
            movement.settled = failure.settled(of: hold)
            movement.uncertain = failure.uncertain
        case .runResumed, .runEnded:
            // What was under way is given up, and nobody knows what will be billed for it.
            for hold in holds.values.map(\.amounts) {
                movement.released += hold
                movement.settled += Amounts(calls: hold.calls)
                movement.uncertain += Amounts(money: hold.money, tokens: hold.tokens)
            }
            holds = [:]
        default: break
        }
        return movement
    }

    private mutating func settle(_ call: String, attempt: Int?) -> Amounts? {
        guard let hold = holds[call], attempt ?? hold.attempt == hold.attempt else { return nil }
        holds[call] = nil
        return hold.amounts
    }
}

extension Movement {
    /// Takes the movement in on every account of a path, or on none.
    ///
    /// - Throws: The shortage of the first that has no room for what is to be held.
    package func applied(
        to path: [(name: SharedAccount, account: Ledger.Account)]
    ) throws(AccountShortage) -> [(name: SharedAccount, account: Ledger.Account)] {
        var changed = path
        for index in changed.indices {
            guard let shortage = changed[index].account.take(self) else { continue }
            throw AccountShortage(
                account: path[index].name,
                kind: shortage.kind,
                needed: taken,
                limits: path[index].account.limits,
                free: changed[index].account.headroom,
                mayClear: shortage.mayClear,
                unpriced: path[index].account.limits.money == nil ? nil : unpriced
            )
        }
        return changed
    }
}

extension Ledger.Account {
    /// An account as it was kept.
    package init(_ limits: Limits, settled: Amounts, held: Amounts, uncertain: Amounts) {
        self.init(limits: limits, settled: settled, held: held, uncertain: uncertain)
    }

    /// Takes a movement in, unless it holds more than there is room for: what has been used is used, whatever the limit.
    ///
    /// - Returns: What there is too little of, and whether calls under way may yet make room; the account is then not
    ///   to be used any more.
    fileprivate mutating func take(_ movement: Movement) -> (kind: LimitKind, mayClear: Bool)? {
        held -= movement.released
        settled += movement.settled
        uncertain += movement.uncertain
        if movement.unpriced != nil, limits.money != nil { return (.money, false) }
        if movement.taken != .zero, let shortage = shortage(of: movement.taken) { return shortage }
        held += movement.taken
        return nil
    }
}
