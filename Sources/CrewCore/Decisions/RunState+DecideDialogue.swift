import ChatModel

extension RunState {
    /// How often an answer may be sent back before the model is given up.
    static let maximumRejections = 2
    /// The least output, in tokens, for which a call is still worth making.
    static let leastOutput = 256
    /// The least time, in milliseconds, in which a call is still worth making.
    static let leastTime: Int64 = 1_000

    func decide(on speaker: Speaker, _ dialogue: Dialogue, at now: Int64) -> Fact? {
        switch dialogue.phase {
        case .ready:
            if let fact = turnsExhausted(speaker, dialogue) { return fact }
            return intendCall(speaker, dialogue, id: "c\(callCount + 1)", attempt: 1, at: now)
        case .waiting(let call, let until):
            guard until <= now else { return nil }
            return intendCall(speaker, dialogue, id: call.id, attempt: call.attempt.addingWithSaturation(1), at: now)
        case .failed(let call, let failure): return decide(on: failure, of: call, speaker, dialogue, at: now)
        case .answered(let call, let answer): return decide(on: answer, of: call, speaker, dialogue)
        case .usingTools(let tools): return intendTool(speaker, dialogue, after: tools)
        case .calling, .closed: return nil
        }
    }

    // MARK: - Before a call

    func turnsExhausted(_ speaker: Speaker, _ dialogue: Dialogue) -> Fact? {
        guard case .assignment(let id) = speaker, let index = assignmentIndex(id) else { return nil }
        let allowance = assignments[index].assignment.allowance
        guard dialogue.turns >= allowance else { return nil }
        return failure(of: speaker, "turns_exhausted", "no result after \(allowance) turns")
    }

    /// Intends a call if the budget holds it: at the configured output limit, or at what is left.
    private func intendCall(
        _ speaker: Speaker,
        _ dialogue: Dialogue,
        id: String,
        attempt: Int,
        at now: Int64
    ) -> Fact? {
        // What cannot be answered in the time that is left is not asked; others may still end in it.
        guard exhausted == nil else { return nil }
        guard timeLeft(at: now) >= Self.leastTime else {
            // What is under way may still end in time, and what has ended is judged first; nothing else is worth waiting
            // for.
            return isAnythingUnsettled ? nil : timeIsOver(at: now)
        }
        guard let request = request(for: speaker, dialogue), let model = crew.model(dialogue.model) else {
            return failure(of: speaker, "unknown_model", "the crew has no model \"\(dialogue.model)\"")
        }
        let agent = agent(of: speaker)
        let input = request.inputTokenBound
        func intention(_ output: Int) -> CallIntended {
            let bound = model.price?.upperBound(input: input, output: output)
            return CallIntended(
                call: id,
                attempt: attempt,
                speaker: speaker,
                model: dialogue.model,
                hold: Amounts(money: bound ?? .zero, tokens: input.addingWithSaturation(output), calls: 1),
                price: model.price,
                maximumOutput: output,
                dialect: request.dialect
            )
        }
        let wanted = intention(request.maximumOutput)
        guard let refusal = ledger.refusal(of: wanted.hold, agent: agent) else { return .callIntended(wanted) }
        if refusal.mayClear { return nil }
        let least = min(Self.leastOutput, request.maximumOutput)
        func affordable(_ room: Limits) -> Int { affordableOutput(input: input, price: model.price, room) }
        let output = affordable(ledger.headroom(agent: agent))
        if output >= least {
            let lowered = intention(min(output, request.maximumOutput))
            if ledger.refusal(of: lowered.hold, agent: agent) == nil { return .callIntended(lowered) }
        } else if affordable(ledger.headroom(agent: agent, afterCallsUnderWay: true)) >= least {
            // Calls under way may use less than they hold, and a shorter answer may then fit.
            return nil
        }
        return limitReached(refusal, wanted.hold, speaker)
    }

    /// The largest output for which the budget has room.
    private func affordableOutput(input: Int, price: Price?, _ room: Limits) -> Int {
        if let calls = room.calls, calls < 1 { return 0 }
        var output = Int.max / 4
        if let tokens = room.tokens { output = min(output, tokens.subtractingWithSaturation(input)) }
        if let money = room.money, let price {
            let forInput = price.upperBound(input: input, output: 0)
            let perToken = price.upperBound(input: input, output: 1) - forInput
            if perToken > .zero { output = min(output, Int((money - forInput).picodollars / perToken.picodollars)) }
            if forInput > money { return 0 }
        }
        return max(0, output)
    }

