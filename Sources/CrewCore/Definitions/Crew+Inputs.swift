public import ChatModel

extension Crew {
    /// The values with which a run begins: those given, and defaults for the rest.
    ///
    /// - Parameter given: Values by input name, of the declared types.
    /// - Throws: ``InputError`` for an unknown name, a value of another type, or a missing value without a default.
    public func resolveInputs(_ given: [String: JSONValue]) throws(InputError) -> JSONObject {
        if let unknown = given.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
            let known = inputs.map(\.name).joined(separator: ", ")
            throw InputError("the crew has no input \"\(unknown)\"; it has \(known.isEmpty ? "none" : known)")
        }
        var values = JSONObject()
        for input in inputs {
            guard let value = given[input.name] ?? input.defaultValue else {
                throw InputError(
                    "the input \"\(input.name)\" is missing\(input.summary.isEmpty ? "" : " (\(input.summary))")"
                )
            }
            guard input.type.admits(value) else {
                throw InputError("the input \"\(input.name)\" must be \(input.type.phrase), not \(value.jsonText)")
            }
            values[input.name] = value
        }
        return values
    }
}

extension CrewInput.ValueType {
    /// Whether a value is of this type.
    public func admits(_ value: JSONValue) -> Bool {
        switch self {
        case .string: value.stringValue != nil
        case .integer: value.integerValue != nil
        case .number: value.doubleValue != nil
        case .boolean: value.boolValue != nil
        }
    }

    /// Reads a value of this type from a command line; `nil` when the text is none.
    public func value(from text: String) -> JSONValue? {
        switch self {
        case .string: .string(text)
        case .integer: Int64(text).map { .integer($0) }
        case .number: Double(text).flatMap { $0.isFinite ? .number($0) : nil }
        case .boolean: text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
        }
    }

    /// The type as a phrase.
    public var phrase: String {
        switch self {
        case .string: "a text"
        case .integer: "a whole number"
        case .number: "a number"
        case .boolean: "true or false"
        }
    }
}

/// Why a run cannot begin with the values given.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let message: String

    /// Makes an error.
    public init(_ message: String) { self.message = message }

    /// The message.
    public var description: String { message }
}
