import ChatModel

extension Instruction {
    /// Hands out assignments, which run at once.
    public struct Delegate: Sendable, Hashable, Codable {
        /// The assignments.
        public var assignments: [AssignmentOrder]

        /// Hands out assignments.
        public init(_ assignments: [AssignmentOrder]) {
            self.assignments = assignments
        }
    }
}

/// What `delegate` says about one assignment.
public struct AssignmentOrder: Sendable, Hashable, Codable {
    /// Who is to do it.
    public var agent: String
    /// The declared task it is to fulfil, if it is one.
    public var task: String?
    /// What is to be reached; for a declared task, remarks beyond the task's own text, possibly none.
    public var objective: String
    /// The results it builds on.
    public var inputs: [String]

    /// Makes an order.
    public init(agent: String, task: String?, objective: String, inputs: [String]) {
        self.agent = agent
        self.task = task
        self.objective = objective
        self.inputs = inputs
    }

    /// Reads an order; a model says nothing of the results that a task builds on, and need not say what its objective is.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        agent = try container.decode(String.self, forKey: .agent)
        task = try container.decodeIfPresent(String.self, forKey: .task)
        objective = try container.decodeIfPresent(String.self, forKey: .objective) ?? ""
        inputs = try container.decodeIfPresent([String].self, forKey: .inputs) ?? []
    }
}

// MARK: - When it is legal

extension Instruction.Delegate {
    /// The work that may be handed out.
    public struct Offer: Sendable, Hashable {
        /// The declared tasks that are due, grouped by who may do them.
        public var tasks: [TaskChoice]
        /// The agents that may get work of the coordinator's own making; only in a crew without tasks.
        public var freeAgents: [String]
        /// The results that such work may build on.
        public var inputs: [String]
        /// How many assignments there may be.
        public var maximumAssignments: Int
    }

    /// Tasks that may be handed out, and to whom.
    public struct TaskChoice: Sendable, Hashable {
        /// The tasks.
        public var tasks: [String]
        /// The agents, each of which may do each of the tasks.
        public var agents: [String]
    }
}

extension Menu {
    /// The work that may be handed out now.
    public var delegate: Instruction.Delegate.Offer? { offer(of: Instruction.Delegate.self) }
}

extension Instruction.Delegate.Offer: InstructionOffer {
    var kind: Instruction.Kind { .delegate }

    var members: [(String, JSONValue)] { [("assignments", SchemaPart.list(of: order, 1...maximumAssignments))] }

    private var order: JSONValue {
        var variants = tasks.map { choice in
            SchemaPart.object([
                ("task", SchemaPart.oneOf(choice.tasks)),
                ("agent", SchemaPart.oneOf(choice.agents)),
                ("objective", SchemaPart.text(300, mayBeEmpty: true)),
            ])
        }
        if !freeAgents.isEmpty {
            var members = [("agent", SchemaPart.oneOf(freeAgents)), ("objective", SchemaPart.text(600))]
            if !inputs.isEmpty {
                members.append(("inputs", SchemaPart.list(of: SchemaPart.oneOf(inputs), 0...inputs.count)))
            }
            variants.append(SchemaPart.object(members))
        }
        return SchemaPart.anyOf(variants)
    }
}

extension Instruction.Delegate: InstructionForm {
    static func offer(in scope: ScopeView) -> Offer? {
        guard !scope.coordinator.mustPlan else { return nil }
        let most = scope.process.maximumAssignments
        if scope.tasks.isEmpty {
            let agents = scope.crew.members.filter { scope.mayDo($0, nil) }
            guard !agents.isEmpty else { return nil }
            return Offer(tasks: [], freeAgents: agents, inputs: scope.results.map(\.id), maximumAssignments: most)
        }
        let choices = taskChoices(in: scope)
        guard !choices.isEmpty else { return nil }
        // Each task once: more places than tasks would ask for the same one twice.
        let due = choices.reduce(0) { $0 + $1.tasks.count }
        return Offer(tasks: choices, freeAgents: [], inputs: [], maximumAssignments: max(1, min(most, due)))
    }

    private static func taskChoices(in scope: ScopeView) -> [TaskChoice] {
        var choices: [TaskChoice] = []
        for task in scope.tasks where scope.isDue(task) {
            let agents = (task.agent.map { [$0] } ?? scope.crew.members).filter { scope.mayDo($0, task.name) }
            guard !agents.isEmpty else { continue }
            if let index = choices.firstIndex(where: { $0.agents == agents }) {
                choices[index].tasks.append(task.name)
            } else {
                choices.append(TaskChoice(tasks: [task.name], agents: agents))
            }
        }
        return choices
    }

    var kind: Instruction.Kind { .delegate }

    var instruction: Instruction { .delegate(self) }

    var withoutRepetitions: Self {
        Self(
            assignments.map { order in
                var order = order
                order.inputs = order.inputs.withoutRepetitions
                return order
            }
        )
    }

    func objections(in scope: ScopeView) -> [String] {
        var objections: [String] = []
        var seen: Set<AssignmentOrder> = []
        var tasks: Set<String> = []
        for order in assignments {
            if let task = order.task, !tasks.insert(task).inserted {
                objections.append("the task \"\(task)\" is handed out twice")
            } else if !seen.insert(order).inserted {
                objections.append("the same assignment for \"\(order.agent)\" stands there twice")
            } else if order.task == nil, order.objective.isBlank {
                objections.append("an assignment for \"\(order.agent)\" has no objective")
            } else if order.task == nil, let done = scope.acceptedResult(of: order) {
                objections.append("\"\(order.agent)\" has already done exactly this: it is the result \(done)")
            }
        }
        return objections
    }

    // MARK: - When it is carried out

    func orders(in scope: ScopeView) -> [PendingOrder] { assignments.map { PendingOrder(order: $0, revision: nil) } }

    func carryOut(_ coordinator: inout CoordinatorState, in scope: ScopeView) {}
}

extension ScopeView {
    /// The result of the same work, when it was done already.
    fileprivate func acceptedResult(of order: AssignmentOrder) -> String? {
        for state in assignments {
            guard case .accepted(let result) = state.status, state.assignment.revision == nil,
                state.assignment.agent == order.agent, state.assignment.task == order.task,
                state.assignment.objective.trimmingSpace == order.objective.trimmingSpace,
                Set(state.assignment.inputs) == Set(order.inputs)
            else { continue }
            return result
        }
        return nil
    }
}
