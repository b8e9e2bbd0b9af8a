import ChatModel

extension RunState {
    /// The next fact that follows from the state alone: what the engine decides without waiting for anybody.
    ///
    /// Pure: the same state at the same time decides the same. An executor takes the fact into the state and asks again,
    /// until nothing follows; then it records everything that was decided in one transaction and performs it.
    ///
    /// What was worked out on the way is kept until the next fact, so that it need not be worked out again; nothing else
    /// of the state changes.
    ///
    /// - Parameter now: The time, in milliseconds since 1970 UTC.
    /// - Returns: `nil` when an outcome, the time, or nothing at all is awaited.
    public mutating func decide(at now: Int64) -> Fact? {
        guard status == .running else { return nil }
        return if let stop { decide(before: stop, at: now) } else { decideUndisturbed(at: now) }
    }

    /// What follows where nobody has told the run to stop.
    mutating func decideUndisturbed(at now: Int64) -> Fact? {
        if exhausted == nil, timeLeft(at: now) <= 0 { return timeIsOver(at: now) }
        if let fact = decideOnFinishedScopes() { return fact }
        if exhausted?.kind == .time { return ending() }
        if let fact = decideOnInterruptedTools() ?? decideOnTimeOfScopes(at: now) { return fact }
        for exchange in exchanges {
            if let fact = decide(on: exchange, at: now) { return located(fact, in: exchange.scope) }
        }
        // A crew comes before those that work for it: its end is theirs.
        for scope in scopes.indices where scopes[scope].isOpen {
            switch next(in: scope) {
            case .fact(let fact): return located(fact, in: scope)
            case .nothing: continue
            case .instruction(let menu):
                let exchange = openCoordinatorExchange(menu, in: scope)
                guard let fact = decide(on: exchange, at: now) else { continue }
                scopes[scope].coordinator.proposal = CoordinatorState.Proposal(exchange)
                return located(fact, in: scope)
            }
        }
        return nil
    }

    /// What a crew at work asks for next.
    enum Next {
        /// This follows.
        case fact(Fact)
        /// The coordinator's model is to be asked for one of these.
        case instruction(Menu)
        case nothing

        init(_ fact: Fact?) {
            self = fact.map { .fact($0) } ?? .nothing
        }
    }

    private func next(in scope: Int) -> Next {
        let view = ScopeView(self, scope)
        if let order = scopes[scope].coordinator.pending.first {
            return .fact(.assignmentStarted(view.nextAssignment(order)))
        }
        let isAwaiting =
            scopes[scope].activeAssignments > 0 || exchanges.contains { $0.scope == scope && $0.seat.isCoordinator }
        if !isExhausted(scope) { return isAwaiting ? Next(view.decideWhileWorking()) : view.decideWhatNext() }
        // Whoever used up what it may ends; those that work for it end with it.
        guard isFirstExhausted(scope), !isAwaiting || !isAnyEffectUnderWay(within: scope) else { return .nothing }
        return .fact(ending(in: scope))
    }

    /// The end of a member crew that owes nothing any more, though it may begin nothing more either: it costs nothing, and may
    /// be all that the crews around it still owe.
    private func decideOnFinishedScopes() -> Fact? {
        guard exhausted != nil || !exhaustedPlaces.isEmpty else { return nil }
        for scope in scopes.indices.dropFirst().reversed()
        where scopes[scope].isOpen && scopes[scope].activeAssignments == 0 && isExhausted(scope) {
            guard !isAnyEffectUnderWay(within: scope) else { continue }
            let view = ScopeView(self, scope)
            if view.owesNothing { return located(view.finishing(), in: scope) }
        }
        return nil
    }

    /// Whether a crew has used up what it may, and none for which it works has.
    private func isFirstExhausted(_ scope: Int) -> Bool {
        guard let parent = scopes[scope].parent else { return true }
        return !isExhausted(parent)
    }

