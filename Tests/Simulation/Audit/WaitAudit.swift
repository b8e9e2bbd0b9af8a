import CrewCore

/// Whoever waits waits for something, not for long, and will be woken.
extension Audit {
    /// Checks an executor that has nothing to record.
    ///
    /// - Parameters:
    ///   - now: The world's time.
    ///   - clock: What the executor's clock shows, and how far it was ever set back and forward.
    func checkWait(
        of shell: Shell,
        now: Int64,
        clock: Int64,
        setBack: Int64,
        setForward: Int64
    ) throws(Violation) {
        let state = shell.state
        guard shell.isAlive, state.status == .running else { return }
        if let outcome = shell.owed.first {
            throw Violation(.lost, "the executor waits, and \(outcome.kind.rawValue) is not on record")
        }
        if let number = shell.heard.min() {
            throw Violation(.lost, "the executor waits, and the signal \(number) is not on record")
        }
        try checkWaitForRoom(of: shell, now: now, clock: clock, setBack: setBack)
        let waits = state.exchanges.compactMap { exchange -> Int64? in
            if case .waiting(_, let until) = exchange.phase { until } else { nil }
        }
        guard !shell.effects.isEmpty || !waits.isEmpty || shell.waitsSince != nil else {
            throw Violation(.wait, "nothing is under way, and nothing but a limit of time ends the wait")
        }
        // The longest patience, which is the longest that a server may ask for, and a tenth.
        let patience = state.crew.models.map(\.patience).max() ?? 0
        let longest = clock + setBack + max(8_000, Int64(patience) * 11 / 10)
        if let wait = waits.first(where: { $0 > longest }) {
            throw Violation(.wait, "a retry waits for \((wait - clock) / 1_000) s")
        }
        // A clock that was set forward while somebody slept leaves the sleeper late.
        var due = state.wakeTime(after: clock).map { min(86_400_000, $0 - clock) }
        if shell.waitsSince != nil { due = min(due ?? .max, AccountWait.longestPause) }
        guard let due else { return }
        guard let sleeper = shell.sleepers.min(), sleeper <= now + due + setForward else {
            throw Violation(.wait, "in \(due) ms something is due, and nobody wakes then")
        }
    }

    private func checkWaitForRoom(
        of shell: Shell,
        now: Int64,
        clock: Int64,
        setBack: Int64
    ) throws(Violation) {
        guard let since = shell.waitsSince else {
            guard shell.told == nil else { throw Violation(.wait, "it is said to wait for \(shell.told ?? "")") }
            guard var state else { return }
            // Whoever took holds one by one has taken all.
            if shell.tookHoldsApart, let fact = state.decide(at: clock) {
                throw Violation(.decided, "\(fact.kind.rawValue) follows and was not recorded")
            }
            return
        }
        guard shell.told == shell.refusal?.wanted else {
            throw Violation(
                .wait,
                "it waits for \(shell.refusal?.wanted ?? ""), and says for \(shell.told ?? "nothing")"
            )
        }
        if since == now { try compare(shell.state) }
        // What went by while the clock was set back is not counted.
        let longest = AccountWait.longest + (setBack > 0 ? 60_000 : 0)
        guard now - since < longest || shell.state.isAnyEffectUnderWay else {
            throw Violation(.wait, "it waits for room for \((now - since) / 1_000) s")
        }
    }

    /// Checks that a refusal was due, by the books.
    func refused(
        _ events: [Event],
        of shell: Shell,
        _ shortage: AccountShortage,
        _ accounts: SharedAccounts
    ) throws(Violation) {
        let limits = accounts.rows.first { $0.name == shortage.account }?.account.limits ?? Limits()
        var trial = books
        for event in events { try trial.take(event.fact, before: shell.state) }
        let takesHold = events.contains(where: \.fact.isIntendedCall)
        guard takesHold, shortage.unpriced != nil || trial.isOver(shortage.account, limits) else {
            throw Violation(.refusal, "\(events[0].words) is refused although there is room on \(shortage.account)")
        }
    }

    /// Checks that a run ends for want of room above it only after it has asked, and waited where that can help.
    func checkGivingUp(_ fact: Fact?, of shell: Shell, now: Int64, setForward: Int64) throws(Violation) {
        guard case .limitReached(let limit)? = fact, let account = limit.account else { return }
        guard let refusal = shell.refusal, "\(refusal.account)" == account else {
            throw Violation(.refusal, "\(limit.message), and nobody said so")
        }
        guard refusal.mayClear else { return }
        let waited = now - (shell.waitsSince ?? now) + setForward
        guard waited >= AccountWait.longest, state?.isAnyEffectUnderWay == false else {
            throw Violation(.wait, "it gives up after \(waited / 1_000) s, and calls under way may make room")
        }
    }
}
