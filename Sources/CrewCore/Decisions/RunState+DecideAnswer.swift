import ChatModel

extension RunState {
    /// What follows from an answer: tools, an instruction, an accepted result, or its rejection.
    func decide(on answer: CallCompleted, of call: OpenCall, _ seat: Seat, _ exchange: Exchange) -> Fact? {
        if answer.isRefused {
            if let fallback = fallback(for: exchange) {
                return .modelReplaced(ModelReplaced(call: answer.call, from: exchange.model, to: fallback))
            }
            let words = answer.refusal ?? ""
            let what =
                words.isEmpty
                ? "the provider's content filter stopped the answer" : "the model refused: \(words.excerpt(200))"
            return failure(of: seat, seat == .coordinator ? "coordinator_failed" : "refused", what)
        }
        if answer.finishReason == .length { return decide(onCutOff: answer, of: call, seat, exchange) }
        if isToolRound(answer, of: call, seat, exchange) {
            // After its last turn nobody would read what the tools give.
            return turnsExhausted(seat, exchange) ?? intendTool(seat, exchange, after: [])
        }
        if let objection = objectionToCalls(answer, of: call, seat, exchange) {
            return reject([objection], answer, seat, exchange)
        }
        switch seat {
        case .coordinator: return decide(onInstruction: answer, of: call, exchange)
        case .assignment(let id): return decide(onResult: answer, of: call, id, exchange)
        }
    }

    // MARK: - Tools

    private func isToolRound(
        _ answer: CallCompleted,
        of call: OpenCall,
        _ seat: Seat,
        _ exchange: Exchange
    ) -> Bool {
        guard !answer.toolCalls.isEmpty, case .assignment = seat, hasTools(seat) else { return false }
        return
            !(answer.toolCalls.contains { $0.name == Self.answerTool }
            && offeredAnswerTool(to: seat, exchange, in: call.dialect))
    }

    /// What is wrong with an answer that calls tools of an agent that has none: nobody could make the calls, and some
    /// endpoints refuse a history of calls without the tools.
    private func objectionToCalls(
        _ answer: CallCompleted,
        of call: OpenCall,
        _ seat: Seat,
        _ exchange: Exchange
    ) -> String? {
        guard !answer.toolCalls.isEmpty, case .assignment = seat, !hasTools(seat) else { return nil }
        guard offeredAnswerTool(to: seat, exchange, in: call.dialect) else {
            return "it calls a tool, and there are none: say the answer itself"
        }
        let isForced = answer.toolCalls.contains { $0.name == Self.answerTool }
        return isForced ? nil : "it does not call the function \"\(Self.answerTool)\""
    }

    /// The next tool of the round that the model asked for.
    func intendTool(_ seat: Seat, _ exchange: Exchange, after begun: [PendingTool]) -> Fact? {
        guard case .assignment(let assignment) = seat else { return nil }
        let asked: [ToolCall]
        if case .answered(_, let answer) = exchange.phase {
            asked = answer.toolCalls
        } else {
            asked = exchange.conversation.messages.last?.toolCalls ?? []
        }
        guard begun.count < asked.count else { return nil }
        let call = asked[begun.count]
        return .toolIntended(
            ToolIntended(
                tool: "t\(toolCount + 1)",
                assignment: assignment,
                toolCallID: call.id,
                name: call.name,
                arguments: call.arguments
            )
        )
    }

    // MARK: - Instructions

    private func decide(onInstruction answer: CallCompleted, of call: OpenCall, _ exchange: Exchange) -> Fact? {
        let text = answer.answerText
        if !text.isBlank, let objection = objection(toAnswer: text, answer, .coordinator) {
            return reject([objection], answer, .coordinator, exchange)
        }
        switch scope.readInstruction(text, schema: exchange.schema ?? coordinator.menu.schema) {
        case .instruction(let instruction):
            return .instructionIssued(
                InstructionIssued(number: coordinator.issued.count + 1, call: call.id, instruction: instruction)
            )
        case .notJSON(let reason):
            if let lesson = ignoredFormat(call, exchange) { return lesson }
            return reject([reason], answer, .coordinator, exchange)
        case .illegal(let reasons): return reject(reasons, answer, .coordinator, exchange)
        }
    }

    /// An endpoint that was told to enforce a schema and sends prose may not know how: the run tries the next rung.
    private func ignoredFormat(_ call: OpenCall, _ exchange: Exchange) -> Fact? {
        guard dialect(of: exchange.model).structuredOutput == call.dialect.structuredOutput,
            let dialect = dialect(of: exchange.model, without: .structuredOutput)
        else { return nil }
        return .dialectLearned(
            DialectLearned(
                model: exchange.model,
                dialect: dialect,
                withdrawn: .structuredOutput,
                evidence: .ignored
            )
        )
    }

    // MARK: - Results

    private func decide(onResult answer: CallCompleted, of call: OpenCall, _ id: String, _ exchange: Exchange) -> Fact?
    {
        guard let index = assignmentIndex(id) else { return nil }
        let assignment = assignments[index].assignment
        let text = String(answer.answerText.trimmingSpace)
        if let objection = objection(toAnswer: text, answer, .assignment(id)) {
            return reject([objection], answer, .assignment(id), exchange)
        }
        var document: JSONValue?
        if let schema = exchange.schema {
            switch Answer.document(in: text) {
            case .failure(let error):
                if !hasTools(.assignment(id)), let lesson = ignoredFormat(call, exchange) {
                    return lesson
                }
                return reject(["it is not one JSON document: \(error)"], answer, .assignment(id), exchange)
            case .success(let answered):
                let value = schema.removingPlaceholderNulls(from: answered)
                let violations = schema.validate(value)
                if !violations.isEmpty {
                    return reject(violations.map(\.description), answer, .assignment(id), exchange)
                }
                document = value
            }
        }
        let objections = objections(to: text, document, task: assignment.task)
        if !objections.isEmpty { return reject(objections, answer, .assignment(id), exchange) }
        return .resultAccepted(
            AcceptedResult(
                id: "r\(results.count + 1)",
                assignment: id,
                agent: assignment.agent,
                task: assignment.task,
                text: document?.jsonText ?? text,
                isStructured: document != nil
            )
        )
    }

    private func objections(to text: String, _ document: JSONValue?, task: String?) -> [String] {
        guard let task = task.flatMap({ crew.task($0) }) else { return [] }
        return task.accept.compactMap { criterion in
            switch criterion {
            case .assertion(let source):
                guard let assertion = try? Assertion(source) else { return "the criterion cannot be read: \(source)" }
                let outcome = document.map(assertion.evaluate) ?? assertion.evaluate(prose: text)
                return outcome.holds ? nil : outcome.reason
            }
        }
    }

    // MARK: - Rejections

    /// Sends an answer back, or gives its model up when that was done often enough.
    func reject(_ reasons: [String], _ answer: CallCompleted, _ seat: Seat, _ exchange: Exchange) -> Fact {
        if exchange.rejections < Self.maximumRejections {
            return .answerRejected(AnswerRejected(call: answer.call, reasons: reasons))
        }
        if let fallback = fallback(for: exchange) {
            return .modelReplaced(ModelReplaced(call: answer.call, from: exchange.model, to: fallback))
        }
        let last = reasons.joined(separator: "; ") + (answer.finishReason == .length ? outputLimit(exchange) : "")
        switch seat {
        case .coordinator:
            return failure(
                of: seat,
                "coordinator_failed",
                "no usable instruction after three answers; the last: \(last)"
            )
        case .assignment:
            return failure(of: seat, "answer_rejected", "no acceptable answer after three; the last: \(last)")
        }
    }
}
