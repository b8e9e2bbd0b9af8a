/// A member of a crew: a role, a goal, the tools it may use, and what it may spend.
public struct Agent: Sendable, Hashable, Codable {
    /// The agent's name: letters, digits, `-` and `_`.
    public var name: String
    /// What it is, in a few words; may hold `{{input}}` placeholders, as may the other texts.
    public var role: String
    /// What it is to reach.
    public var goal: String
    /// Further standing instructions.
    public var instructions: String
    /// The crew's model it uses; `default` without one.
    public var model: String?
    /// The tools it may call, and no others.
    public var tools: [ToolGrant]
    /// What it may use in a run, over all its assignments.
    public var limits: Limits
    /// How often it may speak within one assignment, tool rounds included.
    public var maximumTurns: Int

    /// Makes an agent.
    public init(
        _ name: String,
        role: String,
        goal: String,
        instructions: String = "",
        model: String? = nil,
        tools: [ToolGrant] = [],
        limits: Limits = Limits(),
        maximumTurns: Int = 25
    ) {
        self.name = name
        self.role = role
        self.goal = goal
        self.instructions = instructions
        self.model = model
        self.tools = tools
        self.limits = limits
        self.maximumTurns = maximumTurns
    }
}
