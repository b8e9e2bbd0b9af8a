public import ChatModel

/// A remark on one property of a ``Generable`` type, for the model: `Guide("days", "How many days ahead", ["maximum": 14])`.
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
