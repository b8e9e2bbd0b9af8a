extension JSONSchema {
    /// Says what in this document is not a schema as it is understood here.
    ///
    /// Meant for schemas that people write: an unknown keyword is a problem, as it is a spelling mistake more often
    /// than not, and would silently constrain nothing. References may be recursive, but must lead somewhere.
    ///
    /// - Returns: The problems in the order of the document; none when all is well.
    public func check() -> [SchemaProblem] {
        var checker = SchemaChecker(root: document)
        checker.check(document, at: "", depth: 0)
        return checker.problems
    }
}

private struct SchemaChecker {
    let root: JSONValue
    var problems: [SchemaProblem] = []

    init(root: JSONValue) { self.root = root }

    private mutating func report(_ path: String, _ message: String) {
        problems.append(SchemaProblem(path: path, message: message))
    }

    private static let types = ["string", "integer", "number", "boolean", "object", "array", "null"]
    private static let keywords = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "anyOf", "minItems",
        "maxItems", "minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "format", "description", "title", "default", "$defs", "$ref", "$schema", "$comment", "examples",
    ]

    /// The most schemas in one document, alternatives of a choice, and properties of an object.
    private static let mostSchemas = 5_000
    private static let mostAlternatives = 200
    private static let mostProperties = 1_000
    private var schemas = 0

    mutating func check(_ schema: JSONValue, at path: String, depth: Int) {
        schemas += 1
        guard schemas <= Self.mostSchemas else {
            if schemas == Self.mostSchemas + 1 {
                report(path, "the document holds more than \(Self.mostSchemas) schemas")
            }
            return
        }
        guard depth < 100 else { return report(path, "nested too deeply") }
        guard case .object(let members) = schema else {
            return report(path, "a schema must be an object, is \(schema.typeName)")
        }
        for (keyword, value) in members {
            check(keyword, value, at: JSONPointer.appending(keyword, to: path), depth: depth)
        }
        if let required = members["required"]?.arrayValue, members["additionalProperties"] == false {
            for name in required.compactMap(\.stringValue) where members["properties"]?[name] == nil {
                report(path + "/required", "\"\(name)\" is required but is not among the properties")
            }
        }
        for (least, most) in [("minItems", "maxItems"), ("minLength", "maxLength"), ("minimum", "maximum")] {
            if let low = members[least], let high = members[most], high.isLess(than: low) {
                report(path, "\(least) is larger than \(most)")
            }
        }
    }

    private mutating func check(_ keyword: String, _ value: JSONValue, at path: String, depth: Int) {
        switch keyword {
        case "type": checkType(value, at: path)
        case "enum":
            if value.arrayValue?.isEmpty ?? true { report(path, "must be an array with at least one value") }
        case "const", "default", "examples": break
        case "properties", "$defs":
            guard case .object(let schemas) = value else { return report(path, "must be an object of schemas") }
            if schemas.count > Self.mostProperties { report(path, "has more than \(Self.mostProperties) members") }
            for (name, schema) in schemas {
                check(schema, at: JSONPointer.appending(name, to: path), depth: depth + 1)
            }
        case "required":
            guard let names = value.arrayValue, names.allSatisfy({ $0.stringValue != nil }) else {
                return report(path, "must be an array of property names")
            }
            if Set(names).count < names.count { report(path, "names a property twice") }
        case "additionalProperties": if value.boolValue == nil { check(value, at: path, depth: depth + 1) }
        case "items": check(value, at: path, depth: depth + 1)
        case "anyOf":
            guard let schemas = value.arrayValue, !schemas.isEmpty else {
                return report(path, "must be an array with at least one schema")
            }
            if schemas.count > Self.mostAlternatives {
                return report(path, "has more than \(Self.mostAlternatives) alternatives")
            }
            for (index, schema) in schemas.enumerated() { check(schema, at: "\(path)/\(index)", depth: depth + 1) }
        case "minItems", "maxItems", "minLength", "maxLength":
            if value.integerValue.map({ $0 < 0 }) ?? true { report(path, "must be a whole number, 0 or more") }
        case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
            if value.doubleValue == nil { report(path, "must be a number") }
        case "multipleOf":
            if value.doubleValue.map({ $0 <= 0 }) ?? true { report(path, "must be a number above 0") }
        case "pattern": checkPattern(value, at: path)
        case "$ref": checkReference(value, at: path)
        case "format", "description", "title", "$schema", "$comment":
            if value.stringValue == nil { report(path, "must be a string") }
        default:
            let near = Self.keywords.first { $0.lowercased() == keyword.lowercased() }
            report(path, "unknown keyword \"\(keyword)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? ""))
        }
    }

    private mutating func checkType(_ value: JSONValue, at path: String) {
        let names: [JSONValue]
        switch value {
        case .string: names = [value]
        case .array(let list) where !list.isEmpty: names = list
        default: return report(path, "must be a type name or an array of them")
        }
        for name in names {
            guard let text = name.stringValue, Self.types.contains(text) else {
                report(path, "\(name.excerpt) is no type; the types are \(Self.types.joined(separator: ", "))")
                continue
            }
        }
        if Set(names).count < names.count { report(path, "names a type twice") }
    }

    private mutating func checkPattern(_ value: JSONValue, at path: String) {
        guard let source = value.stringValue else { return report(path, "must be a string") }
        do { _ = try SchemaPattern(source) } catch { report(path, "is not understood: \(error.message)") }
    }

    private mutating func checkReference(_ value: JSONValue, at path: String) {
        guard let reference = value.stringValue, reference == "#" || reference.hasPrefix("#/$defs/") else {
            return report(path, "must be \"#\" or lead into \"#/$defs/\"")
        }
        var schema: JSONValue = ["$ref": value]
        for _ in 0..<64 {
            guard schema["$ref"] != nil else { return }
            guard let target = schema.referenced(in: root) else {
                return report(path, "\"\(reference)\" leads nowhere")
            }
            schema = target
        }
        report(path, "\"\(reference)\" leads back to itself")
    }
}
