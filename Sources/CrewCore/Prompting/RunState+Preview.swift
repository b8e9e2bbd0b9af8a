public import ChatModel

/// A request as a run would send it, shown before anything is sent.
public struct PreviewedRequest: Sendable {
    /// Who asks.
    public enum Author: Sendable, Hashable {
        /// The coordinator, for its first instruction.
        case coordinator
        /// An agent, for a task; without one, for work that an instruction describes.
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
    /// The requests with which the coordinator and every task begin, in the crew's order.
    ///
    /// What only the run can bring, such as the result that a task builds on, is shown as a mark in angle brackets.
    public var previewedRequests: [PreviewedRequest] {
        var preview = self
        var requests: [PreviewedRequest] = []
        if crew.process.hasCoordinator {
            // The call itself is already counted on the board that it sends.
            if let request = firstRequests.first?.request {
                requests.append(
                    PreviewedRequest(author: .coordinator, request: request, schema: menu.schema, unknown: [])
                )
            }
        }
        for task in crew.tasks {
            preview.supposeResults(of: task.needs)
            let inputs = crew.process.rules.inputs(of: task, in: preview.scope)
            for agent in crew.process.rules.candidates(for: task, in: crew) {
                let unknown = inputs.compactMap { preview.result($0)?.task }.map { "the result of the task \($0)" }
                requests += preview.suppose(agent, task: task.name, objective: "", inputs, unknown: unknown)
            }
            preview.supposeResults(of: [task.name])
        }
        if crew.tasks.isEmpty {
            let words = "the coordinator's objective"
            for agent in crew.agents {
                requests += preview.suppose(agent.name, task: nil, objective: "⟨\(words)⟩", [], unknown: [words])
            }
        }
        for order in crew.process.rules.closingOrders(in: preview.scope) {
            let tasks = order.inputs.compactMap { preview.result($0)?.task }
            requests += preview.suppose(
                order.agent,
                task: order.task,
                objective: order.objective,
                order.inputs,
                unknown: tasks.map { "the result of the task \($0)" }
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
    private mutating func supposeResults(of tasks: [String]) {
        for task in tasks where latestResults[task] == nil {
            let id = "r\(results.count + 1)"
            results.append(
                AcceptedResult(
                    id: id,
                    assignment: "",
                    agent: crew.task(task)?.agent ?? "⟨an agent⟩",
                    task: task,
                    text: "⟨the result of the task \(task)⟩",
                    isStructured: false
                )
            )
            latestResults[task] = id
        }
    }

    private mutating func suppose(
        _ agent: String,
        task: String?,
        objective: String,
        _ inputs: [String],
        unknown: [String]
    ) -> [PreviewedRequest] {
        let assignment = Assignment(
            id: "a\(assignments.count + 1)",
            agent: agent,
            task: task,
            objective: objective,
            inputs: inputs,
            revision: nil,
            allowance: crew.agent(agent)?.maximumTurns ?? 1
        )
        let exchange = openExchange(for: assignment, after: opening(of: assignment))
        assignments.append(AssignmentState(assignment: assignment, exchange: exchange))
        guard let request = request(for: .assignment(assignment.id), exchange) else { return [] }
        return [
            PreviewedRequest(
                author: .agent(agent, task: task),
                request: request,
                schema: exchange.schema,
                unknown: unknown
            )
        ]
    }
}
