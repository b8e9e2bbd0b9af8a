/// What an endpoint put beside a message or a tool call and wants back with it, such as the signature of a thought.
///
/// Only the endpoint can read it, so it is kept as JSON and goes back in the same bytes each time.
public struct OpaqueFields: Sendable, Hashable {
    /// The most bytes that the fields of one answer may have.
    package static let maximumBytes = 1 << 20
    /// What this project writes itself, and a message or a tool call must not hold twice.
    private static let ownNames: Set<String> = [
        "role", "content", "tool_calls", "tool_call_id", "function_call", "name", "refusal", "id", "type", "function",
        "index",
    ]

    /// The fields as the JSON text of an object.
    public let json: String

    /// Takes fields; `nil` when none are left that an endpoint may name.
    public init?(_ members: JSONObject) {
        let kept = members.filter { !Self.ownNames.contains($0.key) && $0.value != .null }
        guard !kept.isEmpty else { return nil }
        json = JSONValue.object(JSONObject(kept.map { ($0.key, $0.value) })).jsonText
    }

    /// Reads the JSON text of an object; `nil` when it is none, or too large.
    public init?(json: String) {
        guard json.utf8.count <= Self.maximumBytes, let members = (try? JSONValue(parsing: json))?.objectValue else {
            return nil
        }
        self.init(members)
    }

    /// The fields by their names.
    public var members: JSONObject { (try? JSONValue(parsing: json))?.objectValue ?? [:] }

    /// The fields without one of them.
    package func without(_ name: String) -> OpaqueFields? {
        var members = members
        members[name] = nil
        return OpaqueFields(members)
    }

    /// The members without the braces around them.
    var encodedMembers: ArraySlice<UInt8> { Array(json.utf8).dropFirst().dropLast() }
}

extension OpaqueFields: Codable {
    /// Reads a string of JSON text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let fields = OpaqueFields(json: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no JSON object of opaque fields")
        }
        self = fields
    }

    /// Writes a string of JSON text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(json)
    }
}

extension JSONValue {
    /// The document with every string in it, keys included, changed.
    package func mapStrings(_ change: (String) -> String) -> JSONValue {
        switch self {
        case .string(let text): .string(change(text))
        case .array(let elements): .array(elements.map { $0.mapStrings(change) })
        case .object(let members):
            .object(JSONObject(members.map { (change($0.key), $0.value.mapStrings(change)) }))
        default: self
        }
    }
}
