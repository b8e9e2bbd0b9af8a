/// Why the schema of a tool's arguments cannot be derived.
public struct ToolSchemaError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The Swift type of the arguments.
    public let input: String
    /// The property at fault, as a path such as `place.city`; empty for the arguments as a whole.
    public let property: String
    /// What is wrong.
    public let problem: String
    /// What to do about it.
    public let remedy: String

    package init(input: String, property: String, problem: String, remedy: String) {
        self.input = input
        self.property = property
        self.problem = problem
        self.remedy = remedy
    }

    /// The type, the property, the problem and the remedy in one sentence.
    public var description: String {
        let place = property.isEmpty ? input : "\(input), property '\(property)'"
        return "no schema for \(place): \(problem); \(remedy)"
    }
}
