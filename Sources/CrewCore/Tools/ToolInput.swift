public import ChatModel

/// The arguments of a tool: a plain Swift value whose JSON Schema is derived from how it decodes.
///
/// Structs of strings, numbers, truth values, `CaseIterable` enums with raw values, arrays, string-keyed dictionaries
/// and further such structs need nothing but the conformance. A property that is optional need not be given.
public protocol ToolInput: Decodable, Sendable {
    /// What the schema cannot know from types: descriptions, ranges, allowed values, by property path.
    static var guides: [Guide] { get }

    /// The schema that the model sees and that its arguments are checked against.
    ///
    /// Derived from `init(from:)` and ``guides``. Write it yourself for a type that decodes in a way of its own.
    ///
    /// - Throws: ``ToolSchemaError`` when the schema cannot be derived.
    static func makeSchema() throws(ToolSchemaError) -> JSONSchema
}

extension ToolInput {
    /// No guides.
    public static var guides: [Guide] { [] }

    /// Derives the schema: properties in the order in which they decode, no others allowed.
    public static func makeSchema() throws(ToolSchemaError) -> JSONSchema {
        var document = try SchemaRecording.schema(of: Self.self)
        for guide in guides { try guide.merge(into: &document, of: Self.self) }
        return JSONSchema(.object(document))
    }
}

/// A remark on one property of a tool's arguments.
public struct Guide: Sendable, Hashable {
    /// The property: `city`, or `place.city` for a nested one; a path goes through arrays and dictionaries to what they
    /// hold, so that `stops.city` is the city of every stop.
    public let property: String
    /// Schema keywords to add to the property, such as `description`, `minimum` or `maxLength`.
    public let keywords: JSONObject

    /// Describes a property and, if need be, constrains it by further schema keywords.
    public init(_ property: String, _ description: String, _ keywords: JSONObject = [:]) {
        self.property = property
        var all: JSONObject = ["description": .string(description)]
        for (key, value) in keywords { all[key] = value }
        self.keywords = all
    }
}
