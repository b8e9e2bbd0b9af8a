import ChatModel

extension ScopeView {
    /// The end with success.
    func finishing(_ answer: String?, _ named: [String]) -> Fact {
        let own = answerResults
        let text = crew.tasks.isEmpty ? answer : nil
        return .runEnded(
            RunEnded(
                status: .finished,
                code: nil,
                message: nil,
                answer: text ?? joined(own),
                results: named,
                missing: []
            )
        )
    }

    /// The end with success of a crew that owes nothing any more.
    func finishing() -> Fact { finishing(nil, answerResults.map(\.id)) }

    /// The end at a limit, with the best that was accepted; a run that owes nothing any more has finished.
    func ending() -> Fact {
        if owesNothing { return finishing() }
        return ending(
            .limited,
            code: exhausted?.account == nil ? "limit_\(exhausted?.kind.rawValue ?? "reached")" : "limit_account",
            message: exhausted?.message ?? ""
        )
    }

    /// An end without success, with the best that was accepted.
    func ending(_ status: RunStatus, code: String, message: String) -> Fact {
        let own = answerResults
        // Where the run's own crew has accepted nothing, what a crew within has is the best there is.
        let last = results.suffix(1).isEmpty && isOutermost ? latestOfAll : results.suffix(1)
        let partial = own.isEmpty ? last : own[...]
        return .runEnded(
            RunEnded(
                status: status,
                code: code,
                message: message,
                answer: partial.isEmpty ? nil : joined(Array(partial)),
                results: results.map(\.id),
                missing: missingTasks
            )
        )
    }

    private func joined(_ results: [AcceptedResult]) -> String {
        guard results.count > 1 else { return results.first?.text ?? "" }
        return results.map { "## \($0.task ?? $0.id)\n\n\($0.text)" }.joined(separator: "\n\n")
    }
}

extension RunState {
    /// The end of a crew's work at a limit; without one, of the run's.
    func ending(in scope: Int = 0) -> Fact { ScopeView(self, scope).ending() }

    /// An end without success, with the best that was accepted.
    func ending(_ status: RunStatus, code: String, message: String, in scope: Int = 0) -> Fact {
        ScopeView(self, scope).ending(status, code: code, message: message)
    }
}
