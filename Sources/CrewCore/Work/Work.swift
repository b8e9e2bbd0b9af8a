public import ChatModel

/// What an executor has to do for a run: an effect whose intent is recorded.
public enum Work: Sendable, Hashable {
    /// Call a model.
    case callModel(ModelCall)
    /// Call a tool.
    case callTool(ToolWork)

    /// A model call to perform.
    public struct ModelCall: Sendable, Hashable, Codable {
        /// The logical call.
        public let call: String
        /// Which try at it this is, counted from 1.
        public let attempt: Int
        /// Who asks.
        public let seat: Seat
        /// The crew's name of the model.
        public let model: String
        /// What to send.
        public let request: ChatRequest
        /// What the budget holds for it.
        public let hold: Amounts
        /// The price at which it is settled.
        public let price: Price?
    }

    /// A tool call to perform.
    public struct ToolWork: Sendable, Hashable, Codable {
        /// The tool call's identifier in the run.
        public let id: String
        /// Who calls, by the names that lead there: `writer`, `press/writer`.
        public let agent: String
        /// Whose exchange it is: an assignment's, or a coordinator's.
        public let seat: Seat
        /// The task of the assignment; `nil` for one without, and for a coordinator.
        public let task: String?
        /// The tool's name.
        public let name: String
        /// The model's arguments.
        public let arguments: String
    }
}

extension RunState {
    /// The effect that an intent asks for; `nil` for facts that are no intents.
    public func work(for fact: Fact) -> Work? {
        switch fact {
        case .callIntended(let intent):
            guard let exchange = exchange(of: intent.seat), var request = request(for: exchange) else { return nil }
            request.maximumOutput = intent.maximumOutput
            request.timeout = max(1, min(request.timeout, Int(timeLeft(at: clock, in: exchange.scope))))
            return .callModel(
                Work.ModelCall(
                    call: intent.call,
                    attempt: intent.attempt,
                    seat: intent.seat,
                    model: intent.model,
                    request: request,
                    hold: intent.hold,
                    price: intent.price
                )
            )
        case .toolIntended(let intent):
            guard let exchange = exchange(of: Seat(intent.assignment)) else { return nil }
            return .callTool(toolWork(intent.tool, intent.name, intent.arguments, of: exchange))
        default: return nil
        }
    }

    /// The tool calls that were cut off and may be made again.
    public var interruptedTools: [Work] {
        exchanges.flatMap { exchange -> [Work] in
            guard case .usingTools(let tools) = exchange.phase else { return [] }
            return tools.filter { $0.outcome == nil && $0.wasInterrupted }.map { tool in
                .callTool(toolWork(tool.id, tool.call.name, tool.call.arguments, of: exchange))
            }
        }
    }

    private func toolWork(_ id: String, _ name: String, _ arguments: String, of exchange: Exchange) -> Work.ToolWork {
        var task: String?
        if case .assignment(let assignment) = exchange.seat, let index = assignmentIndex(assignment) {
            task = assignments[index].assignment.task
        }
        return Work.ToolWork(
            id: id,
            agent: exchange.terms.member,
            seat: exchange.seat,
            task: task,
            name: name,
            arguments: arguments
        )
    }
}

extension Money {
    /// The most that a provider's word on the cost of one call counts for; what is dearer than any call is a mistake or a
    /// lie, and must not use up the accounts of other crews.
    fileprivate static let largestBilled = Money(picodollars: 100_000_000_000_000)
}

extension Work.ModelCall {
    /// 408, 502 and 504 of RFC 9110, 520 and 524 of Cloudflare: the server behind may have gone on.
    private static let gatewayTimeouts: Set<Int> = [408, 502, 504, 520, 524]

    /// The fact that an answer is, with what it cost.
    ///
    /// The tokens are the endpoint's where its count can be true, and otherwise those of the hold. What the call cost is
    /// what they cost by the price that was pinned, or what the provider itself says, whichever is dearer: a budget must
    /// not be passed because a table of prices is old.
    public func outcome(_ response: ChatResponse) -> Fact {
        let bound = TokenUsage(input: request.inputTokenBound, output: request.maximumOutput)
        let counted = response.soundUsage(for: request)
        let usage = counted ?? (response.isCached ? .zero : bound)
        let reckoned = price?.cost(of: usage) ?? .zero
        return .callCompleted(
            CallCompleted(
                call: call,
                attempt: attempt,
                text: response.text,
                toolCalls: response.toolCalls,
                opaque: response.opaque,
                refusal: response.refusal,
                finishReason: response.finishReason,
                usage: usage,
                isEstimated: counted == nil && !response.isCached,
                cost: response.isCached ? .zero : max(reckoned, min(response.providerCost ?? .zero, .largestBilled)),
                providerCost: response.isCached ? nil : response.providerCost,
                isCached: response.isCached
            )
        )
    }

    /// The fact that a failure is, with what may be billed for it all the same.
    public func outcome(_ error: ChatError) -> Fact {
        // An answer with an error status is not billed; a connection that broke may hide one that is, and so may a
        // gateway that no longer waited for the server behind it.
        let mayBeBilled =
            error.wasSent
            && error.mayBeBilled ?? error.status.map { $0 < 400 || Self.gatewayTimeouts.contains($0) } ?? true
        return .callFailed(
            CallFailed(
                call: call,
                attempt: attempt,
                code: error.code,
                message: error.message,
                status: error.status,
                retryAfter: error.retryAfter,
                serverSaysRetry: error.serverSaysRetry,
                feature: error.feature,
                concernsContent: error.concernsContent ? true : nil,
                uncertain: mayBeBilled ? Amounts(money: hold.money, tokens: hold.tokens) : .zero,
                // Where nobody was reached no call was made, whether or not it is worth waiting.
                isWait: error.isWait || (error.code == .unreachable && !error.wasSent) ? true : nil
            )
        )
    }
}
