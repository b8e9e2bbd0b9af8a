/// One way in which a value does not follow a schema, said so that the model that wrote the value can mend it.
public struct SchemaViolation: Sendable, Hashable {
    /// Where in the value, as a JSON Pointer (RFC 6901); empty for the whole value.
    public let path: String
    /// What is wrong and what is wanted, as a phrase.
    public let message: String
    /// The values, or property names, that would be right, when they can be listed.
    public let allowed: [JSONValue]

    /// Makes a violation.
    public init(path: String, message: String, allowed: [JSONValue] = []) {
        self.path = path
        self.message = message
        self.allowed = allowed
    }
}

extension SchemaViolation: CustomStringConvertible {
    /// The place, what is wrong, and up to 24 allowed values.
    public var description: String {
        var text = path.isEmpty ? message : "\(path): \(message)"
        if !allowed.isEmpty {
            text += "; allowed: " + allowed.prefix(24).map(\.jsonText).joined(separator: ", ")
            if allowed.count > 24 { text += ", and \(allowed.count - 24) more" }
        }
        return text
    }
}

/// Why a document is not a schema that is understood here.
public struct SchemaProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where in the schema document, as a JSON Pointer (RFC 6901).
    public let path: String
    /// What is wrong, as a phrase.
    public let message: String

    /// The place and what is wrong.
    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// Steps into a document, written as a JSON Pointer (RFC 6901).
enum JSONPointer {
    static func appending(_ key: String, to path: String) -> String {
        guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return path + "/" + key
        }
        var escaped = path + "/"
        for character in key.unicodeScalars {
            switch character {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// The value that a pointer leads to.
    static func resolve(_ pointer: Substring, in document: JSONValue) -> JSONValue? {
        if pointer.isEmpty { return document }
        guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
        var value = document
        for step in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            let key = unescaped(step)
            if let member = value[key] {
                value = member
            } else if let elements = value.arrayValue, let index = Int(key), elements.indices.contains(index) {
                value = elements[index]
            } else {
                return nil
            }
        }
        return value
    }

    private static func unescaped(_ step: Substring) -> String {
        guard step.utf8.contains(UInt8(ascii: "~")) else { return String(step) }
        var text = ""
        var escape = false
        for character in step.unicodeScalars {
            if escape {
                text += character == "1" ? "/" : "~"
                escape = false
            } else if character == "~" {
                escape = true
            } else {
                text.unicodeScalars.append(character)
            }
        }
        return text
    }
}
