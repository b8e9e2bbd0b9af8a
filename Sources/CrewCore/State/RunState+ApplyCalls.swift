import ChatModel

/// What calls change, whoever makes them.
extension RunState {
    mutating func intend(_ fact: CallIntended) {
        if fact.attempt == 1 { callCount += 1 }
        // The board is written before the hold is taken: the request must be the one for which the hold was reckoned.
        if case .coordinator(let assignment) = fact.seat, let scope = scopeIndex(of: assignment), scopes[scope].isOpen,
            exchangeIndex(of: fact.seat) == nil
        {
            let proposal = scopes[scope].coordinator.proposal?.exchange
            exchanges.append(proposal ?? openCoordinatorExchange(menu(in: scope), in: scope))
        }
        guard let index = exchangeIndex(of: fact.seat) else { return }
        ledger.hold(fact.hold, on: exchanges[index].terms.account)
        let before = exchanges[index].openCall
        if let recipient = recipient(fact.model) {
            exchanges[index].conversation = exchanges[index].conversation.addressed(to: recipient)
        }
        var call = OpenCall(
            id: fact.call,
            attempt: fact.attempt,
            hold: fact.hold,
            price: fact.price,
            maximumOutput: fact.maximumOutput,
            dialect: fact.dialect
        )
        call.failures = before?.failures ?? 0
        call.waitingSince = before?.waitingSince
        exchanges[index].phase = .calling(call)
    }

    /// The call of that identifier, if this attempt at it is under way: a hold is settled once, by its own outcome.
    private func callUnderWay(_ id: String, attempt: Int?) -> (Int, OpenCall)? {
        guard let index = exchangeIndex(ofCall: id), case .calling(let call) = exchanges[index].phase,
            attempt ?? call.attempt == call.attempt
        else { return nil }
        return (index, call)
    }

    mutating func complete(_ fact: CallCompleted) {
        guard let (index, call) = callUnderWay(fact.call, attempt: fact.attempt) else { return }
        let used = Amounts(money: fact.cost, tokens: fact.isCached ? 0 : fact.usage.total, calls: call.hold.calls)
        ledger.settle(hold: call.hold, settled: used, uncertain: .zero, on: exchanges[index].terms.account)
        if !fact.isCached { usage += fact.usage }
        if let said = fact.providerCost { bill.add(said, reckoned: call.price?.cost(of: fact.usage) ?? .zero) }
        completedCalls += 1
        retryTokens = min(RetryPolicy.fullBucket, retryTokens + RetryPolicy.gainOfSuccess)
        if !fact.isCached { contact.hear(address(of: exchanges[index].model)) }
        exchanges[index].turns += 1
        exchanges[index].phase = .answered(call, fact)
    }

    mutating func fail(_ fact: CallFailed, at time: Int64) {
        guard var (index, call) = callUnderWay(fact.call, attempt: fact.attempt) else { return }
        ledger.settle(
            hold: call.hold,
            settled: fact.settled(of: call.hold),
            uncertain: fact.uncertain,
            on: exchanges[index].terms.account
        )
        let isWaitedFor = isWaitedFor(fact, in: exchanges[index])
        let model = exchanges[index].model
        contact.take(fact, from: address(of: model))
        if isWaitedFor {
            // A clock that was set back must not make the wait endless.
            call.waitingSince = min(call.waitingSince ?? time, time)
        } else {
            call.waitingSince = nil
            if fact.code != .unsupported { call.failures += 1 }
        }
        exchanges[index].phase = .failed(call, fact)
        if !isWaitedFor, call.failures > 0, !RetryPolicy.isPaced(fact, patience: patience(of: model)) {
            retryTokens = max(0, retryTokens - RetryPolicy.costOfFailure)
        }
    }

    mutating func replace(_ fact: ModelReplaced) {
        updateExchange(ofCall: fact.call) { exchange, call in
            exchange.failedModels.append(fact.from)
            exchange.model = fact.to
            exchange.rejections = 0
            var call = call
            call.failures = 0
            call.waitingSince = nil
            exchange.phase = .waiting(call, until: 0)
        }
    }

    mutating func reject(_ fact: AnswerRejected) {
        let repair = prompts.render(.repair, ["reasons": .list(fact.reasons.map { ["text": .text($0)] })])
        guard let index = exchangeIndex(ofCall: fact.call), case .answered(_, let answer) = exchanges[index].phase
        else {
            return
        }
        // What came beside a call of a function does not fit the call's text.
        let opaque = answer.toolCalls.isEmpty ? answer.opaque : nil
        exchanges[index].conversation.append(
            .assistant(answer.spokenText, opaque: opaque, origin: model(exchanges[index].model)?.origin)
        )
        exchanges[index].conversation.append(.user(repair))
        exchanges[index].rejections += 1
        exchanges[index].phase = .ready
    }

    // MARK: - Tools

    mutating func intend(_ fact: ToolIntended) {
        guard let index = exchangeIndex(of: Seat(fact.assignment)) else { return }
        toolCount += 1
        let call = ToolCall(id: fact.toolCallID, name: fact.name, arguments: fact.arguments)
        let tool = PendingTool(id: fact.tool, call: call)
        switch exchanges[index].phase {
        case .answered(_, let answer):
            exchanges[index].conversation.append(
                .assistant(
                    answer.text,
                    toolCalls: answer.toolCalls,
                    opaque: answer.opaque,
                    origin: model(exchanges[index].model)?.origin
                )
            )
            exchanges[index].rejections = 0
            exchanges[index].phase = .usingTools([tool])
        case .usingTools(let tools): exchanges[index].phase = .usingTools(tools + [tool])
        default: return
        }
    }

    mutating func complete(_ fact: ToolCompleted) {
        for index in exchanges.indices {
            guard case .usingTools(var tools) = exchanges[index].phase,
                let position = tools.firstIndex(where: { $0.id == fact.tool })
            else { continue }
            tools[position].outcome = fact
            exchanges[index].phase = .usingTools(tools)
            finishToolRound(index)
            return
        }
    }

    /// Hands the results of a round to the model once the last tool is done, in the order of its calls.
    mutating func finishToolRound(_ index: Int) {
        guard case .usingTools(let tools) = exchanges[index].phase,
            tools.allSatisfy({ $0.outcome != nil }),
            let asked = exchanges[index].conversation.messages.last?.toolCalls.count, asked == tools.count
        else { return }
        for tool in tools {
            guard let outcome = tool.outcome else { continue }
            exchanges[index].conversation.append(.toolResult(dataPrompt(outcome.text), for: tool.call.id))
        }
        exchanges[index].phase = .ready
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
