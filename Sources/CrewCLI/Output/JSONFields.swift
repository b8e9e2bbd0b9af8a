import CrewKit

/// A JSON object written member by member, so that amounts of money stand in it exactly.
struct JSONFields {
    private var members: [String] = []

    /// Adds a value.
    mutating func add(_ key: String, _ value: JSONValue) { addRaw(key, value.jsonText) }

    /// Adds a text, or `null`.
    mutating func add(_ key: String, _ text: String?) { add(key, text.map { JSONValue.string($0) } ?? .null) }

    /// Adds an amount in dollars as the decimal number that it is.
    mutating func add(_ key: String, _ money: Money) { addRaw(key, money.decimal) }

    /// Adds an amount in dollars, or `null`.
    mutating func add(_ key: String, optional money: Money?) { addRaw(key, money?.decimal ?? "null") }

    /// Adds a duration in seconds as a decimal number.
    mutating func add(_ key: String, milliseconds: Int64) {
        let digits = String(milliseconds % 1_000)
        let fraction = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        addRaw(key, "\(milliseconds / 1_000).\(fraction)")
    }

    /// Adds an object.
    mutating func add(_ key: String, _ fields: JSONFields) { addRaw(key, fields.text) }

    /// Adds a list of objects.
    mutating func add(_ key: String, _ list: [JSONFields]) { addRaw(key, Self.list(list)) }

    private mutating func addRaw(_ key: String, _ json: String) {
        members.append(JSONValue.string(key).jsonText + ":" + json)
    }

    /// The object.
    var text: String { "{" + members.joined(separator: ",") + "}" }

    /// Objects as an array.
    static func list(_ list: [JSONFields]) -> String { "[" + list.map(\.text).joined(separator: ",") + "]" }
}
