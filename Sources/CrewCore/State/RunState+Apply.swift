import ChatModel

extension RunState {
    /// Takes a fact into the state.
    ///
    /// Total: a fact that does not fit the state, which no executor records, changes nothing but the sequence.
    public mutating func apply(_ event: Event) {
        sequence = event.sequence
        let proposal = coordinator.proposal.take()
        let previous = clock
        clock = max(clock, event.time)
        switch event.fact {
        case .runCreated:
            startOfEpoch = event.time
            if crew.process.hasCoordinator { coordinator.opening = Conversation([.system(coordinatorPrompt)]) }
        case .runResumed(let fact): resume(fact, at: event.time, lastSeen: previous)
        case .instructionIssued(let fact): carryOut(fact)
        case .assignmentStarted(let assignment): start(assignment)
        case .callIntended(let fact): intend(fact, proposal)
        case .callCompleted(let fact): complete(fact)
        case .callFailed(let fact): fail(fact, at: event.time)
        case .retryScheduled(let fact):
            updateExchange(ofCall: fact.call) { exchange, call in
                exchange.phase = .waiting(call, until: fact.at)
            }
        case .dialectLearned(let fact):
            dialects[fact.model] = fact.dialect
            lessons.append(fact)
        case .modelReplaced(let fact):
            updateExchange(ofCall: fact.call) { exchange, call in
                exchange.failedModels.append(fact.from)
                exchange.model = fact.to
                exchange.rejections = 0
                var call = call
                call.failures = 0
                call.waitingSince = nil
                exchange.phase = .waiting(call, until: 0)
            }
        case .toolIntended(let fact): intend(fact)
        case .toolCompleted(let fact): complete(fact)
        case .answerRejected(let fact): reject(fact)
        case .resultAccepted(let result): accept(result)
        case .assignmentFailed(let fact):
            guard let index = assignmentIndex(fact.assignment), assignments[index].status == .active else { return }
            assignments[index].status = .failed(code: fact.code, message: fact.message)
            assignments[index].exchange.phase = .closed
        case .stallDetected: coordinator.mustPlan = true
        case .limitReached(let fact):
            if let agent = fact.agent { exhaustedAgents.insert(agent) } else { exhausted = fact }
        case .runEnded(let fact):
            abandonCalls()
            timeBefore = elapsed(at: event.time)
            startOfEpoch = event.time
            status = fact.status
            end = fact
        case .unknown: break
        }
    }

    // MARK: - The run

    private mutating func resume(_ fact: RunResumed, at time: Int64, lastSeen: Int64) {
        abandonCalls()
        forgetWaits()
        if end == nil { timeBefore = elapsed(at: lastSeen) }
        startOfEpoch = time
        // Whoever was cut off goes on exactly where it was; only what had failed for good gets another chance.
        if let end, end.status == .failed || end.status == .limited { forgiveFailures() }
        status = .running
        end = nil
        if let limits = fact.limits {
            ledger.setLimits(limits)
            exhausted = nil
        }
        if let instructions = fact.instructions {
            maximumInstructions = instructions
            if exhausted?.kind == .instructions { exhausted = nil }
        }
        if let version = fact.prompts { change(to: version) }
        // Whether an account above the run has room is asked anew: it may have been given more.
        if exhausted?.account != nil { exhausted = nil }
        for index in assignments.indices {
            guard case .usingTools(var tools) = assignments[index].exchange.phase else { continue }
            for tool in tools.indices where tools[tool].outcome == nil {
                tools[tool].wasInterrupted = true
                let isHarmless = mayRepeat(tools[tool].call.name, by: assignments[index].assignment.agent)
                tools[tool].needsDecision = !isHarmless && fact.unknownTools == .pause
                if !isHarmless, fact.unknownTools == .skip { tools[tool].outcome = .unknown(tools[tool].id) }
            }
            assignments[index].exchange.phase = .usingTools(tools)
            finishToolRound(index)
        }
    }

    /// Whether a call of a tool that was cut off may simply be made again: it does no harm, or there is no such tool.
    private func mayRepeat(_ tool: String, by agent: String) -> Bool {
        definition.tools[agent]?.first { $0.declaration.name == tool }?.isIdempotent ?? true
    }

    /// A run that failed and is taken up again may try again what failed before: the reason may be gone.
    private mutating func forgiveFailures() {
        forgivenAssignments = assignments.count
        retryTokens = RetryPolicy.fullBucket
        coordinator.conclusion = nil
        coordinator.withoutProgress = 0
        coordinator.exchange?.forgive()
        for index in assignments.indices { assignments[index].exchange.forgive() }
        // What is forgiven may be on the menu again; an exchange about another menu would be judged by the wrong one.
        if coordinator.exchange != nil, coordinator.menu != menu { coordinator.exchange = nil }
    }

