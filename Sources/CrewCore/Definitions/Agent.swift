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
    /// The rules of safety that do not bind it.
    public var exemptions: [Exemption]

    /// How often an agent may speak within one assignment where nothing is said of it.
    public static let defaultMaximumTurns = 25

    /// A rule of safety from which an agent can be exempt.
    public enum Exemption: String, Sendable, Hashable, Codable, CaseIterable {
        /// That it may not take in what strangers wrote, read what is private, and change or send something, all three.
        case ruleOfTwo = "rule-of-two"
    }

    /// Makes an agent.
    public init(
        _ name: String,
        role: String,
        goal: String,
        instructions: String = "",
        model: String? = nil,
        tools: [ToolGrant] = [],
        limits: Limits = Limits(),
        maximumTurns: Int = Agent.defaultMaximumTurns,
        exemptions: [Exemption] = []
    ) {
        self.name = name
        self.role = role
        self.goal = goal
        self.instructions = instructions
        self.model = model
        self.tools = tools
        self.limits = limits
        self.maximumTurns = maximumTurns
        self.exemptions = exemptions
    }
}

extension Agent {
    private enum CodingKeys: String, CodingKey {
        case name, role, goal, instructions, model, tools, limits, maximumTurns, exemptions
    }

    /// Reads an agent; one that was recorded before there were exemptions has none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(String.self, forKey: .name),
            role: try container.decode(String.self, forKey: .role),
            goal: try container.decode(String.self, forKey: .goal),
            instructions: try container.decode(String.self, forKey: .instructions),
            model: try container.decodeIfPresent(String.self, forKey: .model),
            tools: try container.decode([ToolGrant].self, forKey: .tools),
            limits: try container.decode(Limits.self, forKey: .limits),
            maximumTurns: try container.decode(Int.self, forKey: .maximumTurns),
            exemptions: try container.decodeIfPresent([Exemption].self, forKey: .exemptions) ?? []
        )
    }
}
