/// Look-ups by the tasks of the run's own crew.
extension RunState {
    /// The newest accepted result of a task; `nil` when none was accepted.
    public func result(of task: String) -> AcceptedResult? { scopes[0].latestResults[task].flatMap { result($0) } }

    /// The assignments that were made for a task, in order: its first, and its revisions and repetitions.
    public func assignments(of task: String) -> [AssignmentState] {
        scopes[0].assignments.map { assignments[$0] }.filter { $0.assignment.task == task }
    }
}
