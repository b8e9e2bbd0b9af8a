public import ChatModel

/// A piece of work that the crew owes.
public struct CrewTask: Sendable, Hashable, Codable {
    /// The task's name: letters, digits, `-` and `_`.
    public var name: String
    /// What is to be delivered; may hold `{{input}}` placeholders.
    public var summary: String
    /// The agent or member crew that does it; without one, the coordinator chooses (where there is no coordinator, the first
    /// agent, and where there are no agents, the first member crew).
    public var agent: String?
    /// The tasks whose results it builds on.
    public var needs: [String]
    /// The JSON Schema that its result must follow; without one, the result is prose.
    public var output: JSONSchema?
    /// What else must hold for a result to be accepted.
    public var accept: [AcceptanceCriterion]
    /// Whether the run can finish without it.
    public var isRequired: Bool
    /// Why the type of its result has no schema; not recorded, since no run begins with it.
    package var outputProblem: SchemaError? = nil

    private enum CodingKeys: String, CodingKey {
        case name, summary, agent, needs, output, accept, isRequired
    }

    package init(
        _ name: String,
        summary: String,
        agent: String? = nil,
        needs: [String] = [],
        output: JSONSchema? = nil,
        accept: [AcceptanceCriterion] = [],
        isRequired: Bool = true
    ) {
        self.name = name
        self.summary = summary
        self.agent = agent
        self.needs = needs
        self.output = output
        self.accept = accept
        self.isRequired = isRequired
    }
}

/// A condition on a result, decided by the engine and never by a model.
public enum AcceptanceCriterion: Sendable, Hashable {
    /// The assertion must be true of the result; see ``Assertion`` for the language.
    case assertion(String)
}

/// As the compiler writes it (`{"assertion":{"_0":"…"}}`), but for what it reads: members that a newer version added are
/// passed over.
extension AcceptanceCriterion: Codable {
    private enum CodingKeys: String, CodingKey { case assertion }
    private enum AssertionKeys: String, CodingKey { case text = "_0" }

    /// Reads a criterion.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let members = try container.nestedContainer(keyedBy: AssertionKeys.self, forKey: .assertion)
        self = .assertion(try members.decode(String.self, forKey: .text))
    }

    /// Writes a criterion.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .assertion(let text):
            var members = container.nestedContainer(keyedBy: AssertionKeys.self, forKey: .assertion)
            try members.encode(text, forKey: .text)
        }
    }
}
