import ChatModel
import Testing

struct SchemaLoweringTests {
    private let schema = JSONSchema.object(
        properties: [
            ("title", .string(description: "The title.", maxLength: 80)),
            ("note", .string(minLength: 2, format: "uri")),
            ("mood", .enumeration(["good", "bad"])),
            ("parts", .array(of: .object(properties: [("n", .integer())], required: []))),
            ("ref", JSONSchema(["$ref": "#/$defs/x", "description": "d"])), ("const", JSONSchema(["const": 1])),
        ],
        required: ["title"]
    ).adding("$defs", ["x": ["type": "string"]])

    @Test func closesObjectsAndMakesOptionalPropertiesNullable() throws {
        let full = schema.lowered(to: .full).document
        #expect(full["required"]?.arrayValue?.count == 6)
        #expect(full["additionalProperties"] == false)
        let properties = try #require(full["properties"])
        #expect(properties["title"]?["maxLength"] == 80)
        #expect(properties["title"]?["type"] == "string")
        #expect(properties["note"]?["type"] == ["string", "null"])
        #expect(properties["note"]?["minLength"] == 2)
        #expect(properties["mood"]?["enum"] == ["good", "bad", nil])
        #expect(properties["ref"]?["anyOf"]?.arrayValue?.count == 2)
        #expect(properties["const"]?["anyOf"]?.arrayValue?.count == 2)
        #expect(properties["parts"]?["items"]?["required"] == ["n"])
        #expect(properties["parts"]?["items"]?["properties"]?["n"]?["type"] == ["integer", "null"])
    }

    @Test func movesWhatStrictModeRefusesIntoDescriptions() throws {
        let strict = schema.lowered(to: .strictSubset).document
        #expect(strict["properties"]?["title"]?["maxLength"] == nil)
        #expect(strict["properties"]?["title"]?["description"] == "The title. At most 80 characters.")
        #expect(strict["properties"]?["note"]?["description"] == "At least 2 characters. Format: uri.")
        #expect(!strict.jsonText.contains("\"format\""))
        let reference = try #require(strict["properties"]?["ref"]?["anyOf"]?.arrayValue?.first)
        #expect(reference["$ref"] == nil || reference.objectValue?.count == 1)
    }

    @Test func leavesMapsOpenWhereTheyMayBe() {
        let map = JSONSchema(["type": "object", "additionalProperties": ["type": "string"]])
        #expect(map.lowered(to: .full) == map)
        #expect(map.lowered(to: .strictSubset).document["additionalProperties"] == false)
    }

    @Test(arguments: [Dialect.SchemaKeywords.full, .strictSubset])
    func loweringTwiceChangesNothingMore(keywords: Dialect.SchemaKeywords) {
        let once = schema.lowered(to: keywords)
        #expect(once.lowered(to: keywords) == once)
    }

    @Test(arguments: [Dialect.SchemaKeywords.full, .strictSubset])
    func acceptsWhatTheLoweredSchemaAllowsOnceNullsAreRemoved(keywords: Dialect.SchemaKeywords) throws {
        let answer = try JSONValue(
            parsing:
                "{\"title\":\"t\",\"note\":null,\"mood\":null,\"parts\":[{\"n\":null}],\"ref\":null,\"const\":null}"
        )
        #expect(schema.lowered(to: keywords).validate(answer).isEmpty)
        #expect(!schema.validate(answer).isEmpty)
        let cleaned = schema.removingPlaceholderNulls(from: answer)
        #expect(cleaned.jsonText == "{\"title\":\"t\",\"parts\":[{}]}")
        #expect(schema.validate(cleaned).isEmpty)
    }

    @Test func keepsNullsThatMeanNull() throws {
        let schema = JSONSchema.object(
            properties: [
                ("a", JSONSchema(["type": ["string", "null"]])), ("b", .string()), ("c", JSONSchema([:])),
                ("d", .anyOf([.object(properties: [("e", .string())], required: []), .null])),
            ],
            required: ["b"]
        )
        let value = try JSONValue(parsing: "{\"a\":null,\"b\":null,\"c\":null,\"d\":{\"e\":null},\"x\":null}")
        #expect(
            schema.removingPlaceholderNulls(from: value).jsonText
                == "{\"a\":null,\"b\":null,\"c\":null,\"d\":{},\"x\":null}"
        )
    }
}

extension JSONSchema {
    fileprivate func adding(_ keyword: String, _ value: JSONValue) -> JSONSchema {
        var members = document.objectValue ?? [:]
        members[keyword] = value
        return JSONSchema(.object(members))
    }
}
