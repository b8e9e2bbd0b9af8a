import ChatModel

extension ToolSpecification: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, summary, parameters, effects, isIdempotent, timeout
    }

    /// Reads a specification.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            declaration: ToolDeclaration(
                name: try container.decode(String.self, forKey: .name),
                summary: try container.decode(String.self, forKey: .summary),
                parameters: try container.decode(JSONSchema.self, forKey: .parameters)
            ),
            effects: try container.decode(ToolEffects.self, forKey: .effects),
            isIdempotent: try container.decode(Bool.self, forKey: .isIdempotent),
            timeout: try container.decode(Int.self, forKey: .timeout)
        )
    }

    /// Writes a specification.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(declaration.name, forKey: .name)
        try container.encode(declaration.summary, forKey: .summary)
        try container.encode(declaration.parameters, forKey: .parameters)
        try container.encode(effects, forKey: .effects)
        try container.encode(isIdempotent, forKey: .isIdempotent)
        try container.encode(timeout, forKey: .timeout)
    }
}
