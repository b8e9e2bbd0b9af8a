import ChatModel

/// What is wrong with an answer before it is read: it is cut off, or it is none.
extension RunState {
    /// Why what a model said is no answer at all, whatever was asked; `nil` when it may be one.
    ///
    /// - Parameters:
    ///   - text: What it said, without reasoning and without white space at its ends.
    ///   - answer: The answer.
    ///   - exchange: Where it was asked.
    func objection(toAnswer text: String, _ answer: CallCompleted, _ exchange: Exchange) -> String? {
        if text.isEmpty {
            return answer.spokenText.isBlank
                ? "it is empty" : "it is empty but for the reasoning before it: give the answer"
        }
        // Several documents at once leave open which is meant.
        if answer.toolCalls.count > 1, Set(answer.toolCalls.map(\.arguments)).count > 1 {
            return "it holds \(answer.toolCalls.count) answers: give one"
        }
        if ToolCallText.isToolCall(text, tools: exchange.terms.tools.tools.map(\.name)) {
            return
                "it is a tool call written as text, which calls nothing: call tools as tools are called, or give the answer"
        }
        // A coordinator's words are not handed on as they are, but for its answer, which is looked at when it is read.
        if exchange.terms.form == .result, mark.isContained(in: text) { return "it \(Self.echo)" }
        return nil
    }

    /// What is wrong with a text that holds the marks between which data stands in the run's prompts.
    static let echo = "repeats what was asked, data marks included: answer in your own words"

    // MARK: - The output limit

    /// What follows from an answer that was cut off: it is asked for again, more briefly, where that can help.
    ///
    /// Where reasoning has used up the limit it cannot: the same would be thought and paid for again. Another model may
    /// manage with it; otherwise a person has to raise it.
    func decide(onCutOff answer: CallCompleted, of call: OpenCall, _ exchange: Exchange) -> Fact {
        guard isAllReasoning(answer, of: call, exchange) else {
            let reason = "it was cut off after \(call.maximumOutput) tokens: answer more briefly"
            return reject([reason], answer, exchange)
        }
        if let fallback = fallback(for: exchange) {
            return .modelReplaced(ModelReplaced(call: answer.call, from: exchange.model, to: fallback))
        }
        let code = exchange.seat.isCoordinator ? "coordinator_failed" : "output_limit"
        let words = "the model generated all \(call.maximumOutput) tokens that it may, and no answer"
        return failure(of: exchange, code, words + outputLimit(exchange))
    }

    /// Whether nothing was generated but reasoning.
    private func isAllReasoning(
        _ answer: CallCompleted,
        of call: OpenCall,
        _ exchange: Exchange
    ) -> Bool {
        guard answer.answerText.isBlank else { return false }
        if !answer.spokenText.isBlank { return true }
        // What was begun of a tool call is not kept, so that only the count tells it from reasoning.
        if answer.usage.reasoning > 0 {
            return answer.usage.output.subtractingWithSaturation(answer.usage.reasoning) <= answer.usage.output / 10
        }
        return !exchange.hasTools && (exchange.schema == nil || call.dialect.structuredOutput != .toolCall)
    }

    /// What a person can do about an answer that was cut off.
    func outputLimit(_ exchange: Exchange) -> String {
        guard let model = model(exchange.model) else { return "" }
        return "; reasoning counts in the limit, which is max_output of the model \"\(model.name)\" "
            + "(\(model.maximumOutput) tokens, or what the budget leaves): raise it, or lower reasoning_effort"
    }
}
