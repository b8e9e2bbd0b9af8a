import ChatModel

extension RunState {
    /// What follows from an answer: tools, an instruction, an accepted result, or its rejection.
    func decide(on answer: CallCompleted, of call: OpenCall, _ exchange: Exchange) -> Fact? {
        if answer.isRefused {
            if let fallback = fallback(for: exchange) {
                return .modelReplaced(ModelReplaced(call: answer.call, from: exchange.model, to: fallback))
            }
            let words = answer.refusal ?? ""
            let what =
                words.isEmpty
                ? "the provider's content filter stopped the answer" : "the model refused: \(words.excerpt(200))"
            return failure(of: exchange, exchange.seat.isCoordinator ? "coordinator_failed" : "refused", what)
        }
        if answer.finishReason == .length { return decide(onCutOff: answer, of: call, exchange) }
        if isToolRound(answer, of: call, exchange) {
            // After its last turn nobody would read what the tools give.
            return turnsExhausted(exchange) ?? intendTool(exchange, after: [])
        }
        if let objection = objectionToCalls(answer, of: call, exchange) {
            return reject([objection], answer, exchange)
        }
        return switch exchange.terms.form {
        case .instruction(let menu): decide(onInstruction: answer, of: call, exchange, menu)
        case .result: decide(onResult: answer, of: call, exchange)
        }
    }

    // MARK: - Tools

    private func isToolRound(
        _ answer: CallCompleted,
        of call: OpenCall,
        _ exchange: Exchange
    ) -> Bool {
        guard !answer.toolCalls.isEmpty, exchange.hasTools else { return false }
        return
            !(answer.toolCalls.contains { $0.name == Self.answerTool }
            && offeredAnswerTool(to: exchange, in: call.dialect))
    }

    /// What is wrong with an answer that calls tools of an agent that has none: nobody could make the calls, and some
    /// endpoints refuse a history of calls without the tools.
    private func objectionToCalls(
        _ answer: CallCompleted,
        of call: OpenCall,
        _ exchange: Exchange
    ) -> String? {
        guard !answer.toolCalls.isEmpty, !exchange.hasTools, exchange.terms.form == .result else { return nil }
        guard offeredAnswerTool(to: exchange, in: call.dialect) else {
            return "it calls a tool, and there are none: say the answer itself"
        }
        let isForced = answer.toolCalls.contains { $0.name == Self.answerTool }
        return isForced ? nil : "it does not call the function \"\(Self.answerTool)\""
    }

    /// The next tool of the round that the model asked for.
    func intendTool(_ exchange: Exchange, after begun: [PendingTool]) -> Fact? {
        // Nobody would read what it gives, and it would have its effect.
        guard exhaustion(of: exchange.scope)?.kind != .time else { return nil }
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
                assignment: exchange.seat.description,
                toolCallID: call.id,
                name: call.name,
                arguments: call.arguments
            )
        )
    }

    // MARK: - Instructions

    private func decide(
        onInstruction answer: CallCompleted,
        of call: OpenCall,
        _ exchange: Exchange,
        _ menu: Menu
    ) -> Fact? {
        let text = answer.answerText
        if !text.isBlank, let objection = objection(toAnswer: text, answer, exchange) {
            return reject([objection], answer, exchange)
        }
        let scope = ScopeView(self, exchange.scope)
        switch scope.readInstruction(text, schema: exchange.schema ?? menu.schema) {
        case .instruction(let instruction):
            let number = scopes[exchange.scope].coordinator.issued.count + 1
            return .instructionIssued(InstructionIssued(number: number, call: call.id, instruction: instruction))
        case .notJSON(let reason):
            if !exchange.hasTools, let lesson = ignoredFormat(call, exchange) { return lesson }
            return reject([reason], answer, exchange)
        case .illegal(let reasons): return reject(reasons, answer, exchange)
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

    private func decide(onResult answer: CallCompleted, of call: OpenCall, _ exchange: Exchange) -> Fact? {
        guard case .assignment(let id) = exchange.seat, let index = assignmentIndex(id) else { return nil }
        let assignment = assignments[index].assignment
        let text = String(answer.answerText.trimmingSpace)
        if let objection = objection(toAnswer: text, answer, exchange) { return reject([objection], answer, exchange) }
        let task = assignment.task.flatMap { scopes[exchange.scope].crew.task($0) }
        switch judge(text, schema: exchange.schema, task: task) {
        case .failure(let objections):
            if objections.isNoDocument, !exchange.hasTools, let lesson = ignoredFormat(call, exchange) { return lesson }
            return reject(objections.reasons, answer, exchange)
        case .success(let document):
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
    }

    /// What is wrong with a result.
    struct Objections: Error {
        var reasons: [String]
        /// Whether it is not even a document, though one was asked for.
        var isNoDocument = false
    }

    /// Holds a result against what its task asks of it.
    ///
    /// - Returns: The document that it is, where one is asked for.
    func judge(_ text: String, schema: JSONSchema?, task: CrewTask?) -> Result<JSONValue?, Objections> {
        var document: JSONValue?
        if let schema {
            switch Answer.document(in: text) {
            case .failure(let error):
                return .failure(Objections(reasons: ["it is not one JSON document: \(error)"], isNoDocument: true))
            case .success(let answered):
                let value = schema.removingPlaceholderNulls(from: answered)
                let violations = schema.validate(value)
                if !violations.isEmpty { return .failure(Objections(reasons: violations.map(\.description))) }
                document = value
            }
        }
        let objections = objections(to: text, document, task)
        return objections.isEmpty ? .success(document) : .failure(Objections(reasons: objections))
    }

    private func objections(to text: String, _ document: JSONValue?, _ task: CrewTask?) -> [String] {
        (task?.accept ?? []).compactMap { criterion in
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
    func reject(_ reasons: [String], _ answer: CallCompleted, _ exchange: Exchange) -> Fact {
        if exchange.rejections < Self.maximumRejections {
            return .answerRejected(AnswerRejected(call: answer.call, reasons: reasons))
        }
        if let fallback = fallback(for: exchange) {
            return .modelReplaced(ModelReplaced(call: answer.call, from: exchange.model, to: fallback))
        }
        let last = reasons.joined(separator: "; ") + (answer.finishReason == .length ? outputLimit(exchange) : "")
        guard exchange.seat.isCoordinator else {
            return failure(of: exchange, "answer_rejected", "no acceptable answer after three; the last: \(last)")
        }
        return failure(
            of: exchange,
            "coordinator_failed",
            "no usable instruction after three answers; the last: \(last)"
        )
    }
}
