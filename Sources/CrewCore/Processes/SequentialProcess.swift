/// The tasks one after the other, in their order.
struct SequentialProcess: ProcessRules {
    static let options: [ProcessOption] = [.answer]

    func problems(_ check: inout CrewCheck) {
        check.needsTasks()
        // What goes in a circle has no order; it is told as such.
        guard check.entangledTasks().isEmpty else { return }
        for (position, task) in check.crew.tasks.enumerated() {
            for (index, need) in task.needs.enumerated() {
                guard let later = check.taskNames.firstIndex(of: need), later > position else { continue }
                check.report(
                    ["tasks", .key(task.name), "needs", .index(index)],
                    "`\(task.name)` comes before `\(need)`, which it needs",
                    need,
                    hint: "a sequential process takes the tasks in their order; move `\(need)` up"
                )
            }
        }
    }

    func next(in scope: ScopeView) -> ProcessStep {
        for task in scope.tasks where scope.latestResults[task.name] == nil {
            if scope.isDue(task) { return .issue(delegation(of: [task], in: scope)) }
            if task.isRequired { return .end(afterFailureOf: task.name, in: scope) }
        }
        return finishOrFail(in: scope)
    }

    /// The results that it needs; without needs, the one before it.
    func inputs(of task: CrewTask, in scope: ScopeView) -> [String] {
        task.needs.isEmpty
            ? scope.results.suffix(1).map(\.id) : task.needs.compactMap { scope.latestResults[$0] }
    }
}
