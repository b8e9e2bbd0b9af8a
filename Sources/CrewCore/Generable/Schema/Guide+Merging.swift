internal import ChatModel

extension Guide {
    /// Adds the keywords to the property that the guide names.
    func merge(into schema: inout JSONObject, of type: Any.Type) throws(SchemaError) {
        if let keyword = keywords.keys.first(where: Self.structural.contains) {
            throw error(type, "a guide may not set '\(keyword)', which follows from the type", "leave it out")
        }
        try merge(into: &schema, path: property.split(separator: ".", omittingEmptySubsequences: false)[...], of: type)
    }

    /// The keywords that say what decodes, so that only the type can change them.
    private static let structural: Set<String> = [
        "type", "properties", "required", "items", "additionalProperties", "$ref", "$defs",
    ]

    private func merge(
        into schema: inout JSONObject,
        path: ArraySlice<Substring>,
        of type: Any.Type
    ) throws(SchemaError) {
        guard let name = path.first.map(String.init) else {
            for (key, value) in keywords { schema[key] = value }
            return
        }
        if var properties = schema["properties"]?.objectValue {
            guard var inner = properties[name]?.objectValue else {
                let names = properties.keys.map { "'\($0)'" }.joined(separator: ", ")
                throw error(
                    type,
                    "a guide names it, but there is no such property",
                    names.isEmpty ? "remove the guide" : "name one of \(names)"
                )
            }
            try merge(into: &inner, path: path.dropFirst(), of: type)
            properties[name] = .object(inner)
            schema["properties"] = .object(properties)
            return
        }
        for keyword in ["items", "additionalProperties"] {
            guard var inner = schema[keyword]?.objectValue else { continue }
            try merge(into: &inner, path: path, of: type)
            schema[keyword] = .object(inner)
            return
        }
        throw error(type, "a guide names it, but what stands before has no properties", "correct the guide's path")
    }

    private func error(_ type: Any.Type, _ problem: String, _ remedy: String) -> SchemaError {
        SchemaError(type: String(describing: type), property: property, problem: problem, remedy: remedy)
    }
}
