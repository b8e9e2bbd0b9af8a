internal import ChatModel

/// A Swift type that is one JSON scalar.
protocol JSONPrimitive: Decodable {
    /// The schema of every value of the type.
    static var schema: JSONObject { get }
    /// Some value of the type.
    static var sample: Self { get }
    /// What a value is, in words, with its article.
    static var noun: String { get }
    /// Reads a value without coercion.
    init?(json: JSONValue)
}

extension Bool: JSONPrimitive {
    static var schema: JSONObject { ["type": "boolean"] }
    static var sample: Bool { false }
    static var noun: String { "true or false" }

    init?(json: JSONValue) {
        guard let value = json.boolValue else { return nil }
        self = value
    }
}

extension String: JSONPrimitive {
    static var schema: JSONObject { ["type": "string"] }
    static var sample: String { "" }
    static var noun: String { "a string" }

    init?(json: JSONValue) {
        guard let value = json.stringValue else { return nil }
        self = value
    }
}

extension Double: JSONPrimitive {
    static var schema: JSONObject { ["type": "number"] }
    static var sample: Double { 0 }
    static var noun: String { "a number" }

    init?(json: JSONValue) {
        guard let value = json.doubleValue else { return nil }
        self = value
    }
}

extension Float: JSONPrimitive {
    static var schema: JSONObject { ["type": "number"] }
    static var sample: Float { 0 }
    static var noun: String { "a number within the range of 32-bit floating point" }

    init?(json: JSONValue) {
        guard let value = json.doubleValue.map(Float.init), value.isFinite else { return nil }
        self = value
    }
}

/// The whole numbers; the narrow ones say their range.
protocol JSONInteger: JSONPrimitive, FixedWidthInteger {}

extension JSONInteger {
    static var schema: JSONObject {
        var schema: JSONObject = ["type": "integer"]
        if let minimum = Int64(exactly: Self.min), minimum > .min { schema["minimum"] = .integer(minimum) }
        if let maximum = Int64(exactly: Self.max), maximum < .max { schema["maximum"] = .integer(maximum) }
        return schema
    }
    static var sample: Self { 0 }
    static var noun: String {
        guard let most = Int64(exactly: Self.max), most < .max else {
            return isSigned ? "an integer" : "an integer, 0 or more"
        }
        return "an integer from \(Self.min) to \(Self.max)"
    }

    init?(json: JSONValue) {
        guard let value = json.integerValue.flatMap(Self.init(exactly:)) else { return nil }
        self = value
    }
}

extension Int: JSONInteger {}
extension Int8: JSONInteger {}
extension Int16: JSONInteger {}
extension Int32: JSONInteger {}
extension Int64: JSONInteger {}
extension UInt: JSONInteger {}
extension UInt8: JSONInteger {}
extension UInt16: JSONInteger {}
extension UInt32: JSONInteger {}
extension UInt64: JSONInteger {}
