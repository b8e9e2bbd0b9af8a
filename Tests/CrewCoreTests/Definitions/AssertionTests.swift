import ChatModel
import CrewCore
import Testing

struct AssertionTests {
    private let result: JSONValue = [
        "title": "Tides", "body": "One two three.", "done": true, "score": 7.5, "big": 9_007_199_254_740_993,
        "none": nil,
        "items": [["title": "First"], ["title": "Second"]], "tags": ["a", "b"], "map": ["x": 1, "y": 2], "in-depth": 3,
    ]

    @Test(arguments: [
        "length(body) > 10", "length(body) == 14", "words(body) == 3", "count(items) == 2", "length(items) >= 2",
        "count(map) == 2", "contains(body, \"two\")", "contains(tags, 'b')", "items.1.title == \"Second\"", "done",
        "done == true", "not (score < 7)", "score >= 7.5 and score <= 7.5", "score > 100 or done", "title != 'x'",
        "none == null", "big == 9007199254740993", "in-depth == 3", "true", "1 < 2", "not not done", "map.y > map.x",
        "missing > 3 or done", "(done or missing) and contains(title, '')", "length('äö') == 2", "score == 7.50",
        "-1 < 0",
    ])
    func holds(source: String) throws {
        let outcome = try Assertion(source).evaluate(result)
        #expect(outcome.holds, "\(outcome.reason)")
        #expect(outcome.reason.isEmpty)
    }

    @Test(arguments: [
        ("length(body) > 400", "body has 14 characters; more than 400 are needed"),
        ("words(body) >= 200", "body has 3 words; at least 200 are needed"),
        ("count(items) < 2", "items has 2 elements; less than 2 are needed"),
        ("not (length(body) > 4)", "body has 14 characters; at most 4 are needed"),
        ("score > 8", "score is 7.5; more than 8 are needed"),
        ("title == 'Sea'", "title is \"Tides\"; \"Sea\" is needed"),
        ("contains(body, \"four\")", "body does not contain \"four\""),
        ("not contains(body, \"two\")", "body contains \"two\""),
        ("missing > 3", "the result has no missing"),
        ("not (missing > 3)", "the result has no missing"),
        ("not missing", "the result has no missing"),
        ("items.2.title == 'x'", "the result has no items.2"),
        ("items.-1", "the result has no items.-1"),
        ("length(score) > 1", "score is 7.5, not a string or an array"),
        ("title > 3", "title is \"Tides\", not a number"),
        ("title", "title is \"Tides\", neither true nor false"),
        ("words(tags) > 1", "tags is an array, not a string"),
        ("contains(body, 3)", "3 is 3, not a string"),
        (
            "length(body) > 400 and score > 8",
            "body has 14 characters; more than 400 are needed; score is 7.5; more than 8 are needed"
        ),
        ("score > 8 or title == 'x'", "score is 7.5; more than 8 are needed, and title is \"Tides\"; \"x\" is needed"),
        ("big == 9007199254740992", "big is 9007199254740993; 9007199254740992 is needed"),
        ("not done", "done is true"),
    ])
    func failsWithReason(source: String, reason: String) throws {
        let outcome = try Assertion(source.replacing("items.-1", with: "items.9x")).evaluate(result)
        #expect(!outcome.holds)
        #expect(outcome.reason == reason.replacing("items.-1", with: "items.9x"))
    }

    @Test func proseIsCalledText() throws {
        #expect(try Assertion("words(text) == 2").evaluate(prose: "two words").holds)
        #expect(try !Assertion("words(body) == 2").evaluate(prose: "two words").holds)
    }

    @Test(arguments: [
        ("", 1, "expected a path"), ("length(body) > > 4", 16, "expected a path"), ("length body", 8, "expected `and`"),
        ("lenght(body) > 1", 1, "did you mean `length`?"), ("length(body > 4", 13, "expected `)`"),
        ("contains(body)", 14, "another argument"), ("a = 4", 3, "`==`"), ("a && b", 3, "`and`"), ("a || b", 3, "`or`"),
        ("!a", 1, "`not`"), ("1 < a < 3", 7, "`and` between"), ("length(body)", 1, "compare it"),
        ("'open", 1, "does not end"),
        ("a == '\\x'", 8, "after `\\`"), ("a > 1.2.3", 5, "is no number"), ("a > 12px", 5, "is no number"),
        ("a.b.", 4, "begins with"),
        ("a == b)", 7, "expected `and`"), ("a and", 6, "expected a path"), ("a $ b", 3, "begins with"),
        ("7", 1, "compare it"),
        ("and", 1, "expected a path"), ("not", 4, "expected a path"),
    ])
    func syntaxErrorsHaveTheirColumn(source: String, column: Int, fragment: String) throws {
        let error = try #require(throws: AssertionSyntaxError.self) { try Assertion(source) }
        #expect(error.column == column, "\(error)")
        #expect(error.message.contains(fragment), "\(error)")
    }

    @Test func sizeAndDepthAreBounded() {
        for source in [
            String(repeating: "(", count: 200) + "a" + String(repeating: ")", count: 200),
            String(repeating: "not ", count: 200) + "a", String(repeating: "a or ", count: 400) + "a",
        ] {
            #expect(throws: AssertionSyntaxError.self) { try Assertion(source) }
        }
    }

    @Test func rootsAreTheFirstStepsOfPaths() throws {
        #expect(try Assertion("length(a.b) > c.0 and not a or contains(d, 'e')").roots == ["a", "c", "d"])
    }
}