    /// Gives up the attempts under way: what they may cost stays counted, and they are tried again.
    private mutating func abandonCalls() {
        if var exchange = coordinator.exchange, let hold = exchange.abandonCall() {
            coordinator.exchange = exchange
            ledger.settle(hold: hold, settled: Amounts(calls: hold.calls), uncertain: hold.uncertain, agent: nil)
        }
        for index in assignments.indices {
            guard let hold = assignments[index].exchange.abandonCall() else { continue }
            ledger.settle(
                hold: hold,
                settled: Amounts(calls: hold.calls),
                uncertain: hold.uncertain,
                agent: assignments[index].assignment.agent
            )
        }
    }

    /// Whoever takes a run up waits anew: the time in which nobody asked is no patience spent.
    private mutating func forgetWaits() {
        coordinator.exchange?.forgetWait()
        for index in assignments.indices { assignments[index].exchange.forgetWait() }
    }

    // MARK: - Instructions and assignments

    private mutating func carryOut(_ fact: InstructionIssued) {
        if fact.call != nil { noteForm(ofAnswerTo: .coordinator) }
        coordinator.exchange = nil
        coordinator.issued.append(fact.instruction)
        coordinator.withoutProgress += 1
        let form = fact.instruction.form
        let scope = scope
        coordinator.pending += form.orders(in: scope)
        form.carryOut(&coordinator, in: scope)
    }

    private mutating func start(_ assignment: Assignment) {
        let kind = Opening(agent: assignment.agent, readsData: readsData(assignment))
        let opening = openings[kind] ?? opening(of: assignment)
        openings[kind] = opening
        let exchange = openExchange(for: assignment, after: opening)
        assignments.append(AssignmentState(assignment: assignment, exchange: exchange))
        if !coordinator.pending.isEmpty { coordinator.pending.removeFirst() }
    }

    private mutating func accept(_ result: AcceptedResult) {
        results.append(result)
        if let task = result.task { latestResults[task] = result.id }
        coordinator.withoutProgress = 0
        guard let index = assignmentIndex(result.assignment) else { return }
        if result.isStructured { noteForm(ofAnswerTo: .assignment(result.assignment)) }
        assignments[index].status = .accepted(result: result.id)
        assignments[index].exchange.phase = .closed
    }

    // MARK: - Calls

    private mutating func intend(_ fact: CallIntended, _ proposal: CoordinatorState.Proposal?) {
        if fact.attempt == 1 { callCount += 1 }
        // The board is written before the hold is taken: the request must be the one for which the hold was reckoned.
        if fact.seat == .coordinator, coordinator.exchange == nil {
            let menu = proposal?.menu ?? menu
            coordinator.menu = menu
            coordinator.exchange = proposal?.exchange ?? openCoordinatorExchange(menu)
        }
        guard exchange(of: fact.seat) != nil else { return }
        ledger.hold(fact.hold, agent: agent(of: fact.seat))
        let recipient = recipient(fact.model)
        update(fact.seat) { exchange in
            if let recipient { exchange.conversation = exchange.conversation.addressed(to: recipient) }
            var call = OpenCall(
                id: fact.call,
                attempt: fact.attempt,
                hold: fact.hold,
                price: fact.price,
                maximumOutput: fact.maximumOutput,
                dialect: fact.dialect
            )
            call.failures = exchange.openCall?.failures ?? 0
            call.waitingSince = exchange.openCall?.waitingSince
            exchange.phase = .calling(call)
        }
    }

    /// The call of that identifier, if this attempt at it is under way: a hold is settled once, by its own outcome.
    private func callUnderWay(_ id: String, attempt: Int?) -> (Seat, OpenCall)? {
        guard let seat = seat(ofCall: id), case .calling(let call)? = exchange(of: seat)?.phase,
            attempt ?? call.attempt == call.attempt
        else { return nil }
        return (seat, call)
    }

    private mutating func complete(_ fact: CallCompleted) {
        guard let (seat, call) = callUnderWay(fact.call, attempt: fact.attempt) else { return }
        let used = Amounts(money: fact.cost, tokens: fact.isCached ? 0 : fact.usage.total, calls: call.hold.calls)
        ledger.settle(hold: call.hold, settled: used, uncertain: .zero, agent: agent(of: seat))
        if !fact.isCached { usage += fact.usage }
        if let said = fact.providerCost { bill.add(said, reckoned: call.price?.cost(of: fact.usage) ?? .zero) }
        completedCalls += 1
        retryTokens = min(RetryPolicy.fullBucket, retryTokens + RetryPolicy.gainOfSuccess)
        if !fact.isCached, let model = exchange(of: seat)?.model { contact.hear(address(of: model)) }
        update(seat) { exchange in
            exchange.turns += 1
            exchange.phase = .answered(call, fact)
        }
    }

