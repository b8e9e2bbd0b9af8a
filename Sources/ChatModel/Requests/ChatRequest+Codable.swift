// A request can be performed elsewhere: written and read again it makes the same bytes for the endpoint.

extension ResponseFormat: Codable {
    private enum CodingKeys: String, CodingKey { case type, name, schema }
    private enum Kind: String, Codable {
        case text
        case jsonObject = "json_object"
        case jsonSchema = "json_schema"
    }

    /// Reads a format by its `type`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .text: self = .text
        case .jsonObject: self = .jsonObject
        case .jsonSchema:
            self = .jsonSchema(
                name: try container.decode(String.self, forKey: .name),
                schema: try container.decode(EncodedSchema.self, forKey: .schema)
            )
        }
    }

    /// Writes `type` and what goes with it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .text: try container.encode(Kind.text, forKey: .type)
        case .jsonObject: try container.encode(Kind.jsonObject, forKey: .type)
        case .jsonSchema(let name, let schema):
            try container.encode(Kind.jsonSchema, forKey: .type)
            try container.encode(name, forKey: .name)
            try container.encode(schema, forKey: .schema)
        }
    }
}

extension ToolChoice: Codable {
    private enum CodingKeys: String, CodingKey { case type, name }
    private enum Kind: String, Codable { case automatic, none, tool }

    /// Reads a choice by its `type`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .automatic: self = .automatic
        case .none: self = .none
        case .tool: self = .tool(try container.decode(String.self, forKey: .name))
        }
    }

    /// Writes `type` and the tool's name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .automatic: try container.encode(Kind.automatic, forKey: .type)
        case .none: try container.encode(Kind.none, forKey: .type)
        case .tool(let name):
            try container.encode(Kind.tool, forKey: .type)
            try container.encode(name, forKey: .name)
        }
    }
}

extension Conversation: Codable {
    private enum CodingKeys: String, CodingKey { case messages, recipient }

    /// Reads the messages and writes their JSON anew, which is the same for the same recipient.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode([Message].self, forKey: .messages),
            for: try container.decodeIfPresent(Recipient.self, forKey: .recipient)
        )
    }

    /// Writes the messages and who they are written for.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(messages, forKey: .messages)
        try container.encodeIfPresent(recipient, forKey: .recipient)
    }
}

extension ToolCatalog: Codable {
    /// Reads the declarations.
    public init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode([ToolDeclaration].self))
    }

    /// Writes the declarations.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(tools)
    }
}

extension EncodedSchema: Codable {
    /// Reads a string of JSON text.
    public init(from decoder: any Decoder) throws { self.init(asItStands: try JSONSchema(from: decoder)) }

    /// Writes a string of JSON text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(decoding: bytes, as: UTF8.self))
    }
}

extension ExtraFields: Codable {
    /// Reads a string of JSON text, an object.
    public init(from decoder: any Decoder) throws {
        guard let fields = try JSONValue(from: decoder).objectValue else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "no JSON object of fields")
            )
        }
        self.init(fields)
    }

    /// Writes a string of JSON text, an object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode("{" + String(decoding: encoded.dropFirst(), as: UTF8.self) + "}")
    }
}
