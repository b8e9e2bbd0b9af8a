import ChatModel
import Testing

@testable import CrewCore

struct JSONValueDecoderTests {
    enum Unit: String, CaseIterable, Decodable { case celsius, fahrenheit }
    struct Inner: Decodable, Equatable {
        var name: String
        var count: UInt8?
    }
    struct Outer: Decodable, Equatable {
        var flag: Bool
        var number: Double
        var whole: Int
        var unit: Unit
        var list: [Inner]
        var map: [String: [Int]]
        var any: JSONValue?
    }

    static let good = """
        {"flag":true,"number":2,"whole":3.0,"unit":"celsius","list":[{"name":"a","count":null},{"name":"b","count":255}],\
        "map":{"x/y":[1,2]},"any":{"z":1,"a":[null]}}
        """

    @Test func decodesEveryKind() throws {
        let outer = try JSONValueDecoder().decode(Outer.self, from: JSONValue(parsing: Self.good))
        #expect(
            outer
                == Outer(
                    flag: true,
                    number: 2,
                    whole: 3,
                    unit: .celsius,
                    list: [Inner(name: "a", count: nil), Inner(name: "b", count: 255)],
                    map: ["x/y": [1, 2]],
                    any: ["z": 1, "a": [nil]]
                )
        )
    }

    @Test(arguments: [
        (#""flag":true"#, #""flag":"true""#, "/flag", #"must be true or false, not "true""#),
        (#""flag":true"#, #""flag":1"#, "/flag", "must be true or false, not 1"),
        (#""flag":true,"#, "", "", "the property 'flag' is missing"),
        (#""number":2"#, #""number":"2""#, "/number", #"must be a number, not "2""#),
        (#""whole":3.0"#, #""whole":3.5"#, "/whole", "must be an integer, not 3.5"),
        (#""whole":3.0"#, #""whole":null"#, "/whole", "must be an integer, not null"),
        (#""whole":3.0"#, #""whole":1e300"#, "/whole", "must be an integer, not 1e+300"),
        (#""celsius""#, #""kelvin""#, "/unit", #"must be one of "celsius", "fahrenheit", not "kelvin""#),
        (#""count":255"#, #""count":256"#, "/list/1/count", "must be an integer from 0 to 255, not 256"),
        (#"{"name":"a","count":null}"#, "7", "/list/0", "must be an object, not 7"),
        (#"[1,2]"#, "[1,true]", "/map/x~1y/1", "must be an integer, not true"),
        (#"[1,2]"#, "{}", "/map/x~1y", "must be an array, not an object"),
    ])
    func refusesWithPathAndReason(old: String, new: String, pointer: String, message: String) throws {
        let start = try #require(Self.good.firstRange(of: old))
        let document = try JSONValue(parsing: Self.good.replacingCharacters(in: start, with: new))
        let failure = try #require(throws: JSONDecodingFailure.self) {
            try JSONValueDecoder().decode(Outer.self, from: document)
        }
        #expect(failure == JSONDecodingFailure(pointer: pointer, message: message))
    }

    struct Even: Decodable {
        init(from decoder: any Decoder) throws {
            guard try decoder.singleValueContainer().decode(Int.self).isMultiple(of: 2) else {
                throw ToolRejection("must be even")
            }
        }
    }

    @Test func placesWhatATypeRefuses() throws {
        let failure = try #require(throws: JSONDecodingFailure.self) {
            try JSONValueDecoder().decode([String: [Even]].self, from: ["a": [2, 3]])
        }
        #expect(failure.description == "/a/1: must be even")
    }

    struct Lookup: Tool {
        struct Input: Generable { var word: String }
        let name = "lookup", summary = "Looks a word up."
        var effects: ToolEffects { .reads }
        func call(_ input: Input, context: ToolContext) async throws -> String { "\(input.word) for \(context.agent)" }
    }

    @Test func erasesATool() async throws {
        let tool = try ToolImplementation(Lookup(), name: "find")
        #expect(tool.specification.declaration.name == "find")
        #expect(tool.specification.isIdempotent)
        #expect(tool.specification.timeout == 60_000)
        let context = ToolContext(run: "r", agent: "a", idempotencyKey: "k")
        #expect(try await tool.call(["word": "tide"], context) == "tide for a")
        await #expect(throws: ToolRejection("The arguments do not fit: /word: must be a string, not 1")) {
            try await tool.call(["word": 1], context)
        }
    }
}

extension String {
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        indices.lazy.compactMap { start in self[start...].hasPrefix(text) ? start : nil }.first
            .map { $0..<self.index($0, offsetBy: text.count) }
    }

    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
