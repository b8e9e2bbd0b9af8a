/// Why the schema of a ``Generable`` type cannot be derived.
public struct SchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The Swift type.
    public let type: String
    /// The property at fault, as a path such as `place.city`; empty for the type as a whole.
    public let property: String
    /// What is wrong.
    public let problem: String
    /// What to do about it.
    public let remedy: String

    package init(type: String, property: String, problem: String, remedy: String) {
        self.type = type
        self.property = property
        self.problem = problem
        self.remedy = remedy
    }

    /// The type, the property, the problem and the remedy in one sentence.
    public var description: String {
        let place = property.isEmpty ? type : "\(type), property '\(property)'"
        return "no schema for \(place): \(problem); \(remedy)"
    }
}
