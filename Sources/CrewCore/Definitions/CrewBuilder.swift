/// One thing that a crew is made of.
public enum CrewPart: Sendable, Hashable {
    /// An agent.
    case agent(Agent)
    /// A crew that works within this one.
    case crew(MemberCrew)
    /// A task; tasks keep their order.
    case task(CrewTask)
    /// A model.
    case model(ModelDefinition)
    /// A tool that agents may be granted by name.
    case tool(ToolDefinition)
    /// An input.
    case input(CrewInput)
}

/// Collects what a crew is made of, in any order.
@resultBuilder
public enum CrewBuilder {
    /// An agent.
    public static func buildExpression(_ agent: Agent) -> [CrewPart] { [.agent(agent)] }
    /// A crew that works within this one.
    public static func buildExpression(_ member: MemberCrew) -> [CrewPart] { [.crew(member)] }
    /// A task.
    public static func buildExpression(_ task: CrewTask) -> [CrewPart] { [.task(task)] }
    /// A model.
    public static func buildExpression(_ model: ModelDefinition) -> [CrewPart] { [.model(model)] }
    /// A tool.
    public static func buildExpression(_ tool: ToolDefinition) -> [CrewPart] { [.tool(tool)] }
    /// An input.
    public static func buildExpression(_ input: CrewInput) -> [CrewPart] { [.input(input)] }
    /// Parts made elsewhere.
    public static func buildExpression(_ parts: [CrewPart]) -> [CrewPart] { parts }
    /// Joins the lines.
    public static func buildBlock(_ parts: [CrewPart]...) -> [CrewPart] { parts.flatMap(\.self) }
    /// An `if` without `else`.
    public static func buildOptional(_ part: [CrewPart]?) -> [CrewPart] { part ?? [] }
    /// An `if`.
    public static func buildEither(first part: [CrewPart]) -> [CrewPart] { part }
    /// An `else`.
    public static func buildEither(second part: [CrewPart]) -> [CrewPart] { part }
    /// A `for` loop.
    public static func buildArray(_ parts: [[CrewPart]]) -> [CrewPart] { parts.flatMap(\.self) }
    /// An `if #available`.
    public static func buildLimitedAvailability(_ part: [CrewPart]) -> [CrewPart] { part }
}

extension Crew {
    /// Makes a crew from its parts; what is of one kind keeps its order.
    public init(
        _ name: String,
        goal: String,
        process: CrewProcess = .sequential,
        limits: Limits = Limits(),
        @CrewBuilder _ parts: () -> [CrewPart]
    ) {
        self.init(name: name, goal: goal, agents: [], process: process, limits: limits)
        for part in parts() {
            switch part {
            case .agent(let agent): agents.append(agent)
            case .crew(let member): crews.append(member)
            case .task(let task): tasks.append(task)
            case .model(let model): models.append(model)
            case .tool(let tool): tools.append(tool)
            case .input(let input): inputs.append(input)
            }
        }
    }
}
