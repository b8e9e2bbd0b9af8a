/// An effect is one flat JSON object: `type`, and the members of what is to be performed, so that it can be performed
/// elsewhere. A request that is written and read again makes the same bytes for the endpoint.
extension Work: Codable {
    private enum CodingKeys: String, CodingKey { case type }
    private enum Kind: String, Codable {
        case callModel = "call_model"
        case callTool = "call_tool"
    }

    /// Reads the flat form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .callModel: self = .callModel(try ModelCall(from: decoder))
        case .callTool: self = .callTool(try ToolWork(from: decoder))
        }
    }

    /// Writes the flat form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .callModel(let call):
            try container.encode(Kind.callModel, forKey: .type)
            try call.encode(to: encoder)
        case .callTool(let tool):
            try container.encode(Kind.callTool, forKey: .type)
            try tool.encode(to: encoder)
        }
    }
}
