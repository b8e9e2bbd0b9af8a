public import ChatModel

/// A tool, or a set of tools, that comes with the engine, as a crew declares it: which one, and what it may reach.
public struct ToolDefinition: Sendable, Hashable, Codable {
    /// The name under which agents are granted it.
    public var name: String
    /// Which built-in it is: `calculator`, `files` or `fetch`.
    public var builtin: String
    /// What it may reach, in the built-in's own terms.
    public var options: JSONValue

    /// Declares a tool.
    public init(name: String, builtin: String, options: JSONValue = [:]) {
        self.name = name
        self.builtin = builtin
        self.options = options
    }
}

/// The permission of an agent to use a tool.
public enum ToolGrant: Sendable {
    /// A tool that the crew declares, or one of a declared set: `calculator`, `notes`, `notes.read`.
    case named(String)
    /// A tool written in Swift.
    case code(any Tool)

    /// The name by which the grant is known.
    public var name: String {
        switch self {
        case .named(let name): name
        case .code(let tool): tool.name
        }
    }
}

extension ToolGrant: Hashable {
    /// Grants are equal when they grant the tool of the same name.
    public static func == (left: ToolGrant, right: ToolGrant) -> Bool { left.name == right.name }
    /// Hashes the name.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ToolGrant: Codable {
    /// Reads a name.
    ///
    /// A tool written in Swift is found again by its name when a run is resumed.
    public init(from decoder: any Decoder) throws {
        self = .named(try decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
