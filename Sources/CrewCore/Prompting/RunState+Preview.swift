public import ChatModel

/// A request as a run would send it, shown before anything is sent.
public struct PreviewedRequest: Sendable {
    /// Who asks.
    public enum Author: Sendable, Hashable {
        /// The coordinator of a crew, for its first instruction: of the member at a path such as `press`, or, without one,
        /// of the run's own.
        case coordinator(of: String?)
        /// An agent by its path, such as `writer` or `press/writer`, for a task; without one, for work that an instruction
        /// describes.
        case agent(String, task: String?)
    }

    /// Who asks.
    public let author: Author
    /// The request.
    public let request: ChatRequest
    /// The shape the answer must have, whether the request enforces it or not.
    public let schema: JSONSchema?
    /// What is not known yet and stands in the request as a mark: results of other tasks, the coordinator's words.
    public let unknown: [String]
}

extension RunState {
    /// The requests with which the coordinator and every task begin, in the crew's order, and those of member crews where
    /// they are given work.
    ///
    /// What only the run can bring, such as the result that a task builds on, is shown as a mark in angle brackets. Of
    /// agents' requests at most ``mostPreviewedRequests`` are made: crews in one another, each with many tasks that anybody may
    /// do, have more beginnings than can be looked at.
    public var previewedRequests: [PreviewedRequest] {
        var preview = self
        var left = Self.mostPreviewedRequests
        return preview.suppose(in: 0, unknown: [], &left)
    }

    /// The most requests of agents that are shown before a run.
    public static var mostPreviewedRequests: Int { 2_000 }

    /// The requests with which the work of a crew begins.
    ///
    /// - Parameter left: How many agents' requests may still be made.
    private mutating func suppose(in scope: Int, unknown: [String], _ left: inout Int) -> [PreviewedRequest] {
        let crew = scopes[scope].crew
        var requests: [PreviewedRequest] = []
        if crew.process.hasCoordinator, scope == 0 {
            // As it is sent, with all that is left of the limits.
            if let request = firstRequests.first?.request {
                requests.append(
                    PreviewedRequest(author: .coordinator(of: nil), request: request, schema: menu.schema, unknown: [])
                )
            }
        } else if crew.process.hasCoordinator {
            let menu = menu(in: scope)
            requests += preview(
                openCoordinatorExchange(menu, in: scope),
                .coordinator(of: places[scopes[scope].place].path.joined(separator: "/")),
                unknown
            )
        }
        for task in crew.tasks {
            supposeResults(of: task.needs, in: scope)
            let inputs = crew.process.rules.inputs(of: task, in: ScopeView(self, scope))
            for member in crew.process.rules.candidates(for: task, in: crew) {
                let missing = inputs.compactMap { result($0)?.task }.map { "the result of the task \($0)" }
                requests += suppose(member, task: task.name, objective: "", inputs, unknown + missing, in: scope, &left)
            }
            supposeResults(of: [task.name], in: scope)
        }
        if crew.tasks.isEmpty {
            let words = "the coordinator's objective"
            for member in crew.members {
                requests += suppose(member, task: nil, objective: "⟨\(words)⟩", [], unknown + [words], in: scope, &left)
            }
        }
        for order in crew.process.rules.closingOrders(in: ScopeView(self, scope)) {
            let tasks = order.inputs.compactMap { result($0)?.task }
            requests += suppose(
                order.agent,
                task: order.task,
                objective: order.objective,
                order.inputs,
                unknown + tasks.map { "the result of the task \($0)" },
                in: scope,
                &left
            )
        }
        return requests
    }

    /// The requests that a run sends first, exactly as they are sent.
    public var firstRequests: [Work.ModelCall] {
        var state = self
        var calls: [Work.ModelCall] = []
        var next: Fact? = .runCreated(definition)
        while let fact = next {
            let event = Event(sequence: state.sequence + 1, time: 0, fact: fact)
            state.apply(event)
            if case .callModel(let call)? = state.work(for: fact) { calls.append(call) }
            next = state.decide(at: 0)
        }
        return calls
    }

    /// Takes it that tasks have results, with a mark for each text.
    private mutating func supposeResults(of tasks: [String], in scope: Int) {
        for task in tasks where scopes[scope].latestResults[task] == nil {
            let id = "r\(results.count + 1)"
            scopes[scope].results.append(results.count)
            results.append(
                AcceptedResult(
                    id: id,
                    assignment: "",
                    agent: scopes[scope].crew.task(task)?.agent ?? "⟨an agent⟩",
                    task: task,
                    text: "⟨the result of the task \(task)⟩",
                    isStructured: false
                )
            )
            scopes[scope].latestResults[task] = id
        }
    }

    /// The requests with which a member begins an assignment, which is then taken to be over.
    private mutating func suppose(
        _ member: String,
        task: String?,
        objective: String,
        _ inputs: [String],
        _ unknown: [String],
        in scope: Int,
        _ left: inout Int
    ) -> [PreviewedRequest] {
        guard left > 0 else { return [] }
        let order = AssignmentOrder(agent: member, task: task, objective: objective, inputs: inputs)
        var assignment = ScopeView(self, scope).nextAssignment(PendingOrder(order: order, revision: nil))
        assignment.scope = scopes[scope].assignment
        apply(Event(sequence: sequence + 1, time: clock, fact: .assignmentStarted(assignment)))
        defer {
            let end = AssignmentFailed(assignment: assignment.id, code: "", message: "")
            apply(Event(sequence: sequence + 1, time: clock, fact: .assignmentFailed(end)))
            scopes[scope].forgivenAssignments = scopes[scope].assignments.count
        }
        if let inner = scopeIndex(of: assignment.id) { return suppose(in: inner, unknown: unknown, &left) }
        guard let exchange = exchange(of: .assignment(assignment.id)) else { return [] }
        // Whatever crews lead to it, each leads to an agent.
        left -= 1
        return preview(exchange, .agent(exchange.terms.member, task: task), unknown)
    }

    private func preview(
        _ exchange: Exchange,
        _ author: PreviewedRequest.Author,
        _ unknown: [String]
    ) -> [PreviewedRequest] {
        guard let request = request(for: exchange) else { return [] }
        return [PreviewedRequest(author: author, request: request, schema: exchange.schema, unknown: unknown)]
    }
}
