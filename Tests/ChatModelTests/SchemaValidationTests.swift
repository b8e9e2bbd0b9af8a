import ChatModel
import Testing

struct SchemaValidationTests {
    private func complaints(_ schema: String, _ value: String) throws -> [String] {
        try JSONSchema(JSONValue(parsing: schema)).validate(JSONValue(parsing: value)).map(\.description)
    }

    @Test(arguments: [
        ("{\"type\":\"boolean\"}", "true", "\"false\""), ("{\"type\":\"integer\"}", "1.0", "1.5"),
        ("{\"type\":\"integer\"}", "1e300", "\"1\""), ("{\"type\":\"number\"}", "1", "\"1\""),
        ("{\"type\":[\"string\",\"null\"]}", "null", "0"), ("{\"enum\":[1,\"a\",null]}", "1.0", "true"),
        ("{\"const\":{\"a\":1,\"b\":2}}", "{\"b\":2,\"a\":1.0}", "{\"a\":1}"),
        ("{\"required\":[\"a\"]}", "{\"a\":null}", "{}"), ("{\"required\":[\"a\"]}", "3", "{\"b\":1}"),
        ("{\"properties\":{\"a\":{}},\"additionalProperties\":false}", "{\"a\":1}", "{\"b\":1}"),
        ("{\"additionalProperties\":{\"type\":\"string\"}}", "{\"x\":\"\"}", "{\"x\":1}"),
        ("{\"items\":{\"type\":\"string\"},\"minItems\":1,\"maxItems\":2}", "[\"a\"]", "[]"),
        ("{\"maxItems\":2}", "[1,2]", "[1,2,3]"), ("{\"minLength\":2,\"maxLength\":3}", "\"😀é\"", "\"😀\""),
        ("{\"maxLength\":1}", "\"😀\"", "\"ab\""), ("{\"minimum\":2}", "2", "1"), ("{\"maximum\":2}", "2.0", "2.5"),
        ("{\"exclusiveMinimum\":2}", "2.1", "2"), ("{\"exclusiveMaximum\":2}", "1", "2"),
        ("{\"multipleOf\":0.1}", "0.3", "0.35"), ("{\"multipleOf\":3}", "9", "10"),
        ("{\"anyOf\":[{\"type\":\"string\"},{\"minimum\":3}]}", "\"\"", "2"),
        ("{\"pattern\":\"^a+$\"}", "\"aaa\"", "\"aab\""), ("{\"format\":\"date\"}", "\"2024-02-29\"", "\"2023-02-29\""),
        ("{\"format\":\"date-time\"}", "\"2024-02-29T10:00:00.5+01:00\"", "\"2024-02-29 10:00\""),
        ("{\"format\":\"email\"}", "\"a@b.c\"", "\"a b@c\""),
        ("{\"format\":\"ipv4\"}", "\"127.0.0.1\"", "\"127.0.0.256\""),
        ("{\"format\":\"uuid\"}", "\"01234567-89ab-cdef-0123-456789abcdef\"", "\"0123\""),
        ("{\"$defs\":{\"n\":{\"type\":\"integer\"}},\"items\":{\"$ref\":\"#/$defs/n\"}}", "[1]", "[\"\"]"),
        (
            "{\"properties\":{\"next\":{\"$ref\":\"#\"}},\"additionalProperties\":false}", "{\"next\":{\"next\":{}}}",
            "{\"next\":{\"nxt\":{}}}"
        ),
    ])
    func tellsGoodFromBad(schema: String, good: String, bad: String) throws {
        #expect(try complaints(schema, good) == [])
        #expect(try complaints(schema, bad) != [])
    }

    @Test func reportsTheAlternativeThatWasMeant() throws {
        let schema = """
            {"anyOf":[
              {"type":"object","properties":{"kind":{"const":"finish"},"answer":{"type":"string"}},
               "required":["kind","answer"],"additionalProperties":false},
              {"type":"object","properties":{"kind":{"enum":["ask"]},"question":{"type":"string"}},
               "required":["kind","question"],"additionalProperties":false}]}
            """
        #expect(
            try complaints(schema, "{\"kind\":\"ask\",\"question\":5}") == ["/question: must be string, is integer 5"]
        )
        #expect(
            try complaints(schema, "{\"kind\":\"go\"}")
                == ["/kind: \"go\" is not one of the allowed values; allowed: \"finish\", \"ask\""]
        )
        #expect(try complaints(schema, "{}") == ["the property \"kind\" is missing; allowed: \"finish\", \"ask\""])
        #expect(try complaints(schema, "7") == ["must be object, is integer 7"])
    }

    @Test func namesThePlaceAsAPointer() throws {
        let schema = "{\"properties\":{\"a/b~\":{\"items\":{\"type\":\"null\"}}}}"
        #expect(try complaints(schema, "{\"a/b~\":[null,1]}") == ["/a~1b~0/1: must be null, is integer 1"])
    }

    @Test func stopsAtTenViolations() throws {
        let value = "[" + Array(repeating: "1", count: 50).joined(separator: ",") + "]"
        #expect(try complaints("{\"items\":{\"type\":\"string\"}}", value).count == 10)
    }

    @Test func boundsTheWorkThatAnAnswerCanCause() throws {
        let schema = """
            {"anyOf":[{"properties":{"x":{"$ref":"#"}},"required":["y"]},{"properties":{"x":{"$ref":"#"}},"required":["z"]}]}
            """
        let value = String(repeating: "{\"x\":", count: 100) + "1" + String(repeating: "}", count: 100)
        #expect(try !complaints(schema, value).isEmpty)
        #expect(try !complaints("{\"$ref\":\"#\"}", "1").isEmpty)
    }
}

