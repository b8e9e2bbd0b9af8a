/// A tool as a model sees it.
public struct ToolDeclaration: Sendable, Hashable, Codable {
    /// The name by which the model calls it: letters, digits, `_` and `-`, at most 64.
    public let name: String
    /// What it does, for the model.
    public let summary: String
    /// The JSON Schema of its arguments, an object.
    public let parameters: JSONSchema

    /// Declares a tool.
    public init(name: String, summary: String, parameters: JSONSchema) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
    }
}

/// The tools offered with a request, their JSON written once and shared by every request that offers them.
public struct ToolCatalog: Sendable, Hashable {
    /// The tools, in the order in which they are offered.
    public let tools: [ToolDeclaration]
    /// The `tools` array of a chat-completions request; empty when there are none.
    package let encoded: [UInt8]

    /// No tools.
    public static let none = ToolCatalog([])

    /// Makes a catalogue and writes its JSON.
    public init(_ tools: [ToolDeclaration]) {
        self.tools = tools
        guard !tools.isEmpty else {
            encoded = []
            return
        }
        encoded =
            JSONValue.array(
                tools.map { tool in
                    [
                        "type": "function",
                        "function": [
                            "name": .string(tool.name),
                            "description": .string(tool.summary),
                            "parameters": tool.parameters.document,
                        ],
                    ]
                }
            ).jsonBytes
    }

    /// An upper bound on the tokens of the declarations: their bytes, and 64 a tool for what chat templates add.
    public var tokenBound: Int { encoded.count + 64 * tools.count }
}
