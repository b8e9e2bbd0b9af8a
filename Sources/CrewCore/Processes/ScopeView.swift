import ChatModel

/// A crew at work, as whoever decides for it sees it: what processes and instructions may read of a run's state.
struct ScopeView: Sendable {
    private let run: RunState
    private let scope: Scope

    init(_ run: RunState, _ index: Int) {
        self.run = run
        scope = run.scopes[index]
    }

    var crew: Crew { scope.crew }
    var process: CrewProcess { crew.process }
    var tasks: [CrewTask] { crew.tasks }
    /// What has been instructed.
    var coordinator: CoordinatorState { scope.coordinator }
    /// How many instructions the coordinator may issue in all.
    var maximumInstructions: Int { scope.maximumInstructions }
    /// The assignments of this crew, in order.
    var assignments: [AssignmentState] { scope.assignments.map { run.assignments[$0] } }
    /// The accepted results of this crew, in order.
    var results: [AcceptedResult] { scope.results.map { run.results[$0] } }
    /// What any crew of the run accepted last.
    var latestOfAll: ArraySlice<AcceptedResult> { run.results.suffix(1) }
    /// The newest accepted result of each task that has one.
    var latestResults: [String: String] { scope.latestResults }
    /// The required tasks that have no accepted result.
    var missingTasks: [String] { scope.missingTasks }
    /// What stands around data.
    var mark: DataMark { run.mark }
    var prompts: PromptBook { run.prompts }
    /// The limit that ended the crew's work, when one has.
    var exhausted: LimitReached? { run.exhausted ?? run.exhaustion(at: scope.place) }
    /// Whether it is the run's own crew.
    var isOutermost: Bool { scope.parent == nil }
    /// How many assignments there have been in the whole run.
    var assignmentCount: Int { run.assignments.count }
    private var place: CrewPlace { run.places[scope.place] }

    func result(_ id: String) -> AcceptedResult? { run.result(id) }

    /// The newest accepted result of a task.
    func result(ofTask task: String) -> AcceptedResult? { scope.latestResults[task].flatMap { run.result($0) } }

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
            && !scope.assignments.contains {
                run.assignments[$0].isActive && run.assignments[$0].assignment.task == task.name
            }
            && !hasGivenUp(on: task.name)
    }

    /// Whether a task has failed as often as it may, or all who may do it are crews that failed at it.
    func hasGivenUp(on name: String) -> Bool {
        let failures = unforgiven.count { run.assignments[$0].isFailed && run.assignments[$0].assignment.task == name }
        guard failures > 0 else { return false }
        if failures >= process.rules.attempts { return true }
        guard let task = crew.task(name) else { return false }
        return process.rules.candidates(for: task, in: crew).allSatisfy { hasFailed($0, at: name) }
    }

    /// Whether a member is a crew that failed at a task; without one, at work that an instruction describes.
    ///
    /// It has tried all that its own process allows: asked again, each level would multiply its calls.
    func hasFailed(_ member: String, at task: String?) -> Bool {
        isCrew(member)
            && unforgiven.contains {
                let state = run.assignments[$0]
                return state.isFailed && state.assignment.agent == member && state.assignment.task == task
            }
    }

    /// Whether a member may be given a task; without one, work that an instruction describes.
    func mayDo(_ member: String, _ task: String?) -> Bool { hasAllowance(member) && !hasFailed(member, at: task) }

    /// Whether anything has failed that still counts.
    var hasFailures: Bool { unforgiven.contains { run.assignments[$0].isFailed } }

    /// The places of the assignments whose failures count.
    ///
    /// Places, since an assignment that is looked at by itself is copied.
    private var unforgiven: [Int] { scope.reopened.sorted() + scope.assignments[scope.forgivenAssignments...] }

    /// The last assignment of such a kind that failed; perhaps only of those whose failures count.
    func lastFailed(sinceForgiven: Bool = false, where isMeant: (Assignment) -> Bool) -> AssignmentState? {
        (sinceForgiven ? unforgiven : scope.assignments)
            .last { run.assignments[$0].isFailed && isMeant(run.assignments[$0].assignment) }
            .map { run.assignments[$0] }
    }

    /// Whether all that is required is done and there is an answer: only then may a run end with success.
    var owesNothing: Bool { process.rules.owesNothing(in: self) }

    /// The results that make up the answer, as far as they are there.
    var answerResults: [AcceptedResult] { process.rules.answer(in: self) }

    /// Whether a member's own limits leave room for a call, and it may be given work.
    func hasAllowance(_ member: String) -> Bool {
        let path = place.prefix + member
        guard run.exhaustedMembers.isEmpty || !run.exhaustedMembers.contains(path) else { return false }
        let id: Ledger.AccountID
        if let agent = place.agentAccounts[member] {
            id = agent
        } else if let inner = place.crews[member] {
            id = run.places[inner].account
        } else {
            return false
        }
        // The limits above are no reason to hide a member: reaching them ends the work, with what there is.
        let account = run.ledger.account(id)
        return account.limits.calls == nil || account.headroom.calls ?? 1 > 0
    }

    /// Whether a member is a crew.
    func isCrew(_ member: String) -> Bool { place.crews[member] != nil }

    /// Why the coordinator may make no more calls; `nil` while it may.
    var callRefusal: (isOfRun: Bool, message: String)? {
        guard let refusal = run.ledger.refusal(of: Amounts(calls: 1), on: place.coordinatorAccount) else { return nil }
        let path = run.ledger.path(refusal.account)
        let made = run.ledger.account(refusal.account).committed.calls
        if path.isEmpty { return (true, "the run has made all \(made) calls") }
        let isOwn = refusal.account == place.coordinatorAccount && path.hasSuffix(CrewPlace.coordinatorName)
        return (false, "\(isOwn ? "the coordinator" : "the crew \(path)") has made all \(made) calls that it may make")
    }
}

extension RunState {
    /// What is legal now for the coordinator of the run's crew.
    public var menu: Menu { menu(in: 0) }

    /// What is legal now for the coordinator of the crew at work on an assignment; without one, of the run's own.
    package func menu(of assignment: String?) -> Menu { scopeIndex(of: assignment).map(menu) ?? Menu() }

    /// What is legal now for a crew's coordinator.
    func menu(in scope: Int) -> Menu { Menu(of: ScopeView(self, scope)) }
}