struct SchemaPatternTests {
    @Test(arguments: [
        ("abc", "xxabcxx", true), ("^abc$", "abc", true), ("^abc$", "abcd", false), ("a|b", "b", true),
        ("^(a|bc)+$", "abca", true),
        ("^(a|bc)+$", "abb", false), ("^a{2,3}$", "aa", true), ("^a{2,3}$", "aaaa", false), ("^a{2}$", "aa", true),
        ("^a{2,}$", "aaaaa", true), ("^[a-z_]+$", "a_b", true), ("^[^0-9]*$", "ab1", false),
        ("^\\d{4}-\\d\\d$", "2024-05", true),
        ("^\\w+\\s\\S$", "ab x", true), ("^.$", "\n", false), ("^\\u00e9$", "é", true), ("^\\u{1F600}$", "😀", true),
        ("^\\p{Lu}\\p{Ll}+$", "Éa", true), ("^[\\p{L}\\d]+$", "ñ1", true), ("^(?:ab)*?$", "abab", true),
        ("^[\\]\\-]+$", "]-", true),
        ("", "", true), ("^$", "a", false), ("^[+-]?\\d+$", "-5", true), ("^a?b?$", "b", true), ("(^|/)x", "a/x", true),
    ])
    func matches(pattern: String, text: String, expected: Bool) throws {
        #expect(try SchemaPattern(pattern).matches(text) == expected)
    }

    @Test(arguments: [
        "(", ")", "[", "a**", "*", "a{2,1}", "a{x}", "\\", "(?=a)", "\\1", "\\b", "[b-a]", "\\p{Foo}",
        "(a{1000}){1000}",
    ])
    func refuses(pattern: String) {
        #expect(throws: SchemaPattern.SyntaxError.self) { try SchemaPattern(pattern) }
    }

    @Test func takesNoExponentialTime() throws {
        // A backtracking matcher needs 2 to the power of 5,000 steps here.
        #expect(try SchemaPattern("^(a+)+$").matches(String(repeating: "a", count: 5_000) + "!") == false)
        #expect(try SchemaPattern("a").matches(String(repeating: "b", count: 10_001)) == nil)
    }
}

struct SchemaCheckTests {
    private func problems(_ schema: String) throws -> [String] {
        try JSONSchema(JSONValue(parsing: schema)).check().map(\.description)
    }

    @Test(arguments: [
        (
            "{\"type\":\"strng\"}",
            "/type: \"strng\" is no type; the types are string, integer, number, boolean, object, array, null"
        ),
        ("{\"minlength\":1}", "/minlength: unknown keyword \"minlength\"; did you mean \"minLength\"?"),
        ("{\"properties\":{\"a\":{\"oneOf\":[]}}}", "/properties/a/oneOf: unknown keyword \"oneOf\""),
        ("{\"pattern\":\"(\"}", "/pattern: is not understood: expected ')' at character 1"),
        ("{\"$ref\":\"#/$defs/x\"}", "/$ref: \"#/$defs/x\" leads nowhere"),
        ("{\"$ref\":\"#\"}", "/$ref: \"#\" leads back to itself"),
        ("{\"$ref\":\"http://x\"}", "/$ref: must be \"#\" or lead into \"#/$defs/\""),
        (
            "{\"required\":[\"a\"],\"additionalProperties\":false}",
            "/required: \"a\" is required but is not among the properties"
        ),
        ("{\"minItems\":3,\"maxItems\":2}", "minItems is larger than maxItems"),
        ("[]", "a schema must be an object, is array"),
        ("{\"enum\":[]}", "/enum: must be an array with at least one value"),
        ("{\"maxLength\":-1}", "/maxLength: must be a whole number, 0 or more"),
    ])
    func namesTheProblem(schema: String, expected: String) throws {
        #expect(try problems(schema) == [expected])
    }

    @Test func acceptsWhatTheBuildersMake() {
        let schema = JSONSchema.object(properties: [
            ("kind", .enumeration(["a", "b"])), ("text", .string(maxLength: 9, pattern: "^x", format: "uri")),
            ("list", .array(of: .anyOf([.integer(minimum: 1), .null]), maxItems: 3)), ("ok", .boolean()),
            ("n", .number()),
        ])
        #expect(schema.check().isEmpty)
        #expect(schema.document["properties"]?.objectValue?.keys == ["kind", "text", "list", "ok", "n"])
    }

    @Test func acceptsRecursion() throws {
        #expect(try problems("{\"$defs\":{\"n\":{\"items\":{\"$ref\":\"#/$defs/n\"}}},\"$ref\":\"#/$defs/n\"}") == [])
    }
}