    /// A fact that was decided for a crew, as what it is for the run: what ends a member crew's work ends an assignment.
    private func located(_ fact: Fact, in scope: Int) -> Fact {
        guard let assignment = scopes[scope].assignment else { return fact }
        switch fact {
        case .instructionIssued(var issued):
            issued.scope = assignment
            return .instructionIssued(issued)
        case .assignmentStarted(var started):
            started.scope = assignment
            return .assignmentStarted(started)
        case .stallDetected(var stall):
            stall.scope = assignment
            return .stallDetected(stall)
        case .runEnded(let end): return conclusion(of: assignment, end)
        default: return fact
        }
    }

    /// What the end of a member crew's work makes of its assignment.
    private func conclusion(of assignment: String, _ end: RunEnded) -> Fact {
        func failure(_ code: String, _ message: String) -> Fact {
            .assignmentFailed(AssignmentFailed(assignment: assignment, code: code, message: message))
        }
        guard end.status == .finished, let index = assignmentIndex(assignment) else {
            return failure(end.status == .limited ? "limit" : end.code ?? "task_failed", end.message ?? "")
        }
        let owed = assignments[index].assignment
        let task = owed.task.flatMap { scopes[assignments[index].scope].crew.task($0) }
        switch judge(end.answer ?? "", schema: task?.output, task: task) {
        case .failure(let objections):
            return failure("answer_rejected", objections.reasons.joined(separator: "; "))
        case .success(let document):
            return .resultAccepted(
                AcceptedResult(
                    id: "r\(results.count + 1)",
                    assignment: assignment,
                    agent: owed.agent,
                    task: owed.task,
                    text: document?.jsonText ?? end.answer ?? "",
                    isStructured: document != nil
                )
            )
        }
    }

    // MARK: - Time

    /// The limits that are in force.
    public var limits: Limits { ledger.run.limits }

    /// How long the run may still take, in milliseconds.
    func timeLeft(at now: Int64) -> Int64 {
        limits.time.map { Int64($0).subtractingWithSaturation(elapsed(at: now)) } ?? .max
    }

    /// How long a crew may still be at work, in milliseconds.
    private func timeLeft(at now: Int64, of scope: Int) -> Int64 {
        guard scope > 0 else { return timeLeft(at: now) }
        guard let time = scopes[scope].time else { return .max }
        return time.subtractingWithSaturation(elapsed(at: now).subtractingWithSaturation(scopes[scope].began))
    }

    /// How long a crew may still be at work, with all for which it works, in milliseconds.
    func timeLeft(at now: Int64, in scope: Int) -> Int64 {
        var least = timeLeft(at: now, of: scope)
        var next = scopes[scope].parent
        while let index = next {
            least = min(least, timeLeft(at: now, of: index))
            next = scopes[index].parent
        }
        return least
    }

    /// The outermost crew, of one and those for which it works, that has too little time left for a call.
    func scopeWithoutTime(at now: Int64, from scope: Int) -> Int? {
        var found: Int?
        var next: Int? = scope
        while let index = next {
            if timeLeft(at: now, of: index) < Self.leastTime { found = index }
            next = scopes[index].parent
        }
        return found
    }

    /// When the state, left alone, decides something next; `nil` when only an outcome can bring it on.
    ///
    /// A time that has come and brought no decision, as when the budget has no room for a retry yet, is none to wait for.
    ///
    /// - Parameter now: The time, in milliseconds since 1970 UTC.
    /// - Returns: A later time, likewise.
    public func wakeTime(after now: Int64) -> Int64? {
        guard status == .running else { return nil }
        var next: Int64?
        func consider(_ time: Int64) { if time > now { next = min(time, next ?? time) } }
        func considerEnd(ofElapsed end: Int64) {
            let (sum, isNever) = startOfEpoch.addingReportingOverflow(end.subtractingWithSaturation(timeBefore))
            if !isNever { consider(sum) }
        }
        if let limit = limits.time, exhausted == nil { considerEnd(ofElapsed: Int64(limit)) }
        for scope in scopes where scope.isOpen {
            if let time = scope.time { considerEnd(ofElapsed: scope.began.addingWithSaturation(time)) }
        }
        for exchange in exchanges {
            if case .waiting(_, let until) = exchange.phase { consider(until) }
        }
        return next
    }

