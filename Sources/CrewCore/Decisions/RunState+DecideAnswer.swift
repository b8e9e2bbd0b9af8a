import ChatModel

extension RunState {
    /// What follows from an answer: tools, an instruction, an accepted result, or its rejection.
    func decide(on answer: CallCompleted, of call: OpenCall, _ speaker: Speaker, _ dialogue: Dialogue) -> Fact? {
        if answer.isRefused {
            if let fallback = fallback(for: dialogue) {
                return .modelReplaced(ModelReplaced(call: answer.call, from: dialogue.model, to: fallback))
            }
            let words = answer.refusal ?? ""
            let what =
                words.isEmpty
                ? "the provider's content filter stopped the answer" : "the model refused: \(words.excerpt(200))"
            return failure(of: speaker, speaker == .coordinator ? "coordinator_failed" : "refused", what)
        }
        if answer.finishReason == .length { return decide(onCutOff: answer, of: call, speaker, dialogue) }
        if isToolRound(answer, of: call, speaker, dialogue) {
            // After its last turn nobody would read what the tools give.
            return turnsExhausted(speaker, dialogue) ?? intendTool(speaker, dialogue, after: [])
        }
        switch speaker {
        case .coordinator: return decide(onInstruction: answer, of: call, dialogue)
        case .assignment(let id): return decide(onResult: answer, of: call, id, dialogue)
        }
    }

    // MARK: - Tools

    private func isToolRound(
        _ answer: CallCompleted,
        of call: OpenCall,
        _ speaker: Speaker,
        _ dialogue: Dialogue
    ) -> Bool {
        guard !answer.toolCalls.isEmpty, case .assignment = speaker else { return false }
        return
            !(answer.toolCalls.contains { $0.name == Self.answerTool }
            && offeredAnswerTool(to: speaker, dialogue, in: call.dialect))
    }

    /// The next tool of the round that the model asked for.
    func intendTool(_ speaker: Speaker, _ dialogue: Dialogue, after begun: [PendingTool]) -> Fact? {
        guard case .assignment(let assignment) = speaker else { return nil }
        let asked: [ToolCall]
        if case .answered(_, let answer) = dialogue.phase {
            asked = answer.toolCalls
        } else {
            asked = dialogue.conversation.messages.last?.toolCalls ?? []
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

    private func decide(onInstruction answer: CallCompleted, of call: OpenCall, _ dialogue: Dialogue) -> Fact? {
        let text = answer.answerText
        if !text.isBlank, let objection = objection(toAnswer: text, answer, .coordinator) {
            return reject([objection], answer, .coordinator, dialogue)
        }
        let menu = coordinator.menu
        switch readInstruction(text, menu: menu, schema: dialogue.schema ?? menu.schema) {
        case .instruction(let instruction):
            return .instructionIssued(
                InstructionIssued(number: coordinator.issued.count + 1, call: call.id, instruction: instruction)
            )
        case .notJSON(let reason):
            if let lesson = ignoredFormat(call, dialogue) { return lesson }
            return reject([reason], answer, .coordinator, dialogue)
        case .illegal(let reasons): return reject(reasons, answer, .coordinator, dialogue)
        }
    }

    /// An endpoint that was told to enforce a schema and sends prose does not know how: the next rung is tried.
    private func ignoredFormat(_ call: OpenCall, _ dialogue: Dialogue) -> Fact? {
        var dialect = dialects[dialogue.model] ?? .compatible
        guard dialect.structuredOutput == call.dialect.structuredOutput, dialect.withdraw(.structuredOutput) else {
            return nil
        }
        return .dialectLearned(DialectLearned(model: dialogue.model, dialect: dialect, withdrawn: .structuredOutput))
    }

    // MARK: - Results

    private func decide(onResult answer: CallCompleted, of call: OpenCall, _ id: String, _ dialogue: Dialogue) -> Fact?
    {
        guard let index = assignmentIndex(id) else { return nil }
        let assignment = assignments[index].assignment
        let text = String(answer.answerText.trimmingSpace)
        if let objection = objection(toAnswer: text, answer, .assignment(id)) {
            return reject([objection], answer, .assignment(id), dialogue)
        }
        var document: JSONValue?
        if let schema = dialogue.schema {
            switch Answer.document(in: text) {
            case .failure(let error):
                if !hasTools(.assignment(id)), let lesson = ignoredFormat(call, dialogue) {
                    return lesson
                }
                return reject(["it is not one JSON document: \(error)"], answer, .assignment(id), dialogue)
            case .success(let answered):
                let value = schema.removingPlaceholderNulls(from: answered)
                let violations = schema.validate(value)
                if !violations.isEmpty {
                    return reject(violations.map(\.description), answer, .assignment(id), dialogue)
                }
                document = value
            }
        }
        let objections = objections(to: text, document, task: assignment.task)
        if !objections.isEmpty { return reject(objections, answer, .assignment(id), dialogue) }
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
    func reject(_ reasons: [String], _ answer: CallCompleted, _ speaker: Speaker, _ dialogue: Dialogue) -> Fact {
        if dialogue.rejections < Self.maximumRejections {
            return .answerRejected(AnswerRejected(call: answer.call, reasons: reasons))
        }
        if let fallback = fallback(for: dialogue) {
            return .modelReplaced(ModelReplaced(call: answer.call, from: dialogue.model, to: fallback))
        }
        let last = reasons.joined(separator: "; ") + (answer.finishReason == .length ? outputLimit(dialogue) : "")
        switch speaker {
        case .coordinator:
            return failure(
                of: speaker,
                "coordinator_failed",
                "no usable instruction after three answers; the last: \(last)"
            )
        case .assignment:
            return failure(of: speaker, "answer_rejected", "no acceptable answer after three; the last: \(last)")
        }
    }
}
