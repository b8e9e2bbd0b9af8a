/// The instructions that are legal in a state.
///
/// What is not on it cannot be carried out, whoever asks.
public struct Menu: Sendable, Hashable {
    /// Tasks that may be handed out, and to whom.
    public struct TaskChoice: Sendable, Hashable {
        /// The tasks.
        public var tasks: [String]
        /// The agents, each of which may do each of the tasks.
        public var agents: [String]
    }

    /// The declared tasks that are due, grouped by who may do them.
    public var tasks: [TaskChoice] = []
    /// The agents that may get work of the coordinator's own making; only in a crew without tasks.
    public var freeAgents: [String] = []
    /// The results that such work may build on.
    public var inputs: [String] = []
    /// The results that may be sent back.
    public var revisable: [String] = []
    /// Whether a plan may be made.
    public var plan = false
    /// The results on which the run may end; empty while it may not.
    public var finishing: [String] = []
    /// Whether the coordinator itself words the answer.
    public var wordsAnswer = false
    /// Whether the coordinator may give up.
    public var giveUp = false
    /// How many assignments one instruction may hand out.
    public var maximumAssignments = 1

    /// The kinds of instruction on the menu, in the order in which they are offered.
    public var kinds: [Instruction.Kind] {
        var kinds: [Instruction.Kind] = []
        if !tasks.isEmpty || !freeAgents.isEmpty { kinds.append(.delegate) }
        if !revisable.isEmpty { kinds.append(.revise) }
        if plan { kinds.append(.plan) }
        if !finishing.isEmpty { kinds.append(.finish) }
        if giveUp { kinds.append(.giveUp) }
        return kinds
    }
}

extension RunState {
    /// What is legal now.
    public var menu: Menu {
        var menu = Menu()
        let process = crew.process
        menu.maximumAssignments = process.maximumAssignments
        menu.plan = coordinator.mustPlan || (coordinator.plans < process.maximumPlans && !lastWasPlan)
        // Whoever gives up has to have tried.
        menu.giveUp = coordinator.plans > 1 || unforgiven.contains { assignments[$0].isFailed }
        if coordinator.mustPlan { return menu }
        menu.tasks = taskChoices
        if crew.tasks.isEmpty {
            menu.freeAgents = crew.agents.map(\.name).filter(hasAllowance)
            menu.inputs = results.map(\.id)
            menu.finishing = results.map(\.id)
            menu.wordsAnswer = true
        } else if owesNothing {
            menu.finishing = answerResults.map(\.id)
        }
        if menu.freeAgents.isEmpty {
            // Each task once: more places than tasks would ask for the same one twice.
            menu.maximumAssignments = max(
                1,
                min(process.maximumAssignments, menu.tasks.reduce(0) { $0 + $1.tasks.count })
            )
        }
        menu.revisable = latestResults.values.filter(isRevisable).sorted(by: inOrderOfResults)
        return menu
    }

    private var lastWasPlan: Bool {
        if case .plan? = coordinator.issued.last { true } else { false }
    }

    /// Whether an agent's own limits leave room for a call.
    func hasAllowance(_ agent: String) -> Bool {
        guard exhaustedAgents.isEmpty || !exhaustedAgents.contains(agent), let account = ledger.agents[agent] else {
            return false
        }
        // The run's own limits are no reason to hide an agent: reaching them ends the run, with what there is.
        return account.limits.calls == nil || account.headroom.calls ?? 1 > 0
    }

    private var taskChoices: [Menu.TaskChoice] {
        let everyone = crew.agents.map(\.name).filter(hasAllowance)
        var choices: [Menu.TaskChoice] = []
        for task in crew.tasks where isDue(task) {
            let agents = task.agent.map { [$0].filter(hasAllowance) } ?? everyone
            guard !agents.isEmpty else { continue }
            if let index = choices.firstIndex(where: { $0.agents == agents }) {
                choices[index].tasks.append(task.name)
            } else {
                choices.append(Menu.TaskChoice(tasks: [task.name], agents: agents))
            }
        }
        return choices
    }

    /// Whether a task is to be done, may be begun, and has not failed too often.
    func isDue(_ task: CrewTask) -> Bool {
        latestResults[task.name] == nil
            && task.needs.allSatisfy {
                latestResults[$0] != nil || crew.task($0)?.isRequired == false && hasGivenUp(on: $0)
            }
            && !assignments.indices.contains {
                assignments[$0].isActive && assignments[$0].assignment.task == task.name
            }
            && !hasGivenUp(on: task.name)
    }

    /// The places of the assignments whose failures count.
    ///
    /// Places, since an assignment that is looked at by itself is copied, with all that was said.
    private var unforgiven: Range<Int> { forgivenAssignments..<assignments.count }

    /// Whether a task has failed as often as it may.
    func hasGivenUp(on task: String) -> Bool {
        let attempts = crew.process.pattern == .coordinator ? 3 : 1
        return unforgiven.count { assignments[$0].isFailed && assignments[$0].assignment.task == task } >= attempts
    }

    private func isRevisable(_ id: String) -> Bool {
        guard let result = result(id), let task = result.task, hasAllowance(result.agent) else { return false }
        return coordinator.revisions[task, default: 0] < crew.process.maximumRevisions
            // A result that others build on would leave them out of date.
            && !crew.tasks.contains { $0.needs.contains(task) && latestResults[$0.name] != nil }
    }

    private func inOrderOfResults(_ left: String, _ right: String) -> Bool {
        results.firstIndex { $0.id == left } ?? 0 < results.firstIndex { $0.id == right } ?? 0
    }
}

extension AssignmentState {
    var isFailed: Bool {
        if case .failed = status { true } else { false }
    }
}
