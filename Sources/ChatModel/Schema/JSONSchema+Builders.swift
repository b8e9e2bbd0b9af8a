extension JSONSchema {
    /// An object with exactly these properties, in this order.
    ///
    /// - Parameters:
    ///   - properties: The properties; models generate them in this order.
    ///   - required: Those that must be there; all when `nil`.
    ///   - description: What it is, for the model.
    public static func object(
        properties: [(name: String, schema: JSONSchema)],
        required: [String]? = nil,
        description: String? = nil
    ) -> JSONSchema {
        let members = JSONObject(properties.map { ($0.name, $0.schema.document) })
        return make(
            "object",
            description,
            ("properties", .object(members)),
            ("required", .array((required ?? properties.map(\.name)).map(JSONValue.string))),
            ("additionalProperties", false)
        )
    }

    /// A string.
    ///
    /// - Parameters:
    ///   - description: What it says, for the model.
    ///   - minLength: The fewest Unicode scalars.
    ///   - maxLength: The most Unicode scalars.
    ///   - pattern: A regular expression that must match somewhere in it.
    ///   - format: A format such as `date-time`.
    public static func string(
        description: String? = nil,
        minLength: Int? = nil,
        maxLength: Int? = nil,
        pattern: String? = nil,
        format: String? = nil
    ) -> JSONSchema {
        make(
            "string",
            description,
            ("minLength", minLength.json),
            ("maxLength", maxLength.json),
            ("pattern", pattern.map(JSONValue.string)),
            ("format", format.map(JSONValue.string))
        )
    }

    /// One of these strings.
    public static func enumeration(_ values: [String], description: String? = nil) -> JSONSchema {
        make("string", description, ("enum", .array(values.map(JSONValue.string))))
    }

    /// A list of values that all follow one schema.
    public static func array(
        of items: JSONSchema,
        description: String? = nil,
        minItems: Int? = nil,
        maxItems: Int? = nil
    ) -> JSONSchema {
        make("array", description, ("items", items.document), ("minItems", minItems.json), ("maxItems", maxItems.json))
    }

    /// A whole number.
    public static func integer(description: String? = nil, minimum: Int? = nil, maximum: Int? = nil) -> JSONSchema {
        make("integer", description, ("minimum", minimum.json), ("maximum", maximum.json))
    }

    /// A number.
    public static func number(
        description: String? = nil,
        minimum: Double? = nil,
        maximum: Double? = nil
    ) -> JSONSchema {
        make(
            "number",
            description,
            ("minimum", minimum.map(JSONValue.number)),
            ("maximum", maximum.map(JSONValue.number))
        )
    }

    /// `true` or `false`.
    public static func boolean(description: String? = nil) -> JSONSchema { make("boolean", description) }

    /// The `null` literal.
    public static let null = JSONSchema(["type": "null"])

    /// Whatever follows at least one of these schemas.
    public static func anyOf(_ alternatives: [JSONSchema], description: String? = nil) -> JSONSchema {
        var document: JSONObject = [:]
        if let description { document["description"] = .string(description) }
        document["anyOf"] = .array(alternatives.map(\.document))
        return JSONSchema(.object(document))
    }

    private static func make(
        _ type: String,
        _ description: String?,
        _ keywords: (name: String, value: JSONValue?)...
    ) -> JSONSchema {
        var document: JSONObject = ["type": .string(type)]
        if let description { document["description"] = .string(description) }
        for keyword in keywords { document[keyword.name] = keyword.value }
        return JSONSchema(.object(document))
    }
}

extension Int? {
    fileprivate var json: JSONValue? { map { .integer(Int64($0)) } }
}
