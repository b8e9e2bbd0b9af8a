/// A JSON Schema, as the document it is.
///
/// The subset that is understood: `type` (also a list), `enum`, `const`, `properties`, `required`,
/// `additionalProperties`, `items`, `anyOf`, `minItems`, `maxItems`, `minLength`, `maxLength`, `pattern`, `minimum`,
/// `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, `format`, `description`, `title`, `default`,
/// `$defs`, `$ref` into them or to the whole, and `$schema`, `$comment` and `examples`, which say nothing about values.
public struct JSONSchema: Sendable, Hashable {
    /// The schema document.
    public let document: JSONValue

    /// Takes a document as a schema, unchecked.
    public init(_ document: JSONValue) {
        self.document = document
    }
}

/// A schema in the form in which it is sent, its JSON written once.
public struct EncodedSchema: Sendable, Hashable {
    /// The JSON text.
    package let bytes: [UInt8]

    /// Writes the schema in a dialect's terms.
    ///
    /// - Parameters:
    ///   - schema: The full schema; answers are checked against that one, whatever was sent.
    ///   - keywords: The keywords that the endpoint takes; other constraints move into descriptions.
    public init(_ schema: JSONSchema, keywords: Dialect.SchemaKeywords) {
        bytes = schema.lowered(to: keywords).document.jsonBytes
    }

    /// Writes a schema that every endpoint of its dialect takes as it stands.
    package init(asItStands schema: JSONSchema) {
        bytes = schema.document.jsonBytes
    }
}
