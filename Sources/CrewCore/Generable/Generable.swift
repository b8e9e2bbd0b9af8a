public import ChatModel

/// A plain Swift value that models can be asked for: the arguments of a tool, the result of a task.
///
/// Its JSON Schema is derived from how it decodes. Structs of strings, numbers, truth values, `CaseIterable` enums with raw
/// values, arrays, string-keyed dictionaries and further such structs need nothing but the conformance. A property that is
/// optional need not be given.
///
/// ```swift
/// struct Brief: Generable {
///     var title: String
///     var sources: [String]
///
///     static var guides: [Guide] { [Guide("sources", "Addresses, one a fact", ["minItems": 3])] }
/// }
/// ```
public protocol Generable: Decodable, Sendable {
    /// What the schema cannot know from types: descriptions, ranges, allowed values, by property path.
    static var guides: [Guide] { get }

    /// The schema that the model sees and that what it says is checked against.
    ///
    /// Derived from `init(from:)` and ``guides``. Write it yourself for a type that decodes in a way of its own.
    ///
    /// - Throws: ``SchemaError`` when the schema cannot be derived.
    static func makeSchema() throws(SchemaError) -> JSONSchema
}

extension Generable {
    /// No guides.
    public static var guides: [Guide] { [] }

    /// Derives the schema: properties in the order in which they decode, no others allowed.
    public static func makeSchema() throws(SchemaError) -> JSONSchema {
        var document = try SchemaRecording.schema(of: Self.self)
        for guide in guides { try guide.merge(into: &document, of: Self.self) }
        return JSONSchema(.object(document))
    }
}
