import ChatModel

/// A run that is taken up again.
extension RunState {
    mutating func resume(_ fact: RunResumed, at time: Int64, lastSeen: Int64) {
        abandonCalls()
        for index in exchanges.indices { exchanges[index].forgetWait() }
        if end == nil { timeBefore = elapsed(at: lastSeen) }
        startOfEpoch = time
        // Whoever was cut off goes on exactly where it was; only what had failed for good gets another chance.
        if let end, end.status == .failed || end.status == .limited { forgiveFailures() }
        status = .running
        end = nil
        stop = nil
        if let limits = fact.limits {
            ledger.setLimits(limits)
            exhausted = nil
        }
        if let instructions = fact.instructions {
            scopes[0].maximumInstructions = instructions
            if exhausted?.kind == .instructions { exhausted = nil }
        }
        if let version = fact.prompts { change(to: version) }
        // Whether an account above the run has room is asked anew: it may have been given more.
        if exhausted?.account != nil { exhausted = nil }
        for index in exchanges.indices { takeUpTools(index, fact.unknownTools) }
    }

    /// Decides on the tools of an exchange that were under way.
    private mutating func takeUpTools(_ index: Int, _ policy: RunResumed.UnknownToolPolicy) {
        guard case .usingTools(var tools) = exchanges[index].phase else { return }
        for tool in tools.indices where tools[tool].outcome == nil {
            tools[tool].wasInterrupted = true
            let isHarmless = mayRepeat(tools[tool].call.name, by: exchanges[index].terms.member)
            tools[tool].needsDecision = !isHarmless && policy == .pause
            if !isHarmless, policy == .skip { tools[tool].outcome = .unknown(tools[tool].id) }
        }
        exchanges[index].phase = .usingTools(tools)
        finishToolRound(index)
    }

    /// Whether a call of a tool that was cut off may simply be made again: it does no harm, or there is no such tool.
    private func mayRepeat(_ tool: String, by member: String) -> Bool {
        definition.tools[member]?.first { $0.declaration.name == tool }?.isIdempotent ?? true
    }

    /// A run that failed and is taken up again may try again what failed before: the reason may be gone.
    private mutating func forgiveFailures() {
        retryTokens = RetryPolicy.fullBucket
        for scope in scopes.indices { scopes[scope].reopened = [] }
        reopenScopes()
        for scope in scopes.indices where scopes[scope].isOpen {
            scopes[scope].forgivenAssignments = scopes[scope].assignments.count
            scopes[scope].coordinator.conclusion = nil
            scopes[scope].coordinator.withoutProgress = 0
        }
        for index in exchanges.indices { exchanges[index].forgive() }
        // What is forgiven may be on the menu again; an exchange about another menu would be judged by the wrong one.
        let outdated = exchanges.filter { exchange in
            // A tool call that is open is decided on, whatever became of the menu.
            guard case .instruction(let menu) = exchange.terms.form, !exchange.isUsingTools else { return false }
            return menu != self.menu(in: exchange.scope)
        }
        for exchange in outdated { close(exchange.seat) }
    }

    /// Gives up the attempts under way: what they may cost stays counted, and they are tried again.
    mutating func abandonCalls() {
        for index in exchanges.indices {
            guard let hold = exchanges[index].abandonCall() else { continue }
            ledger.settle(
                hold: hold,
                settled: Amounts(calls: hold.calls),
                uncertain: hold.uncertain,
                on: exchanges[index].terms.account
            )
        }
    }
}

extension Exchange {
    fileprivate mutating func forgive() {
        rejections = 0
        // A coordinator's exchange outlives its failure; an agent's has ended with its assignment.
        if seat.isCoordinator { turns = 0 }
        failedModels = []
        switch phase {
        case .failed(var call, _), .waiting(var call, _):
            call.failures = 0
            call.waitingSince = nil
            phase = .waiting(call, until: 0)
        case .answered(let call, let answer) where answer.isRefused:
            // The same answer would fail the run again before anything is asked.
            phase = .waiting(call, until: 0)
        default: return
        }
    }

    /// Whoever takes a run up waits anew: the time in which nobody asked is no patience spent.
    fileprivate mutating func forgetWait() {
        guard case .waiting(var call, let until) = phase, call.waitingSince != nil else { return }
        call.waitingSince = nil
        phase = .waiting(call, until: until)
    }

    /// Turns an attempt under way into one that is tried again.
    ///
    /// - Returns: What was held for it, if one was under way.
    fileprivate mutating func abandonCall() -> Amounts? {
        guard case .calling(let call) = phase else { return nil }
        phase = .waiting(call, until: 0)
        return call.hold
    }
}

extension Amounts {
    /// What stays counted of a hold whose outcome is unknown; the attempt itself is certain.
    fileprivate var uncertain: Amounts { Amounts(money: money, tokens: tokens) }
}

extension ToolCompleted {
    fileprivate static func unknown(_ id: String) -> ToolCompleted {
        ToolCompleted(
            tool: id,
            outcome: .failed,
            text: #"{"error":"interrupted","message":"outcome unknown: it may or may not have been done"}"#
        )
    }
}