    func timeIsOver(at now: Int64, in scope: Int = 0) -> Fact {
        let place = scopes[scope].place
        let path = places[place].path.joined(separator: "/")
        let (who, used, limit) =
            scope == 0
            ? ("the run has taken", elapsed(at: now), limits.time)
            : (
                "the crew \(path) has been at work for",
                timeUsed(at: place, now: elapsed(at: now)), places[place].time
            )
        return .limitReached(
            LimitReached(
                agent: scope == 0 ? nil : path,
                kind: .time,
                message: "\(who) \(Format.duration(used)) of \(Format.duration(Int64(limit ?? 0)))"
                    + (used < Int64(limit ?? 0) ? ", and what is left is too little for another call" : "")
            )
        )
    }

    /// What follows when the time of a member crew is over: what is under way there is given up, one effect after the other.
    private func decideOnTimeOfScopes(at now: Int64) -> Fact? {
        for scope in scopes.indices.dropFirst() where scopes[scope].isOpen && scopes[scope].time != nil {
            let place = scopes[scope].place
            if exhaustedPlaces[place] == nil, timeLeft(at: now, of: scope) <= 0 {
                return timeIsOver(at: now, in: scope)
            }
            guard exhaustedPlaces[place]?.kind == .time else { continue }
            for exchange in exchanges where isScope(exchange.scope, within: scope) {
                if let fact = givingUp(exchange) { return fact }
            }
        }
        return nil
    }

    /// The outcome of an effect that is no longer waited for; what comes of it later changes nothing.
    private func givingUp(_ exchange: Exchange) -> Fact? {
        switch exchange.phase {
        case .calling(let call):
            return .callFailed(
                CallFailed(
                    call: call.id,
                    attempt: call.attempt,
                    code: .timedOut,
                    message: "the time of the crew is over",
                    uncertain: Amounts(money: call.hold.money, tokens: call.hold.tokens)
                )
            )
        case .usingTools(let tools):
            return tools.first { $0.outcome == nil }.map { tool in
                .toolCompleted(
                    ToolCompleted(
                        tool: tool.id,
                        outcome: .timedOut,
                        text: #"{"error":"the time of the crew was over before the tool was done"}"#
                    )
                )
            }
        case .ready, .failed, .waiting, .answered: return nil
        }
    }

    // MARK: - Effects

    /// The end of a run in which nothing is under way and nothing follows, which only a defect of the engine can cause.
    public func deadEnd() -> Fact {
        ending(.failed, code: "dead_end", message: "the engine does not know how to go on; please report this")
    }

    /// Whether an effect of a crew, or of one that works for it, is under way or has ended and nothing has been decided on it
    /// yet.
    func isAnythingUnsettled(within scope: Int) -> Bool {
        exchanges.contains { $0.isUnsettled && isScope($0.scope, within: scope) }
    }

    /// Whether the outcome of a call or a tool is awaited.
    package var isAnyEffectUnderWay: Bool { exchanges.contains(where: \.isAwaitingEffect) }

    private func decideOnInterruptedTools() -> Fact? {
        for exchange in exchanges {
            guard case .usingTools(let tools) = exchange.phase else { continue }
            for tool in tools where tool.outcome == nil && tool.needsDecision {
                return ending(
                    .waiting,
                    code: "outcome_unknown",
                    message: "the tool call \(tool.id) (\(tool.call.name)) was under way when the run was cut off; "
                        + "it may or may not have had its effect"
                )
            }
        }
        return nil
    }
}
