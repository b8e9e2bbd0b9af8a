import ChatModel

extension RunState {
    /// The next fact that follows from the state alone: what the engine decides without waiting for anybody.
    ///
    /// Pure: the same state at the same time decides the same. An executor takes the fact into the state and asks again,
    /// until nothing follows; then it records everything that was decided in one transaction and performs it.
    ///
    /// - Parameter now: The time, in milliseconds since 1970 UTC.
    /// - Returns: `nil` when an outcome, the time, or nothing at all is awaited.
    public func decide(at now: Int64) -> Fact? {
        guard status == .running else { return nil }
        if exhausted == nil, let limit = limits.time, elapsed(at: now) >= limit {
            return .limitReached(
                LimitReached(agent: nil, kind: .time, message: "the run has taken \(Format.duration(Int64(limit)))")
            )
        }
        if exhausted?.kind == .time { return ending() }
        if let fact = decideOnInterruptedTools() { return fact }

        var isAwaiting = false
        for state in assignments where state.status == .active {
            if let fact = decide(on: .assignment(state.assignment.id), state.dialogue, at: now) { return fact }
            isAwaiting = true
        }
        if let dialogue = coordinator.dialogue {
            if let fact = decide(on: .coordinator, dialogue, at: now) { return fact }
            isAwaiting = true
        }
        if let pending = pendingOrders.first { return .assignmentStarted(pending) }
        if isAwaiting, exhausted == nil { return decideWhileWorking() }
        if isAwaiting { return isAnyEffectUnderWay ? nil : ending() }
        if exhausted != nil { return ending() }
        return decideWhatNext(at: now)
    }

    /// The limits that are in force.
    public var limits: Limits { ledger.run.limits }

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
        if let limit = limits.time, exhausted == nil {
            let (sum, isNever) = startOfEpoch.addingReportingOverflow(Int64(limit) - timeBefore)
            if !isNever { consider(sum) }
        }
        for state in assignments where state.status == .active {
            if case .waiting(_, let until) = state.dialogue.phase { consider(until) }
        }
        if case .waiting(_, let until)? = coordinator.dialogue?.phase { consider(until) }
        return next
    }

    /// The end of a run in which nothing is under way and nothing follows, which only a defect of the engine can cause.
    public func deadEnd() -> Fact {
        ending(.failed, code: "dead_end", message: "the engine does not know how to go on; please report this")
    }

    private var isAnyEffectUnderWay: Bool {
        coordinator.dialogue?.isAwaitingEffect == true
            || assignments.contains { $0.status == .active && $0.dialogue.isAwaitingEffect }
    }

    private func decideOnInterruptedTools() -> Fact? {
        for state in assignments where state.status == .active {
            guard case .usingTools(let tools) = state.dialogue.phase else { continue }
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
