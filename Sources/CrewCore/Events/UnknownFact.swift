import ChatModel

/// A fact that this version does not know: of a kind, or in a shape, that a newer crew records.
///
/// It is kept and shown as it was recorded, and changes nothing in a run's state. So a state that it is folded into may
/// not be the run's: nobody may go on from it.
public struct UnknownFact: Sendable, Hashable {
    /// The fact's name.
    public let type: String
    /// The version of its shape.
    public let version: Int
    /// The whole event as it was recorded, a JSON object.
    public let json: String

    /// Describes a fact.
    package init(type: String, version: Int, json: String) {
        self.type = type
        self.version = version
        self.json = json
    }

    /// Reads the members of the event that it stands in.
    init(type: String, version: Int, from decoder: any Decoder) throws {
        self.init(type: type, version: version, json: try AnyJSON(from: decoder).value.jsonText)
    }

    /// Writes its members, but those that every event has.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: AnyJSON.Key.self)
        for (name, value) in try JSONValue(parsing: json).objectValue ?? [:] where !["sequence", "time"].contains(name)
        {
            try container.encode(AnyJSON(value), forKey: AnyJSON.Key(stringValue: name))
        }
    }
}

extension Sequence<Event> {
    /// The first event of which this version does not know what it says, if there is one.
    package var firstUnknown: (sequence: Int, fact: UnknownFact)? {
        for event in self {
            if case .unknown(let fact) = event.fact { return (event.sequence, fact) }
        }
        return nil
    }
}

/// A JSON document of any form as it stands, where ``JSONValue`` itself is kept as a text.
struct AnyJSON: Codable {
    struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    init(from decoder: any Decoder) throws {
        if let container = try? decoder.container(keyedBy: Key.self) {
            var members = JSONObject()
            // Decoders forget the order of keys.
            for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
                members[key.stringValue] = try container.decode(AnyJSON.self, forKey: key).value
            }
            value = .object(members)
        } else if var container = try? decoder.unkeyedContainer() {
            var elements: [JSONValue] = []
            while !container.isAtEnd { elements.append(try container.decode(AnyJSON.self).value) }
            value = .array(elements)
        } else {
            value = try Self.scalar(decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> JSONValue {
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode(Int64.self) { return .integer(value) }
        if let value = try? container.decode(Double.self) { return .number(value) }
        return .string(try container.decode(String.self))
    }

    func encode(to encoder: any Encoder) throws {
        switch value {
        case .object(let members):
            var container = encoder.container(keyedBy: Key.self)
            for (name, value) in members { try container.encode(AnyJSON(value), forKey: Key(stringValue: name)) }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(AnyJSON(element)) }
        case .null:
            var container = encoder.singleValueContainer()
            try container.encodeNil()
        case .bool(let value): try value.encode(to: encoder)
        case .integer(let value): try value.encode(to: encoder)
        case .number(let value): try value.encode(to: encoder)
        case .string(let value): try value.encode(to: encoder)
        }
    }
}
