/// A header field or a query parameter that goes along with every request to an endpoint.
public struct RequestParameter: Sendable, Hashable {
    /// Where its value comes from.
    public enum Value: Sendable, Hashable {
        /// The value itself, which everybody may see.
        case text(String)
        /// The value of an environment variable, which is kept secret.
        case variable(String)
    }

    /// Its name.
    public var name: String
    /// Where its value comes from.
    public var value: Value

    /// Makes a parameter.
    public init(_ name: String, _ value: Value) {
        self.name = name
        self.value = value
    }
}

extension RequestParameter.Value: ExpressibleByStringLiteral {
    /// A value as it is written in a crew file: `env:NAME` is an environment variable, anything else the text itself.
    public init(_ written: String) {
        self = written.hasPrefix("env:") ? .variable(String(written.dropFirst(4))) : .text(written)
    }

    /// A value as it is written in a crew file.
    public init(stringLiteral value: String) { self.init(value) }
}

extension RequestParameter: Codable {
    private enum CodingKeys: String, CodingKey { case name, text, variable }

    /// Reads a parameter as it is recorded.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        if let variable = try container.decodeIfPresent(String.self, forKey: .variable) {
            value = .variable(variable)
        } else {
            value = .text(try container.decode(String.self, forKey: .text))
        }
    }

    /// Records the name of a variable, never its value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        switch value {
        case .text(let text): try container.encode(text, forKey: .text)
        case .variable(let variable): try container.encode(variable, forKey: .variable)
        }
    }
}
