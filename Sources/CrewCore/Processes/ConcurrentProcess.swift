/// Every task whose needs are met, at once; then an aggregator, if there is one, joins the results.
struct ConcurrentProcess: ProcessRules {
    static let options: [ProcessOption] = [
        ProcessOption(
            "aggregator",
            .agent(\.aggregator),
            "The agent or member crew that joins the results of a concurrent process.",
            isRefusedElsewhere: true
        ),
        .answer,
    ]

    func problems(_ check: inout CrewCheck) {
        check.needsTasks()
        if check.crew.process.aggregator != nil, check.crew.process.answer != nil {
            check.report(
                ["process", "answer"],
                "the answer is the aggregator's, so it cannot be a task's as well"
            )
        }
    }

    func next(in scope: ScopeView) -> ProcessStep {
        let due = scope.tasks.filter(scope.isDue)
        if !due.isEmpty { return .issue(delegation(of: due, in: scope)) }
        if let missing = scope.missingTasks.first { return .end(afterFailureOf: missing, in: scope) }
        let closing = closingOrders(in: scope)
        guard !closing.isEmpty, joined(in: scope) == nil else { return finishOrFail(in: scope) }
        if let failed = scope.lastFailed(sinceForgiven: true, where: { $0.task == nil }) {
            return .end(after: failed, "the joining of the results")
        }
        return .issue(.delegate(Instruction.Delegate(closing)))
    }

    /// The tasks whose needs have just been met; those without needs were handed out at the start.
    func whileWorking(in scope: ScopeView) -> Instruction? {
        let due = scope.tasks.filter { !$0.needs.isEmpty && scope.isDue($0) }
        return due.isEmpty ? nil : delegation(of: due, in: scope)
    }

    func closingOrders(in scope: ScopeView) -> [AssignmentOrder] {
        guard let aggregator = scope.process.aggregator else { return [] }
        return [
            AssignmentOrder(
                agent: aggregator,
                task: nil,
                objective: scope.prompts.render(.aggregate),
                inputs: scope.tasks.compactMap { scope.latestResults[$0.name] }
            )
        ]
    }

    /// What the aggregator delivered; without one, the results of all tasks that answer.
    func answer(in scope: ScopeView) -> [AcceptedResult] {
        if let joined = joined(in: scope) { return [joined] }
        return answeringTasks(of: scope.crew).compactMap(scope.result(ofTask:))
    }

    func answeringTask(of crew: Crew) -> String? {
        let tasks = answeringTasks(of: crew)
        return tasks.count == 1 && crew.process.aggregator == nil ? tasks.first : nil
    }

    /// The task that the process names, else all on which no other builds.
    private func answeringTasks(of crew: Crew) -> [String] {
        if let task = crew.process.answer { return [task] }
        let needed = Set(crew.tasks.flatMap(\.needs))
        return crew.tasks.map(\.name).filter { !needed.contains($0) }
    }

    func owesNothing(in scope: ScopeView) -> Bool {
        !scope.tasks.isEmpty && scope.missingTasks.isEmpty && !answer(in: scope).isEmpty
            && (scope.process.aggregator == nil || joined(in: scope) != nil)
    }

    private func joined(in scope: ScopeView) -> AcceptedResult? {
        scope.process.aggregator == nil ? nil : scope.results.last { $0.task == nil }
    }
}
