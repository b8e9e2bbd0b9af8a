public import ChatModel

/// A crew: agents with roles and tools, the tasks they owe, and the process that orders them.
///
/// A crew is a value. A crew file, the builder below and this initialiser make the same one, and running it changes
/// nothing in it.
public struct Crew: Sendable, Hashable {
    /// The crew's name: letters, digits, `-` and `_`.
    public var name: String
    /// What the crew is to reach; may hold `{{input}}` placeholders.
    public var goal: String
    /// The inputs a run takes.
    public var inputs: [CrewInput]
    /// The models agents and the coordinator may name; `default` is used where none is named.
    public var models: [ModelDefinition]
    /// The tools agents may be granted by name.
    public var tools: [ToolDefinition]
    /// The agents.
    public var agents: [Agent]
    /// The crews that work within this one, where agents could.
    public var crews: [MemberCrew]
    /// The tasks, in the order in which a sequential process takes them.
    public var tasks: [CrewTask]
    /// Who decides what is done next.
    public var process: CrewProcess
    /// What a run may use in all.
    public var limits: Limits

    /// Makes a crew; `problems()` tells whether it can run.
    public init(
        name: String,
        goal: String,
        inputs: [CrewInput] = [],
        models: [ModelDefinition] = [],
        tools: [ToolDefinition] = [],
        agents: [Agent],
        crews: [MemberCrew] = [],
        tasks: [CrewTask] = [],
        process: CrewProcess = .sequential,
        limits: Limits = Limits()
    ) {
        self.name = name
        self.goal = goal
        self.inputs = inputs
        self.models = models
        self.tools = tools
        self.agents = agents
        self.crews = crews
        self.tasks = tasks
        self.process = process
        self.limits = limits
    }
}

extension Crew {
    /// The agent of that name.
    public func agent(_ name: String) -> Agent? { agents.first { $0.name == name } }
    /// The task of that name.
    public func task(_ name: String) -> CrewTask? { tasks.first { $0.name == name } }
    /// The model of that name; without a name, the one called `default`.
    public func model(_ name: String?) -> ModelDefinition? { models.first { $0.name == name ?? "default" } }
}

/// A value that a run takes from its caller.
public struct CrewInput: Sendable, Hashable, Codable {
    /// The types an input may have.
    public enum ValueType: String, Sendable, Hashable, Codable, CaseIterable {
        case string, integer, number, boolean
    }

    /// The name by which templates refer to it.
    public var name: String
    /// Its type.
    public var type: ValueType
    /// What it is, for people.
    public var summary: String
    /// The value used when the caller gives none; without one the input is required.
    public var defaultValue: JSONValue?

    /// Declares an input.
    public init(name: String, type: ValueType = .string, summary: String = "", defaultValue: JSONValue? = nil) {
        self.name = name
        self.type = type
        self.summary = summary
        self.defaultValue = defaultValue
    }
}
