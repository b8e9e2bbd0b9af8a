import ChatModel

extension RunState {
    /// How often an answer may be sent back before the model is given up.
    static let maximumRejections = 2
    /// The least output, in tokens, for which a call is still worth making.
    static let leastOutput = 256
    /// The least time, in milliseconds, in which a call is still worth making.
    static let leastTime: Int64 = 1_000

    func decide(on exchange: Exchange, at now: Int64) -> Fact? {
        switch exchange.phase {
        case .ready:
            if let fact = turnsExhausted(exchange) { return fact }
            return intendCall(exchange, id: "c\(callCount + 1)", attempt: 1, at: now)
        case .waiting(let call, let until):
            guard until <= now else { return nil }
            return intendCall(exchange, id: call.id, attempt: call.attempt.addingWithSaturation(1), at: now)
        case .failed(let call, let failure): return decide(on: failure, of: call, exchange, at: now)
        case .answered(let call, let answer): return decide(on: answer, of: call, exchange)
        case .usingTools(let tools): return intendTool(exchange, after: tools)
        case .calling: return nil
        }
    }

    // MARK: - Before a call

    func turnsExhausted(_ exchange: Exchange) -> Fact? {
        guard let allowance = exchange.terms.allowance, exchange.turns >= allowance else { return nil }
        let (code, what) =
            exchange.seat.isCoordinator ? ("coordinator_failed", "instruction") : ("turns_exhausted", "result")
        return failure(of: exchange, code, "no \(what) after \(allowance) turns")
    }

