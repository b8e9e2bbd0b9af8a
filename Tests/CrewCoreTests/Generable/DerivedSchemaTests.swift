import ChatModel
import Foundation
import Testing

@testable import CrewCore

struct DerivedSchemaTests {
    enum Unit: String, CaseIterable, Decodable { case celsius, fahrenheit }
    enum Level: Int, CaseIterable, Decodable { case low = 1, high = 5 }
    enum Closed: String, Decodable { case a, b }
    enum Payload: Decodable { case text(String), number(Int) }
    struct Place: Decodable {
        var city: String
        var country: String?
    }

    struct Weather: Generable {
        var place: Place
        var unit: Unit
        var days: Int
        var detailed: Bool?
        var tags: [String]
        var weights: [String: Double]
        var extra: JSONValue?

        static var guides: [Guide] {
            [
                Guide("days", "How many days ahead", ["minimum": 1, "maximum": 14]),
                Guide("place.city", "The city"),
                Guide("tags", "Any tags", ["maxItems": 3]),
            ]
        }
    }

    @Test func derivesEveryKindOfProperty() throws {
        #expect(
            try Weather.makeSchema().document.jsonText == """
                {"type":"object","properties":{\
                "place":{"type":"object","properties":{"city":{"type":"string","description":"The city"},\
                "country":{"type":"string"}},"required":["city"],"additionalProperties":false},\
                "unit":{"type":"string","enum":["celsius","fahrenheit"]},\
                "days":{"type":"integer","description":"How many days ahead","minimum":1,"maximum":14},\
                "detailed":{"type":"boolean"},\
                "tags":{"type":"array","items":{"type":"string"},"description":"Any tags","maxItems":3},\
                "weights":{"type":"object","additionalProperties":{"type":"number"}},\
                "extra":{}},\
                "required":["place","unit","days","tags","weights"],"additionalProperties":false}
                """
        )
    }

    struct Nothing: Generable {}
    struct Odd: Generable {
        var level: Level
        var unit: Unit?
        var small: Int8
        var count: UInt
        var holes: [Int?]
        var places: [Place]
        var set: Set<String>
        var part: Float

        static var guides: [Guide] { [Guide("places.city", "Each city", ["minLength": 1])] }
    }

    @Test func derivesTheRarerKinds() throws {
        #expect(
            try Nothing.makeSchema().document
                == ["type": "object", "properties": [:], "additionalProperties": false]
        )
        let properties = try #require(try Odd.makeSchema().document["properties"])
        #expect(properties["level"] == ["type": "integer", "enum": [1, 5]])
        #expect(properties["unit"] == ["type": "string", "enum": ["celsius", "fahrenheit"]])
        #expect(properties["small"] == ["type": "integer", "minimum": -128, "maximum": 127])
        #expect(properties["count"] == ["type": "integer", "minimum": 0])
        #expect(properties["holes"]?["items"] == ["type": ["integer", "null"]])
        #expect(properties["set"] == ["type": "array", "items": ["type": "string"]])
        #expect(properties["part"] == ["type": "number"])
        #expect(
            properties["places"]?["items"]?["properties"]?["city"]
                == ["type": "string", "description": "Each city", "minLength": 1]
        )
    }

    struct Defaulted: Generable {
        var first: Int
        var second: String

        enum CodingKeys: String, CodingKey { case first = "FIRST", second }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            first = container.contains(.first) ? try container.decode(Int.self, forKey: .first) : 3
            second = try container.decodeIfPresent(String.self, forKey: .second) ?? "two"
        }
    }

    @Test func readsHandwrittenDecoding() throws {
        let schema = try Defaulted.makeSchema().document
        #expect(schema["properties"]?.objectValue?.keys == ["FIRST", "second"])
        #expect(schema["required"] == nil)
    }

    final class Tree: Decodable, Sendable {
        let name: String
        let children: [Tree]
    }
    struct Recursive: Generable { var root: Tree }
    struct WithPayload: Generable { var what: Payload }
    struct WithClosed: Generable { var choice: Closed }
    struct Picky: Decodable {
        init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            guard !text.isEmpty else { throw ToolRejection("empty") }
        }
    }
    struct WithPicky: Generable { var deep: [String: [Picky]] }
    struct Scalar: Generable {
        init(from decoder: any Decoder) throws { _ = try decoder.singleValueContainer().decode(String.self) }
    }
    struct Pair: Generable {
        init(from decoder: any Decoder) throws { _ = try decoder.unkeyedContainer() }
    }
    struct Swallowing: Generable {
        var tree: Bool
        init(from decoder: any Decoder) throws {
            enum Keys: CodingKey { case tree }
            tree = (try? decoder.container(keyedBy: Keys.self).decode(Tree.self, forKey: .tree)) != nil
        }
    }
    struct WithDate: Generable { var due: Date? }
    struct LostGuide: Generable {
        var city: String
        static var guides: [Guide] { [Guide("town", "?")] }
    }
    struct TooDeepGuide: Generable {
        var city: String
        static var guides: [Guide] { [Guide("city.name", "?")] }
    }
    struct StructuralGuide: Generable {
        var city: String
        static var guides: [Guide] { [Guide("city", "?", ["type": "integer"])] }
    }

    @Test(arguments: [
        (Recursive.self as any Generable.Type, "root.children", "contains itself"),
        (WithPayload.self, "what", "sample values"),
        (WithClosed.self, "choice", "CaseIterable"),
        (WithPicky.self, "deep", "makeSchema"),
        (Scalar.self, "", "struct"),
        (Pair.self, "", "array in its own way"),
        (Swallowing.self, "tree.children", "contains itself"),
        (WithDate.self, "due", "no natural JSON form"),
        (LostGuide.self, "town", "name one of 'city'"),
        (TooDeepGuide.self, "city.name", "no properties"),
        (StructuralGuide.self, "city", "'type'"),
    ])
    func refusesWhatCannotBeDerived(type: any Generable.Type, property: String, words: String) throws {
        let error = try #require(throws: SchemaError.self) { try type.makeSchema() }
        #expect(error.property == property)
        #expect(error.description.contains(words), "\(error)")
        #expect(error.description.contains(String(describing: type)))
    }

    struct Custom: Generable {
        var anything: Payload
        static func makeSchema() -> JSONSchema { JSONSchema(["type": "object"]) }
    }

    @Test func letsAnAuthorWriteTheSchema() {
        #expect(Custom.makeSchema().document == ["type": "object"])
    }
}
