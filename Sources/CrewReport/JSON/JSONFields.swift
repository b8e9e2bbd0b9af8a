package import ChatModel
package import CrewCore

/// A JSON object written member by member, so that amounts of money stand in it exactly.
package struct JSONFields {
    private var members: [String] = []

    /// Begins an object without members.
    package init() {}

    /// Adds a value.
    package mutating func add(_ key: String, _ value: JSONValue) { addRaw(key, value.jsonText) }

    /// Adds a text, or `null`.
    package mutating func add(_ key: String, _ text: String?) { add(key, text.map { JSONValue.string($0) } ?? .null) }

    /// Adds an amount in dollars as the decimal number that it is.
    package mutating func add(_ key: String, _ money: Money) { addRaw(key, money.decimal) }

    /// Adds an amount in dollars, or `null`.
    package mutating func add(_ key: String, optional money: Money?) { addRaw(key, money?.decimal ?? "null") }

    /// Adds a duration in seconds as a decimal number.
    package mutating func add(_ key: String, milliseconds: Int64) {
        let digits = String(milliseconds % 1_000)
        let fraction = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        addRaw(key, "\(milliseconds / 1_000).\(fraction)")
    }

    /// Adds an object.
    package mutating func add(_ key: String, _ fields: JSONFields) { addRaw(key, fields.text) }

    /// Adds a list of objects.
    package mutating func add(_ key: String, _ list: [JSONFields]) { addRaw(key, Self.list(list)) }

    private mutating func addRaw(_ key: String, _ json: String) {
        members.append(JSONValue.string(key).jsonText + ":" + json)
    }

    /// The object.
    package var text: String { "{" + members.joined(separator: ",") + "}" }

    /// Objects as an array.
    package static func list(_ list: [JSONFields]) -> String { "[" + list.map(\.text).joined(separator: ",") + "]" }
}
