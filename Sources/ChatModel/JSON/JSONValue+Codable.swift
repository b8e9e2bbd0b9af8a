extension JSONValue: Codable {
    /// Reads a document from a string of JSON text.
    ///
    /// A document inside another is kept as text, because general decoders forget the order of keys.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            try self.init(parsing: container.decode(String.self))
        } catch let error as JSONSyntaxError {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Writes a string of JSON text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(jsonText)
    }
}

extension JSONSchema: Codable {
    /// Reads a string of JSON text.
    public init(from decoder: any Decoder) throws { self.init(try JSONValue(from: decoder)) }
    /// Writes a string of JSON text.
    public func encode(to encoder: any Encoder) throws { try document.encode(to: encoder) }
}
