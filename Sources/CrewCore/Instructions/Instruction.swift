/// One structured control instruction: the only way in which anybody, model or process, directs a run.
public enum Instruction: Sendable, Hashable {
    /// Hands out assignments, which run at once.
    case delegate([AssignmentOrder])
    /// Sends an accepted result back to its agent.
    case revise(result: String, feedback: String)
    /// Records what is known and what is to be done; changes nothing else.
    case plan(facts: [String], steps: [String])
    /// Ends the run with success, resting on accepted results; the text is the answer where no task gives it.
    case finish(answer: String?, results: [String])
    /// Ends the run without success.
    case giveUp(reason: String)

    /// The instruction's name in the protocol.
    public var kind: Kind {
        switch self {
        case .delegate: .delegate
        case .revise: .revise
        case .plan: .plan
        case .finish: .finish
        case .giveUp: .giveUp
        }
    }

    /// The names of the instructions.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case delegate, revise, plan, finish
        case giveUp = "give_up"
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
}

extension Instruction: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, assignments, result, feedback, facts, steps, answer, results, reason
    }

    /// Reads the protocol's form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .kind) {
        case .delegate: self = .delegate(try container.decode([AssignmentOrder].self, forKey: .assignments))
        case .revise:
            self = .revise(
                result: try container.decode(String.self, forKey: .result),
                feedback: try container.decode(String.self, forKey: .feedback)
            )
        case .plan:
            self = .plan(
                facts: try container.decode([String].self, forKey: .facts),
                steps: try container.decode([String].self, forKey: .steps)
            )
        case .finish:
            self = .finish(
                answer: try container.decodeIfPresent(String.self, forKey: .answer),
                results: try container.decode([String].self, forKey: .results)
            )
        case .giveUp: self = .giveUp(reason: try container.decode(String.self, forKey: .reason))
        }
    }

    /// Writes the protocol's form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        switch self {
        case .delegate(let assignments): try container.encode(assignments, forKey: .assignments)
        case .revise(let result, let feedback):
            try container.encode(result, forKey: .result)
            try container.encode(feedback, forKey: .feedback)
        case .plan(let facts, let steps):
            try container.encode(facts, forKey: .facts)
            try container.encode(steps, forKey: .steps)
        case .finish(let answer, let results):
            try container.encodeIfPresent(answer, forKey: .answer)
            try container.encode(results, forKey: .results)
        case .giveUp(let reason): try container.encode(reason, forKey: .reason)
        }
    }
}
