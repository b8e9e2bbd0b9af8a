// What single keywords of a schema document mean.
extension JSONValue {
    /// The type names that a schema document allows; empty when it does not say.
    var schemaTypes: [String] {
        switch self["type"] {
        case .string(let name)?: [name]
        case .array(let names)?: names.compactMap(\.stringValue)
        default: []
        }
    }

    /// The values to which a schema document limits what it describes.
    var fixedValues: [JSONValue]? {
        if let value = self["const"] { return [value] }
        return self["enum"]?.arrayValue
    }

    /// The schema that `$ref` leads to, within the same document.
    func referenced(in root: JSONValue) -> JSONValue? {
        guard let reference = self["$ref"]?.stringValue, reference.utf8.first == UInt8(ascii: "#") else { return nil }
        return JSONPointer.resolve(reference.dropFirst(), in: root)
    }

    /// The schema at the end of a chain of references that stand alone.
    func resolved(in root: JSONValue) -> JSONValue {
        var schema = self
        for _ in 0..<16 {
            guard let target = schema.referenced(in: root) else { return schema }
            schema = target
        }
        return schema
    }

    func isOfType(_ name: String) -> Bool {
        switch name {
        case "integer": integerValue != nil || (doubleValue.map { $0.rounded() == $0 } ?? false)
        case "number": doubleValue != nil
        default: typeName == name
        }
    }

    func isLess(than other: JSONValue) -> Bool {
        if case (.integer(let left), .integer(let right)) = (self, other) { return left < right }
        guard let left = doubleValue, let right = other.doubleValue else { return false }
        return left < right
    }

    func isMultiple(of divisor: JSONValue) -> Bool {
        if case (.integer(let value), .integer(let divisor)) = (self, divisor) {
            return divisor > 0 && value.isMultiple(of: divisor)
        }
        guard let value = doubleValue, let divisor = divisor.doubleValue, divisor > 0 else { return false }
        let quotient = value / divisor
        return quotient.isFinite && abs(quotient - quotient.rounded()) <= 1e-9 * max(1, abs(quotient))
    }
}
