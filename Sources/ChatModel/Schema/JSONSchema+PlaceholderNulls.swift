extension JSONSchema {
    /// The value without the nulls that stand for absent properties.
    ///
    /// Endpoints are sent schemas in which every property is required and an optional one may be `null` instead. So a
    /// `null` for a property that this schema neither requires nor lets be `null` counts as absent, and is removed here.
    /// Validate the result.
    public func removingPlaceholderNulls(from value: JSONValue) -> JSONValue {
        cleaned(value, by: document, depth: 0)
    }

    private func cleaned(_ value: JSONValue, by schema: JSONValue, depth: Int) -> JSONValue {
        guard depth < SchemaValidator.maximumDepth else { return value }
        var value = value
        if let target = schema.referenced(in: document) { value = cleaned(value, by: target, depth: depth + 1) }
        if let alternatives = schema["anyOf"]?.arrayValue {
            let candidates = SchemaValidator.candidates(of: alternatives, for: value, root: document)
            for candidate in candidates {
                let attempt = cleaned(value, by: candidate, depth: depth + 1)
                if candidates.count == 1 || Self.accepts(attempt, candidate, root: document) {
                    value = attempt
                    break
                }
            }
        }
        switch value {
        case .array(let elements):
            guard let items = schema["items"] else { return value }
            return .array(elements.map { cleaned($0, by: items, depth: depth + 1) })
        case .object(let members):
            let required = schema["required"]?.arrayValue ?? []
            var kept: [(String, JSONValue)] = []
            for (name, member) in members {
                guard let property = schema["properties"]?[name] ?? schema["additionalProperties"] else {
                    kept.append((name, member))
                    continue
                }
                let isPlaceholder =
                    member == .null && schema["properties"]?[name] != nil && !required.contains(.string(name))
                    && !Self.accepts(.null, property, root: document)
                if !isPlaceholder { kept.append((name, cleaned(member, by: property, depth: depth + 1))) }
            }
            return .object(JSONObject(kept))
        default: return value
        }
    }
}
