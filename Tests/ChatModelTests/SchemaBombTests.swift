import ChatModel
import Testing

/// Schemas and values that would multiply without end are given up after a bounded number of steps.
///
/// Each of these takes longer than the machine will last where a bound is missing; with it, no time worth speaking of.
@Suite(.timeLimit(.minutes(2)))
struct SchemaBombTests {
    /// Forty definitions, each of which leads to the next in two ways; the last wants what is not there.
    private static func doubling(_ wrap: (JSONValue) -> JSONValue) -> JSONSchema {
        var definitions = JSONObject()
        for number in 0..<40 {
            let next: JSONValue = ["$ref": .string("#/$defs/d\(number + 1)")]
            definitions["d\(number)"] = ["anyOf": [wrap(next), wrap(next)]]
        }
        definitions["d40"] = ["const": "never"]
        return JSONSchema(["$ref": "#/$defs/d0", "$defs": .object(definitions)])
    }

    private static let schemas = [
        doubling { $0 },
        doubling { ["type": "object", "properties": ["a": $0], "additionalProperties": $0] },
        doubling { ["type": "array", "items": $0] },
    ]

    private static func nested(_ depth: Int) -> JSONValue {
        depth == 0 ? "x" : .object(["a": nested(depth - 1), "b": .null])
    }

    @Test(arguments: schemas.indices)
    func aDoublingSchemaIsGivenUp(index: Int) {
        let schema = Self.schemas[index]
        let values: [JSONValue] = ["x", .null, Self.nested(40), [[[["x"]]]]]
        for value in values {
            _ = schema.removingPlaceholderNulls(from: value)
            _ = schema.lowered(to: .strictSubset)
            _ = schema.lowered(to: .full)
            _ = schema.validate(value)
        }
        #expect(!Self.schemas[0].validate("x").isEmpty, "what cannot be told does not follow the schema")
    }

    /// What is led to in two ways is looked at once: the last of forty doublings is found, and what it says.
    @Test func referencesWithinAlternativesDoNotMultiply() {
        var definitions = Self.schemas[0].document["$defs"]?.objectValue ?? [:]
        definitions["d40"] = ["type": "integer", "minimum": 10]
        let schema = JSONSchema([
            "type": "object", "properties": ["n": ["$ref": "#/$defs/d0"]], "$defs": .object(definitions),
        ])
        #expect(schema.validate(["n": 12]).isEmpty)
        for wrong in [["n": 3], ["n": "x"]] as [JSONValue] {
            let violations = schema.validate(wrong)
            #expect(!violations.isEmpty && violations.allSatisfy { !$0.message.contains("too complex") })
        }
    }

    @Test func manyOptionalPropertiesShareTheSteps() {
        let bomb = Self.schemas[0].document["$defs"] ?? [:]
        let properties = (0..<500).map { ("p\($0)", ["$ref": "#/$defs/d0"] as JSONValue) }
        let schema = JSONSchema([
            "type": "object", "properties": .object(JSONObject(properties)), "additionalProperties": false,
            "$defs": bomb,
        ])
        _ = schema.lowered(to: .full)
        let nulls = JSONValue.object(JSONObject(properties.map { ($0.0, .null) }))
        _ = schema.removingPlaceholderNulls(from: nulls)
        #expect(!schema.validate(nulls).isEmpty)
    }

    @Test func aLargeValueIsWrittenOutNoFurtherThanIsShown() {
        let wide = JSONValue.array((0..<200_000).map { .integer($0) })
        #expect(wide.excerpt == "[" + (0..<40).map(String.init).joined(separator: ",").prefix(76) + "...")
        let values: [JSONValue] = [
            "short", .string(String(repeating: "\u{1}é", count: 500)), ["a": [1, 2.5, true, .null, "b"], "c": [:]],
            .string(String(repeating: "x", count: 79)), .string(String(repeating: "x", count: 78)),
        ]
        for value in values {
            let whole = value.jsonText
            let shown = whole.unicodeScalars.count <= 80 ? whole : String(whole.unicodeScalars.prefix(77)) + "..."
            #expect(value.excerpt == shown)
        }
        let schema = JSONSchema(["type": "array", "items": ["anyOf": [["type": "string"], ["type": "boolean"]]]])
        #expect(schema.validate(.array([wide, wide])).count > 0)
    }

    @Test func aSchemaOfTooManyPartsIsRefused() {
        let alternatives = JSONValue.array((0..<201).map { ["const": .integer($0)] })
        #expect(JSONSchema(["anyOf": alternatives]).check().map(\.message) == ["has more than 200 alternatives"])
        let properties = JSONObject((0..<1_001).map { ("p\($0)", ["type": "string"] as JSONValue) })
        #expect(JSONSchema(["type": "object", "properties": .object(properties)]).check().count == 1)
        let halves = (0..<6).map { half in
            (
                "h\(half)",
                ["properties": .object(JSONObject(properties.prefix(900).map { ($0.key, $0.value) }))] as JSONValue
            )
        }
        let large = JSONSchema(["type": "object", "properties": .object(JSONObject(halves))])
        #expect(large.check().map(\.message) == ["the document holds more than 5000 schemas"])
    }

    @Test func ordinaryWorkIsNotGivenUp() {
        let item: JSONValue = [
            "type": "object",
            "properties": [
                "id": ["type": "string", "pattern": "^[a-z0-9-]{1,40}$"], "kind": ["enum": ["a", "b", "c"]],
                "score": ["type": "number", "minimum": 0],
            ],
            "required": ["id", "kind"], "additionalProperties": false,
        ]
        let schema = JSONSchema(["type": "array", "items": item])
        let value = JSONValue.array(
            (0..<3_000).map { ["id": .string("item-number-\($0)"), "kind": "b", "score": .integer(Int64($0))] }
        )
        #expect(schema.validate(value).isEmpty)
        #expect(schema.removingPlaceholderNulls(from: value) == value)
    }
}
