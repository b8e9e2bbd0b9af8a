extension JSONSchema {
    /// The schema as it is sent to an endpoint.
    ///
    /// Either way every object is closed and requires all its properties, in their order; one that was optional may be
    /// `null` instead, which ``removingPlaceholderNulls(from:)`` undoes in the answer. Objects that say what further
    /// properties look like, or that name no property at all, stay open unless `keywords` is `strictSubset`, which
    /// knows no open objects. The strict subset further loses the length of strings, formats that strict mode does not
    /// list, defaults, and every unknown keyword; what a model can heed of them goes into the description.
    package func lowered(to keywords: Dialect.SchemaKeywords) -> JSONSchema {
        var lowering = Lowering(root: document, keywords: keywords)
        return JSONSchema(lowering.schema(document))
    }
}

private struct Lowering {
    let root: JSONValue
    let keywords: Dialect.SchemaKeywords
    /// For telling what may be `null`; without them it is let be `null` once more, which says the same.
    var steps = SchemaValidator.maximumSteps

    init(root: JSONValue, keywords: Dialect.SchemaKeywords) {
        self.root = root
        self.keywords = keywords
    }

    // https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas".
    static let strictKeywords: Set<String> = [
        "type", "enum", "const", "properties", "required", "additionalProperties", "items", "anyOf", "pattern",
        "format",
        "multipleOf", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
        "description", "title", "$defs", "$ref",
    ]
    static let strictFormats: Set<String> = [
        "date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid",
    ]

    mutating func schema(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema else { return schema }
        for keyword in ["$defs", "properties"] {
            if case .object(let inner)? = members[keyword] {
                var lowered: [(String, JSONValue)] = []
                for (name, part) in inner { lowered.append((name, self.schema(part))) }
                members[keyword] = .object(JSONObject(lowered))
            }
        }
        if let alternatives = members["anyOf"]?.arrayValue {
            var lowered: [JSONValue] = []
            for alternative in alternatives { lowered.append(self.schema(alternative)) }
            members["anyOf"] = .array(lowered)
        }
        for keyword in ["items", "additionalProperties"] {
            if let inner = members[keyword] { members[keyword] = self.schema(inner) }
        }
        closeObject(&members, original: schema)
        if keywords == .strictSubset { restrict(&members) }
        return .object(members)
    }

    private mutating func closeObject(_ members: inout JSONObject, original: JSONValue) {
        guard members["properties"] != nil || original.schemaTypes.contains("object") else { return }
        var properties = members["properties"]?.objectValue ?? [:]
        let isOpen =
            switch members["additionalProperties"] {
            case .object?, .bool(true)?: true
            case nil: properties.isEmpty
            default: false
            }
        if isOpen && keywords == .full { return }
        let required = original["required"]?.arrayValue ?? []
        for (name, property) in properties where !required.contains(.string(name)) {
            properties[name] = nullable(property, original: original["properties"]?[name] ?? property)
        }
        members["properties"] = .object(properties)
        members["required"] = .array(properties.keys.map(JSONValue.string))
        members["additionalProperties"] = false
    }

    private mutating func nullable(_ schema: JSONValue, original: JSONValue) -> JSONValue {
        if JSONSchema.accepts(.null, original, root: root, steps: &steps) { return schema }
        guard case .object(var members) = schema, members["const"] == nil, members["$ref"] == nil else {
            return either(schema)
        }
        let types = schema.schemaTypes
        if !types.isEmpty, members["anyOf"] == nil {
            if !types.contains("null") { members["type"] = .array((types + ["null"]).map(JSONValue.string)) }
            if let values = members["enum"]?.arrayValue, !values.contains(.null) {
                members["enum"] = .array(values + [.null])
            }
            return .object(members)
        }
        if types.isEmpty, members["enum"] == nil, let alternatives = members["anyOf"]?.arrayValue {
            members["anyOf"] = .array(alternatives + [JSONSchema.null.document])
            return .object(members)
        }
        return either(schema)
    }

    private func either(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, JSONSchema.null.document]] }

    private func restrict(_ members: inout JSONObject) {
        var notes: [String] = []
        if let least = members["minLength"]?.integerValue, least > 0 { notes.append("At least \(least) characters.") }
        if let most = members["maxLength"]?.integerValue { notes.append("At most \(most) characters.") }
        if members["uniqueItems"] == true { notes.append("No item twice.") }
        if let format = members["format"]?.stringValue, !Self.strictFormats.contains(format) {
            notes.append("Format: \(format).")
            members["format"] = nil
        }
        if let value = members["default"], value != .null { notes.append("Default: \(value.jsonText).") }
        for keyword in members.keys where !Self.strictKeywords.contains(keyword) { members[keyword] = nil }
        if !notes.isEmpty {
            let before = members["description"]?.stringValue.map { [$0] } ?? []
            members["description"] = .string((before + notes).joined(separator: " "))
        }
        // Strict mode takes nothing beside a reference, but takes a description beside a choice.
        if let reference = members["$ref"], members.count > 1 {
            members["$ref"] = nil
            members["anyOf"] = [["$ref": reference]]
        }
    }
}
