import ChatModel

extension RunState {
    /// The results that make up the run's answer, as far as they are there.
    var answerResults: [AcceptedResult] {
        if let aggregation { return [aggregation] }
        return answerTasks.compactMap { result(ofTask: $0) }
    }

    /// What a concurrent process's aggregator delivered.
    var aggregation: AcceptedResult? {
        guard crew.process.pattern == .concurrent, crew.process.aggregator != nil else { return nil }
        return results.last { $0.task == nil }
    }

    /// The tasks whose results are the answer: the one that the process names; otherwise the last required one, or, where
    /// tasks run side by side, all that no other builds on.
    private var answerTasks: [String] {
        if let task = crew.process.answer { return [task] }
        guard crew.process.pattern == .concurrent else {
            let last = crew.tasks.last(where: \.isRequired) ?? crew.tasks.last { latestResults[$0.name] != nil }
            return last.map { [$0.name] } ?? []
        }
        let needed = Set(crew.tasks.flatMap(\.needs))
        return crew.tasks.map(\.name).filter { !needed.contains($0) }
    }

    /// Whether every required task has an accepted result and there is an answer: only then may a run end with success.
    var owesNothing: Bool {
        guard !crew.tasks.isEmpty, missingTasks.isEmpty, !answerResults.isEmpty else { return false }
        return crew.process.aggregator == nil || aggregation != nil
    }

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

    /// The end at a limit, with the best that was accepted; a run that owes nothing any more has finished.
    func ending() -> Fact {
        if owesNothing {
            return finishing(nil, answerResults.map(\.id))
        }
        return ending(
            .limited,
            code: exhausted?.account == nil ? "limit_\(exhausted?.kind.rawValue ?? "reached")" : "limit_account",
            message: exhausted?.message ?? ""
        )
    }

    /// An end without success, with the best that was accepted.
    func ending(_ status: RunStatus, code: String, message: String) -> Fact {
        let partial = answerResults.isEmpty ? results.suffix(1) : answerResults[...]
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

    /// The end that follows when a required task cannot be done.
    func endingAfterFailure(of task: String) -> Fact {
        let own = assignments.last { $0.isFailed && $0.assignment.task == task }
        guard let failed = own ?? assignments.last(where: { $0.isFailed && $0.assignment.task != nil }) else {
            return ending(.failed, code: "task_failed", message: "the task \"\(task)\" could not be done")
        }
        return endingAfterFailure(failed)
    }

    func endingAfterFailure(_ failed: AssignmentState) -> Fact {
        guard case .failed(let code, let message) = failed.status else {
            return ending(.failed, code: "task_failed", message: "an assignment failed")
        }
        let what = failed.assignment.task.map { "the task \"\($0)\"" } ?? "the joining of the results"
        return ending(
            code == "limit" ? .limited : .failed,
            code: code,
            message: "\(what) could not be done by \(failed.assignment.agent): \(message)"
        )
    }

    private func joined(_ results: [AcceptedResult]) -> String {
        guard results.count > 1 else { return results.first?.text ?? "" }
        return results.map { "## \($0.task ?? $0.id)\n\n\($0.text)" }.joined(separator: "\n\n")
    }
}

extension RunState {
    /// The end that is recorded when an executor is told to stop.
    public func interruption() -> Fact {
        ending(.interrupted, code: "interrupted", message: "the run was interrupted; it can be resumed")
    }
}
