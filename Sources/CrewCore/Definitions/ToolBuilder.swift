/// Collects the tools of an agent: tools written in Swift, and the names of tools that the crew declares.
@resultBuilder
public enum ToolBuilder {
    /// A tool written in Swift.
    public static func buildExpression(_ tool: some Tool) -> [ToolGrant] { [.code(tool)] }
    /// Tools written in Swift.
    public static func buildExpression(_ tools: [any Tool]) -> [ToolGrant] { tools.map(ToolGrant.code) }
    /// A tool that the crew declares: `"calculator"`, `"notes.read"`.
    public static func buildExpression(_ name: String) -> [ToolGrant] { [.named(name)] }
    /// A grant.
    public static func buildExpression(_ grant: ToolGrant) -> [ToolGrant] { [grant] }
    /// Joins the lines.
    public static func buildBlock(_ parts: [ToolGrant]...) -> [ToolGrant] { parts.flatMap(\.self) }
    /// An `if` without `else`.
    public static func buildOptional(_ part: [ToolGrant]?) -> [ToolGrant] { part ?? [] }
    /// An `if`.
    public static func buildEither(first part: [ToolGrant]) -> [ToolGrant] { part }
    /// An `else`.
    public static func buildEither(second part: [ToolGrant]) -> [ToolGrant] { part }
    /// A `for` loop.
    public static func buildArray(_ parts: [[ToolGrant]]) -> [ToolGrant] { parts.flatMap(\.self) }
    /// An `if #available`.
    public static func buildLimitedAvailability(_ part: [ToolGrant]) -> [ToolGrant] { part }
}

extension ToolGrant: ExpressibleByStringLiteral {
    /// Grants a declared tool by its name.
    public init(stringLiteral name: String) { self = .named(name) }
}

extension Agent {
    /// Makes an agent and grants it tools.
    public init(
        _ name: String,
        role: String,
        goal: String,
        instructions: String = "",
        model: String? = nil,
        limits: Limits = Limits(),
        maximumTurns: Int = 25,
        exemptions: [Exemption] = [],
        @ToolBuilder tools: () -> [ToolGrant]
    ) {
        self.init(
            name,
            role: role,
            goal: goal,
            instructions: instructions,
            model: model,
            tools: tools(),
            limits: limits,
            maximumTurns: maximumTurns,
            exemptions: exemptions
        )
    }
}
