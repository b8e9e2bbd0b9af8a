import ChatModel
import Testing

struct JSONTests {
    @Test(arguments: [
        "null", " true ", "false", "0", "-0", "12", "-1.5e+3", "1E5", "\"\"", "[]", "{}", "[1, 2,\n3]",
        "{\"a\": {\"b\": []}}",
        "\"\\u00e9\\n\\\"\\\\\\/\\b\\f\\r\\t\"", "\"\u{7F}\"", "[[[[]]]]", "12345678901234567890", "1e-400",
        "\"\u{2028}\"",
    ])
    func acceptsWhatRFC8259Accepts(text: String) throws {
        let value = try JSONValue(parsing: text)
        #expect(try JSONValue(parsing: value.jsonText).isEquivalent(to: value))
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "True", "NaN", "Infinity", "-Infinity", "-", "01", "-01", "1.", ".5", "1e", "1e+", "+1",
        "0x10",
        "1e400", "-1e400", "\"", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\t\"", "\"\u{0}\"",
        "'a'",
        "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}",
        "{\"a\" 1}",
        "{1:2}", "{\"a\":1 \"b\":2}", "null null", "1 x", "{} }", "// c\n1", "[1]/**/", "\u{FEFF}1",
        "{\"a\":1,\"a\":2}",
    ])
    func refusesWhatIsNoJSON(text: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }

    @Test(arguments: [
        [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22],
    ])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: bytes) }
    }

    @Test(arguments: ["[", "{\"a\":"])
    func refusesDepthsWithoutOverflowingTheStack(opening: String) {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: opening, count: 10_000)) }
    }

    @Test func saysWhereAKeyIsDuplicated() {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: "{\"k\": 1,\"k\": 2}") }
        #expect(error?.description == "duplicate key \"k\" at byte 8")
    }

    @Test(arguments: [
        ("\"\\ud83d\\ude00\"", "😀"), ("\"\\ud83d\"", "\u{FFFD}"), ("\"\\ude00x\"", "\u{FFFD}x"),
        ("\"\\ud83d\\u0041\"", "\u{FFFD}"), ("\"\\u0000\"", "\0"),
    ])
    func decodesSurrogates(text: String, expected: String) throws {
        let decoded = try #require(try JSONValue(parsing: text).stringValue)
        #expect(decoded.hasPrefix(expected))
        #expect(decoded.unicodeScalars.count <= 2)
    }

    @Test func keepsIntegersExact() throws {
        #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
        #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
        #expect(try JSONValue(parsing: "9223372036854775808") == .number(9_223_372_036_854_775_808))
        #expect(try JSONValue(parsing: "1.0").integerValue == 1)
    }

    @Test func escapesWhatMustBeEscaped() throws {
        let text = String(String.UnicodeScalarView((0..<0x80).compactMap { Unicode.Scalar(UInt32($0)) })) + "é\u{2028}😀"
        let written = JSONValue.string(text).jsonBytes
        #expect(!written.contains { $0 < 0x20 })
        #expect(try JSONValue(parsing: written) == .string(text))
    }

    @Test func keepsKeyOrderAndSortsWhenCanonical() throws {
        let value = try JSONValue(parsing: "{\"b\":1,\"a\":{\"d\":1,\"c\":2}}")
        #expect(value.jsonText == "{\"b\":1,\"a\":{\"d\":1,\"c\":2}}")
        #expect(value.canonical.jsonText == "{\"a\":{\"c\":2,\"d\":1},\"b\":1}")
    }

    @Test func meansTheSameWhateverTheOrderAndForm() {
        #expect(JSONValue.object(["a": 1, "b": [1.0]]).isEquivalent(to: .object(["b": [1], "a": 1.0])))
        #expect(!JSONValue.integer(1).isEquivalent(to: true))
        #expect(!JSONValue.string("1").isEquivalent(to: 1))
    }
}
