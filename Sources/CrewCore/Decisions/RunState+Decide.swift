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
        switch next(at: now) {
        case .fact(let fact): return fact
        case .nothing: return nil
        case .instruction(let menu):
            let exchange = openCoordinatorExchange(menu)
            coordinator.proposal = CoordinatorState.Proposal(menu: menu, exchange: exchange)
            return decide(on: .coordinator, exchange, at: now)
        }
    }

    /// What the state asks for next.
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

    private func next(at now: Int64) -> Next {
        guard status == .running else { return .nothing }
        if exhausted == nil, timeLeft(at: now) <= 0 {
            return .fact(timeIsOver(at: now))
        }
        if exhausted?.kind == .time { return .fact(ending()) }
        if let fact = decideOnInterruptedTools() { return .fact(fact) }

        var isAwaiting = false
        for index in assignments.indices where assignments[index].isActive {
            let seat = Seat.assignment(assignments[index].assignment.id)
            if let fact = decide(on: seat, assignments[index].exchange, at: now) { return .fact(fact) }
            isAwaiting = true
        }
        if let exchange = coordinator.exchange {
            if let fact = decide(on: .coordinator, exchange, at: now) { return .fact(fact) }
            isAwaiting = true
        }
        if let order = coordinator.pending.first { return .fact(.assignmentStarted(nextAssignment(order))) }
        if isAwaiting, exhausted == nil { return Next(decideWhileWorking()) }
        if isAwaiting { return isAnyEffectUnderWay ? .nothing : .fact(ending()) }
        if exhausted != nil { return .fact(ending()) }
        return decideWhatNext()
    }

    /// The limits that are in force.
    public var limits: Limits { ledger.run.limits }

    /// How long the run may still take, in milliseconds.
    func timeLeft(at now: Int64) -> Int64 {
        limits.time.map { Int64($0).subtractingWithSaturation(elapsed(at: now)) } ?? .max
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
        if let limit = limits.time, exhausted == nil {
            let left = Int64(limit).subtractingWithSaturation(timeBefore)
            let (sum, isNever) = startOfEpoch.addingReportingOverflow(left)
            if !isNever { consider(sum) }
        }
        for index in assignments.indices where assignments[index].isActive {
            if case .waiting(_, let until) = assignments[index].exchange.phase { consider(until) }
        }
        if case .waiting(_, let until)? = coordinator.exchange?.phase { consider(until) }
        return next
    }

    /// The end of a run in which nothing is under way and nothing follows, which only a defect of the engine can cause.
    public func deadEnd() -> Fact {
        ending(.failed, code: "dead_end", message: "the engine does not know how to go on; please report this")
    }

    func timeIsOver(at now: Int64) -> Fact {
        let message =
            "the run has taken \(Format.duration(elapsed(at: now))) of \(Format.duration(Int64(limits.time ?? 0)))"
        return .limitReached(LimitReached(agent: nil, kind: .time, message: message))
    }

    /// Whether an effect is under way, or has ended and nothing has been decided on it yet.
    var isAnythingUnsettled: Bool {
        coordinator.exchange?.isUnsettled == true
            || assignments.indices.contains { assignments[$0].isActive && assignments[$0].exchange.isUnsettled }
    }

    /// Whether the outcome of a call or a tool is awaited.
    package var isAnyEffectUnderWay: Bool {
        coordinator.exchange?.isAwaitingEffect == true
            || assignments.indices.contains { assignments[$0].isActive && assignments[$0].exchange.isAwaitingEffect }
    }

    private func decideOnInterruptedTools() -> Fact? {
        for index in assignments.indices where assignments[index].isActive {
            guard case .usingTools(let tools) = assignments[index].exchange.phase else { continue }
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
