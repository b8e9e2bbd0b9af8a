public import ChatModel

/// A piece of work that the crew owes.
public struct CrewTask: Sendable, Hashable, Codable {
    /// The task's name: letters, digits, `-` and `_`.
    public var name: String
    /// What is to be delivered; may hold `{{input}}` placeholders.
    public var summary: String
    /// The agent that does it; without one, the coordinator chooses (the first agent, where there is no coordinator).
    public var agent: String?
    /// The tasks whose results it builds on.
    public var needs: [String]
    /// The JSON Schema that its result must follow; without one, the result is prose.
    public var output: JSONSchema?
    /// What else must hold for a result to be accepted.
    public var accept: [AcceptanceCriterion]
    /// Whether the run can finish without it.
    public var isRequired: Bool

    /// Defines a task.
    public init(
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
public enum AcceptanceCriterion: Sendable, Hashable, Codable {
    /// The assertion must be true of the result; see ``Assertion`` for the language.
    case assertion(String)
}