    /// Intends a call if the budget holds it: at the configured output limit, or at what is left.
    private func intendCall(
        _ exchange: Exchange,
        id: String,
        attempt: Int,
        at now: Int64
    ) -> Fact? {
        // What cannot be answered in the time that is left is not asked; others may still end in it.
        guard !isExhausted(exchange.scope) else { return nil }
        if let scope = scopeWithoutTime(at: now, from: exchange.scope) {
            // What is under way may still end in time, and what has ended is judged first; nothing else is worth waiting
            // for.
            return isAnythingUnsettled(within: scope) ? nil : timeIsOver(at: now, in: scope)
        }
        guard let request = request(for: exchange), let model = model(exchange.model) else {
            return failure(of: exchange, "unknown_model", "the crew has no model \"\(exchange.model)\"")
        }
        let account = exchange.terms.account
        let input = request.inputTokenBound
        func intention(_ output: Int) -> CallIntended {
            let bound = model.price?.upperBound(input: input, output: output)
            return CallIntended(
                call: id,
                attempt: attempt,
                seat: exchange.seat,
                model: exchange.model,
                hold: Amounts(money: bound ?? .zero, tokens: input.addingWithSaturation(output), calls: 1),
                price: model.price,
                maximumOutput: output,
                dialect: request.dialect
            )
        }
        let wanted = intention(request.maximumOutput)
        guard let refusal = ledger.refusal(of: wanted.hold, on: account) else { return .callIntended(wanted) }
        if refusal.mayClear { return nil }
        let least = min(Self.leastOutput, request.maximumOutput)
        func affordable(_ room: Limits) -> Int { affordableOutput(input: input, price: model.price, room) }
        let output = affordable(ledger.headroom(on: account))
        if output >= least {
            let lowered = intention(min(output, request.maximumOutput))
            if ledger.refusal(of: lowered.hold, on: account) == nil { return .callIntended(lowered) }
        } else if affordable(ledger.headroom(on: account, afterCallsUnderWay: true)) >= least {
            // Calls under way may use less than they hold, and a shorter answer may then fit.
            return nil
        }
        return limitReached(refusal, wanted.hold, exchange)
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

    private func limitReached(_ refusal: Ledger.Refusal, _ hold: Amounts, _ exchange: Exchange) -> Fact? {
        let account = ledger.account(refusal.account)
        let room = account.headroom
        let path = ledger.path(refusal.account)
        let numbers =
            switch refusal.kind {
            case .money: "\(room.money ?? .zero) left, up to \(hold.money) needed for the next call"
            case .tokens: "\(room.tokens ?? 0) tokens left, up to \(hold.tokens) needed for the next call"
            default: "all \(account.limits.calls ?? 0) calls made"
            }
        // The run's own limit can be raised when it is taken up again; those of members are part of its crew.
        let remedy = path.isEmpty ? "" : "; for a larger one, change the crew and begin a new run"
        let message = "\(owner(of: path, exchange)) has reached its limit: \(numbers)\(remedy)"
        if path == exchange.terms.member, exhaustedMembers.contains(path) {
            return failure(of: exchange, "limit", message)
        }
        return .limitReached(
            LimitReached(agent: path.isEmpty ? nil : path, kind: refusal.kind, message: message)
        )
    }

    /// Whose account it is, for people.
    private func owner(of path: String, _ exchange: Exchange) -> String {
        if path.isEmpty { return "the run" }
        guard path == exchange.terms.member else { return "the crew \(path)" }
        return exchange.seat.isCoordinator ? "the coordinator" : "the agent \(path)"
    }

    // MARK: - After a failure

    private func decide(
        on failure: CallFailed,
        of call: OpenCall,
        _ exchange: Exchange,
        at now: Int64
    ) -> Fact? {
        if failure.code == .unsupported, let feature = failure.feature {
            // Another call may have learned it meanwhile; then it is enough to ask again.
            if dialect(of: exchange.model) != call.dialect {
                return .retryScheduled(RetryScheduled(call: call.id, at: now))
            }
            if let dialect = dialect(of: exchange.model, without: feature) {
                return .dialectLearned(
                    DialectLearned(
                        model: exchange.model,
                        dialect: dialect,
                        withdrawn: feature,
                        evidence: failure.concernsContent == true ? .content : .refused,
                        words: failure.message.excerpt(EndpointKnowledge.longestWords)
                    )
                )
            }
        }
        let fallback = fallback(for: exchange)
        // Nobody waits for a model that asks for time while another is there.
        if let fallback, failure.code == .rateLimited || failure.code == .loading || failure.retryAfter != nil {
            return replace(call, exchange, fallback)
        }
        if isWaitedFor(failure, in: exchange) { return decideOnWait(failure, of: call, exchange, at: now) }
        let attempts = model(exchange.model)?.maximumAttempts ?? ModelDefinition.defaultMaximumAttempts
        let patience = patience(of: exchange.model)
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
        if let fallback { return replace(call, exchange, fallback) }
        if failure.code == .filtered {
            let code = exchange.seat.isCoordinator ? "coordinator_failed" : "refused"
            return self.failure(of: exchange, code, "the provider's filter refused the request: \(failure.message)")
        }
        return self.failure(of: exchange, failure.code.rawValue, lastWords(failure, in: exchange))
    }

    /// A failure that no further attempt follows, as the end tells it.
    func lastWords(_ failure: CallFailed, in exchange: Exchange) -> String {
        var words = failure.message + (failure.status.map { " (HTTP \($0))" } ?? "")
        if let asked = failure.retryAfter, asked > patience(of: exchange.model) {
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

    func fallback(for exchange: Exchange) -> String? {
        guard let name = crew.qualifiedFallback(of: exchange.model), !exchange.failedModels.contains(name) else {
            return nil
        }
        return name
    }

    private func replace(_ call: OpenCall, _ exchange: Exchange, _ fallback: String) -> Fact {
        .modelReplaced(ModelReplaced(call: call.id, from: exchange.model, to: fallback))
    }

    /// The end of an exchange without success.
    func failure(of exchange: Exchange, _ code: String, _ message: String) -> Fact {
        switch exchange.seat {
        case .assignment(let id): .assignmentFailed(AssignmentFailed(assignment: id, code: code, message: message))
        case .coordinator where code == "limit":
            // What is done without its coordinator is done all the same.
            ScopeView(self, exchange.scope).owesNothing
                ? ScopeView(self, exchange.scope).finishing()
                : ending(.limited, code: code, message: message, in: exchange.scope)
        case .coordinator: ending(.failed, code: code, message: message, in: exchange.scope)
        }
    }
}
