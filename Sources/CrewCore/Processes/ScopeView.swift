/// A crew at work, as whoever decides for it sees it: what processes and instructions may read of a run's state.
struct ScopeView: Sendable {
    private let run: RunState

    init(_ run: RunState) {
        self.run = run
    }

    var crew: Crew { run.crew }
    var process: CrewProcess { crew.process }
    var tasks: [CrewTask] { crew.tasks }
    /// What has been instructed.
    var coordinator: CoordinatorState { run.coordinator }
    /// How many instructions the coordinator may issue in all.
    var maximumInstructions: Int { run.maximumInstructions }
    /// The assignments, in order.
    var assignments: [AssignmentState] { run.assignments }
    /// The accepted results, in order.
    var results: [AcceptedResult] { run.results }
    /// The newest accepted result of each task that has one.
    var latestResults: [String: String] { run.latestResults }
    /// What stands around data.
    var mark: DataMark { run.mark }
    var prompts: PromptBook { run.prompts }

    func result(_ id: String) -> AcceptedResult? { run.result(id) }

    func result(ofTask task: String) -> AcceptedResult? { run.result(ofTask: task) }

    func assignment(_ id: String) -> Assignment? { run.assignmentIndex(id).map { run.assignments[$0].assignment } }
}

// MARK: - Where the tasks stand

extension ScopeView {
    /// Whether a task is to be done, may be begun, and has not failed too often.
    func isDue(_ task: CrewTask) -> Bool {
        latestResults[task.name] == nil
            && task.needs.allSatisfy {
                latestResults[$0] != nil || crew.task($0)?.isRequired == false && hasGivenUp(on: $0)
            }
            && !run.assignments.indices.contains {
                run.assignments[$0].isActive && run.assignments[$0].assignment.task == task.name
            }
            && !hasGivenUp(on: task.name)
    }

    /// Whether a task has failed as often as it may.
    func hasGivenUp(on task: String) -> Bool {
        unforgiven.count { run.assignments[$0].isFailed && run.assignments[$0].assignment.task == task }
            >= process.rules.attempts
    }

    /// Whether anything has failed that still counts.
    var hasFailures: Bool { unforgiven.contains { run.assignments[$0].isFailed } }

    /// The places of the assignments whose failures count.
    ///
    /// Places, since an assignment that is looked at by itself is copied, with all that was said.
    private var unforgiven: Range<Int> { run.forgivenAssignments..<run.assignments.count }

    /// The last assignment of such a kind that failed; perhaps only of those whose failures count.
    func lastFailed(sinceForgiven: Bool = false, where isMeant: (Assignment) -> Bool) -> AssignmentState? {
        (sinceForgiven ? unforgiven : run.assignments.indices)
            .last { run.assignments[$0].isFailed && isMeant(run.assignments[$0].assignment) }
            .map { run.assignments[$0] }
    }

    /// The required tasks that have no accepted result.
    var missingTasks: [String] { run.missingTasks }

    /// Whether all that is required is done and there is an answer: only then may a run end with success.
    var owesNothing: Bool { process.rules.owesNothing(in: self) }

    /// The results that make up the answer, as far as they are there.
    var answerResults: [AcceptedResult] { process.rules.answer(in: self) }

    /// How many calls were made, when no more may be.
    var callsWhenNoneAreLeft: Int? {
        run.ledger.refusal(of: Amounts(calls: 1), agent: nil) == nil ? nil : run.ledger.run.committed.calls
    }

    /// Whether an agent's own limits leave room for a call.
    func hasAllowance(_ agent: String) -> Bool {
        guard run.exhaustedAgents.isEmpty || !run.exhaustedAgents.contains(agent),
            let account = run.ledger.agents[agent]
        else { return false }
        // The run's own limits are no reason to hide an agent: reaching them ends the run, with what there is.
        return account.limits.calls == nil || account.headroom.calls ?? 1 > 0
    }
}

extension AssignmentState {
    var isFailed: Bool {
        if case .failed = status { true } else { false }
    }
}

extension RunState {
    /// What whoever decides for the crew may read.
    var scope: ScopeView { ScopeView(self) }

    /// What is legal now.
    public var menu: Menu { Menu(of: scope) }
}
