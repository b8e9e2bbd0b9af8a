package import ChatModel
package import CrewCore

/// The last words on a run: how it ended, what it took, and what can be done about it.
package enum Summary {
    /// The lines for standard error.
    ///
    /// - Parameters:
    ///   - result: What came of the run.
    ///   - store: The value of `--store` that the next command needs to find the run.
    ///   - trouble: What is known of the provider's failures.
    ///   - resultsAreShown: Whether what was accepted is printed anyway.
    package static func lines(
        _ result: RunResult,
        store: String?,
        trouble: ProviderTrouble = ProviderTrouble(),
        resultsAreShown: Bool = false
    ) -> [StyledLine] {
        var line = StyledLine(result.status.rawValue, style(result.status))
        var parts = [
            cost(result), Numbers.count(result.calls, "call"),
            Numbers.count(result.usage.total, "token"), Numbers.duration(result.duration), "run \(result.run)",
        ]
        if result.uncertainCost > .zero {
            parts[0] += " (+ up to \(Numbers.money(result.uncertainCost)) for calls whose answers were lost)"
        }
        line.append(" · " + parts.joined(separator: " · "))
        var lines = [line]
        if result.overrun > .zero {
            let words =
                "\(Numbers.money(result.overrun)) above the limit: an endpoint billed more than it was asked for"
            lines.append(labelled("over", words))
        }
        if result.bill.differs { lines.append(labelled("billed", billed(result.bill))) }
        guard result.status != .finished else { return lines }
        if let message = result.message, !message.isEmpty {
            lines.append(labelled("why", message + (result.code.map { " (\($0))" } ?? "")))
        }
        let explanation = trouble.explanation(of: result)
        if let cause = explanation.cause { lines.append(labelled("because", cause)) }
        if let hint = explanation.hint { lines.append(labelled("hint", hint)) }
        if !result.missing.isEmpty { lines.append(labelled("missing", result.missing.joined(separator: ", "))) }
        if !resultsAreShown, result.status != .limited, !result.results.isEmpty {
            let count = Numbers.count(result.results.count, "accepted result")
            lines.append(labelled("done", "\(count): \(show(result.run, store))"))
        }
        if let command = command(result, store) { lines.append(labelled("next", command)) }
        return lines
    }

    /// The command that brings the run on.
    package static func command(_ result: RunResult, _ store: String?) -> String? {
        let location = location(store)
        let resume = "crew resume \(result.run)"
        switch result.status {
        case .finished: return nil
        case .waiting: return "\(resume) --unknown-tools retry\(location)  (or skip)"
        case .failed where result.code == ChatError.Code.unknownModel.rawValue:
            return "correct the model or its endpoint and begin a new run: this one keeps those that it began with"
        case .interrupted, .running, .failed: return resume + location
        case .limited:
            switch result.code {
            case "limit_money": return "\(resume) --budget USD\(location)  (a larger one)"
            case "limit_tokens": return "\(resume) --limit-tokens N\(location)  (more)"
            case "limit_calls": return "\(resume) --limit-calls N\(location)  (more)"
            case "limit_instructions": return "\(resume) --limit-instructions N\(location)  (more)"
            case "limit_account":
                return "crew budget\(location) shows the accounts and gives them more; then \(resume)\(location)"
            case "limit_time": return "\(resume) --limit-time TIME\(location)  (more)"
            default: return show(result.run, store)
            }
        }
    }

    /// The command that shows what happened in a run.
    package static func show(_ run: String, _ store: String?) -> String { "crew show \(run)\(location(store))" }

    /// The option that names the store, where one is needed.
    package static func location(_ store: String?) -> String { store.map { " --store \(ShellWord.quoted($0))" } ?? "" }

    /// What it cost; of models without a known price nothing can be said.
    package static func cost(_ result: RunResult) -> String {
        result.isPriced || result.uncertainCost > .zero ? Numbers.money(result.cost) : "no price"
    }

    private static func billed(_ bill: ProviderBill) -> String {
        let calls = Numbers.count(bill.calls, "call")
        let said = "the provider says \(Numbers.money(bill.billed)) for \(calls)"
        return bill.reckoned == .zero
            ? "\(said), of which no price is known here: its word counts"
            : "\(said) of \(Numbers.money(bill.reckoned)) by the price known here: the dearer counts, call by call"
    }

    private static func labelled(_ label: String, _ text: String) -> StyledLine {
        var line = StyledLine("  \(label): ", .faint)
        line.append(text)
        return line
    }

    private static func style(_ status: RunStatus) -> StyledLine.Style {
        switch status {
        case .finished: .good
        case .failed: .bad
        default: .odd
        }
    }
}
