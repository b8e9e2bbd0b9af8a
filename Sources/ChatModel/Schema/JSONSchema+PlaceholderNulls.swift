extension JSONSchema {
    /// The value without the nulls that stand for absent properties.
    ///
    /// Endpoints are sent schemas in which every property is required and an optional one may be `null` instead. So a
    /// `null` for a property that this schema neither requires nor lets be `null` counts as absent, and is removed
    /// here. Validate the result. What would take more than a bounded number of steps stays as it is.
    public func removingPlaceholderNulls(from value: JSONValue) -> JSONValue {
        // Most answers have none, and alternatives are dear to try.
        guard value.holdsNull else { return value }
        var steps = SchemaValidator.maximumSteps
        return cleaned(value, by: document, depth: 0, &steps)
    }

    private func cleaned(_ value: JSONValue, by schema: JSONValue, depth: Int, _ steps: inout Int) -> JSONValue {
        steps -= 1
        guard depth < SchemaValidator.maximumDepth, steps > 0, value.isContainer else { return value }
        var value = value
        if let target = schema.referenced(in: document) { value = cleaned(value, by: target, depth: depth + 1, &steps) }
        if let alternatives = schema["anyOf"]?.arrayValue {
            steps -= alternatives.count
            let candidates = SchemaValidator.candidates(of: alternatives, for: value, root: document)
            for candidate in candidates {
                guard steps > 0 else { break }
                let attempt = cleaned(value, by: candidate, depth: depth + 1, &steps)
                if candidates.count == 1 || Self.accepts(attempt, candidate, root: document, steps: &steps) {
                    value = attempt
                    break
                }
            }
        }
        switch value {
        case .array(let elements):
            guard let items = schema["items"] else { return value }
            return .array(elements.map { cleaned($0, by: items, depth: depth + 1, &steps) })
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
                    && !Self.accepts(.null, property, root: document, steps: &steps)
                if !isPlaceholder { kept.append((name, cleaned(member, by: property, depth: depth + 1, &steps))) }
            }
            return .object(JSONObject(kept))
        default: return value
        }
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }

    /// Whether there is a `null` at any depth.
    fileprivate var holdsNull: Bool {
        switch self {
        case .null: true
        case .array(let elements): elements.contains(where: \.holdsNull)
        case .object(let members): members.contains { $0.value.holdsNull }
        default: false
        }
    }
}