    private func limitReached(_ refusal: Ledger.Refusal, _ hold: Amounts, _ speaker: Speaker) -> Fact {
        let account = refusal.agent.flatMap { ledger.agents[$0] } ?? ledger.run
        let room = account.headroom
        let whose = refusal.agent.map { "the agent \($0)" } ?? "the run"
        let numbers =
            switch refusal.kind {
            case .money: "\(room.money ?? .zero) left, up to \(hold.money) needed for the next call"
            case .tokens: "\(room.tokens ?? 0) tokens left, up to \(hold.tokens) needed for the next call"
            default: "all \(account.limits.calls ?? 0) calls made"
            }
        if let agent = refusal.agent, exhaustedAgents.contains(agent) {
            return failure(of: speaker, "limit", "\(whose) has reached its limit: \(numbers)")
        }
        return .limitReached(
            LimitReached(
                agent: refusal.agent,
                kind: refusal.kind,
                message: "\(whose) has reached its limit: \(numbers)"
            )
        )
    }

    // MARK: - After a failure

    private func decide(
        on failure: CallFailed,
        of call: OpenCall,
        _ speaker: Speaker,
        _ dialogue: Dialogue,
        at now: Int64
    ) -> Fact? {
        if failure.code == .unsupported, let feature = failure.feature {
            // Another call may have learned it meanwhile; then it is enough to ask again.
            if dialect(of: dialogue.model) != call.dialect {
                return .retryScheduled(RetryScheduled(call: call.id, at: now))
            }
            if let dialect = dialect(of: dialogue.model, without: feature) {
                return .dialectLearned(
                    DialectLearned(
                        model: dialogue.model,
                        dialect: dialect,
                        withdrawn: feature,
                        evidence: failure.concernsContent == true ? .content : .refused,
                        words: failure.message.excerpt(EndpointKnowledge.longestWords)
                    )
                )
            }
        }
        let fallback = fallback(for: dialogue)
        // Nobody waits for a model that asks for time while another is there.
        if let fallback, failure.code == .rateLimited || failure.code == .loading || failure.retryAfter != nil {
            return replace(call, dialogue, fallback)
        }
        if isWaitedFor(failure, in: dialogue) { return decideOnWait(failure, of: call, speaker, dialogue, at: now) }
        let attempts = crew.model(dialogue.model)?.maximumAttempts ?? ModelDefinition.defaultMaximumAttempts
        let patience = patience(of: dialogue.model)
        if RetryPolicy.isTransient(failure),
            call.failures < RetryPolicy.maximumFailures(failure, attempts: attempts, price: call.price),
            RetryPolicy.isPaced(failure, patience: patience) || retryTokens >= RetryPolicy.costOfFailure,
            let delay = RetryPolicy.delay(
                after: failure,
                failures: call.failures,
                patience: patience,
                seed: retrySeed(call)
            )
        {
            return .retryScheduled(RetryScheduled(call: call.id, at: now.addingWithSaturation(Int64(delay))))
        }
        if let fallback { return replace(call, dialogue, fallback) }
        if failure.code == .filtered {
            let code = speaker == .coordinator ? "coordinator_failed" : "refused"
            return self.failure(of: speaker, code, "the provider's filter refused the request: \(failure.message)")
        }
        return self.failure(of: speaker, failure.code.rawValue, lastWords(failure, in: dialogue))
    }

    /// A failure that no further attempt follows, as the end tells it.
    func lastWords(_ failure: CallFailed, in dialogue: Dialogue) -> String {
        var words = failure.message + (failure.status.map { " (HTTP \($0))" } ?? "")
        if let asked = failure.retryAfter, asked > patience(of: dialogue.model) {
            words += "; the server asks to wait \((asked + 999) / 1_000) s, longer than is waited"
        }
        return words
    }

    func retrySeed(_ call: OpenCall) -> UInt64 {
        var hash = StableHash()
        hash.combine(definition.run)
        hash.combine(call.id)
        hash.combine(call.attempt)
        return hash.value
    }

    func fallback(for dialogue: Dialogue) -> String? {
        guard let name = crew.model(dialogue.model)?.fallback, !dialogue.failedModels.contains(name) else { return nil }
        return name
    }

    private func replace(_ call: OpenCall, _ dialogue: Dialogue, _ fallback: String) -> Fact {
        .modelReplaced(ModelReplaced(call: call.id, from: dialogue.model, to: fallback))
    }

    /// The end of an exchange without success.
    func failure(of speaker: Speaker, _ code: String, _ message: String) -> Fact {
        switch speaker {
        case .assignment(let id): .assignmentFailed(AssignmentFailed(assignment: id, code: code, message: message))
        case .coordinator: ending(.failed, code: code, message: message)
        }
    }
}
