public import ChatModel

/// The arguments of a tool: a plain Swift value whose JSON Schema is derived from how it decodes.
public protocol ToolInput: Decodable, Sendable {
    /// What the schema cannot know from types: descriptions, ranges, allowed values, by property path.
    static var guides: [Guide] { get }
}

extension ToolInput {
    /// No guides.
    public static var guides: [Guide] { [] }
}

/// A remark on one property of a tool's arguments.
public struct Guide: Sendable, Hashable {
    /// The property: `city`, or `place.city` for a nested one.
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