    private mutating func fail(_ fact: CallFailed, at time: Int64) {
        guard let (seat, call) = callUnderWay(fact.call, attempt: fact.attempt) else { return }
        let settled = fact.settled(of: call.hold)
        ledger.settle(hold: call.hold, settled: settled, uncertain: fact.uncertain, agent: agent(of: seat))
        guard let exchange = exchange(of: seat) else { return }
        let isWaitedFor = isWaitedFor(fact, in: exchange)
        let model = exchange.model
        contact.take(fact, from: address(of: model))
        var failures = 0
        update(seat) { exchange in
            var call = call
            if isWaitedFor {
                // A clock that was set back must not make the wait endless.
                call.waitingSince = min(call.waitingSince ?? time, time)
            } else {
                call.waitingSince = nil
                if fact.code != .unsupported { call.failures += 1 }
            }
            failures = call.failures
            exchange.phase = .failed(call, fact)
        }
        if !isWaitedFor, failures > 0, !RetryPolicy.isPaced(fact, patience: patience(of: model)) {
            retryTokens = max(0, retryTokens - RetryPolicy.costOfFailure)
        }
    }

    private mutating func reject(_ fact: AnswerRejected) {
        let repair = prompts.render(.repair, ["reasons": .list(fact.reasons.map { ["text": .text($0)] })])
        let crew = crew
        updateExchange(ofCall: fact.call) { exchange, _ in
            guard case .answered(_, let answer) = exchange.phase else { return }
            // What came beside a call of a function does not fit the call's text.
            let opaque = answer.toolCalls.isEmpty ? answer.opaque : nil
            exchange.conversation.append(
                .assistant(answer.spokenText, opaque: opaque, origin: crew.model(exchange.model)?.origin)
            )
            exchange.conversation.append(.user(repair))
            exchange.rejections += 1
            exchange.phase = .ready
        }
    }

    // MARK: - Tools

    private mutating func intend(_ fact: ToolIntended) {
        guard let index = assignmentIndex(fact.assignment) else { return }
        toolCount += 1
        let call = ToolCall(id: fact.toolCallID, name: fact.name, arguments: fact.arguments)
        let tool = PendingTool(id: fact.tool, call: call)
        switch assignments[index].exchange.phase {
        case .answered(_, let answer):
            let origin = crew.model(assignments[index].exchange.model)?.origin
            assignments[index].exchange.conversation.append(
                .assistant(answer.text, toolCalls: answer.toolCalls, opaque: answer.opaque, origin: origin)
            )
            assignments[index].exchange.rejections = 0
            assignments[index].exchange.phase = .usingTools([tool])
        case .usingTools(let tools): assignments[index].exchange.phase = .usingTools(tools + [tool])
        default: return
        }
    }

    private mutating func complete(_ fact: ToolCompleted) {
        for index in assignments.indices {
            guard case .usingTools(var tools) = assignments[index].exchange.phase,
                let position = tools.firstIndex(where: { $0.id == fact.tool })
            else { continue }
            tools[position].outcome = fact
            assignments[index].exchange.phase = .usingTools(tools)
            finishToolRound(index)
            return
        }
    }

    /// Hands the results of a round to the model once the last tool is done, in the order of its calls.
    private mutating func finishToolRound(_ index: Int) {
        guard case .usingTools(let tools) = assignments[index].exchange.phase,
            tools.allSatisfy({ $0.outcome != nil }),
            let asked = assignments[index].exchange.conversation.messages.last?.toolCalls.count, asked == tools.count
        else { return }
        for tool in tools {
            guard let outcome = tool.outcome else { continue }
            let text = dataPrompt(outcome.text)
            assignments[index].exchange.conversation.append(.toolResult(text, for: tool.call.id))
        }
        assignments[index].exchange.phase = .ready
    }
}

extension Exchange {
    fileprivate mutating func forgive() {
        rejections = 0
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

extension CallCompleted {
    /// What the model said, with a forced tool call counted as speech.
    var spokenText: String {
        let forced = toolCalls.first { $0.name == RunState.answerTool }
        return forced?.arguments ?? (text.isEmpty ? toolCalls.first?.arguments ?? "" : text)
    }

    /// What the model said, without the reasoning that stands before it.
    var answerText: String { ReasoningBlocks.removed(from: spokenText) }

    /// Whether the model, or its provider, declined to answer.
    var isRefused: Bool { refusal?.isEmpty == false || finishReason == .contentFilter }
}
