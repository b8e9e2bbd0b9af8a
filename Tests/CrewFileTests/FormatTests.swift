import ChatModel
import CrewCore
import Testing

@testable import CrewFile

struct FormatTests {
    @Test func topLevelOfTheSchema() throws {
        let schema = CrewFile.jsonSchema
        #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["additionalProperties"] == false)
        #expect(schema["required"] == ["crew", "goal", "agents"])
        #expect(
            schema["properties"]?.objectValue?.keys
                == ["crew", "goal", "inputs", "models", "tools", "agents", "process", "tasks", "limits"]
        )
    }

    /// Every key that is read is in the schema and the other way round, for every record of the format.
    @Test func schemaAndReaderKnowTheSameKeys() throws {
        try check(CrewFormat.file, schema: CrewFile.jsonSchema, at: "file")
        let inner = try #require(CrewFile.jsonSchema["$defs"]?["crew"])
        try check(CrewFormat.innerCrew, schema: inner, at: "crew")
        #expect(inner["required"] == ["goal", "agents"])
    }

    private func check(_ record: Record, schema: JSONValue, at place: String) throws {
        let properties = try #require(schema["properties"]?.objectValue, "\(place)")
        #expect(properties.keys == record.fields.map(\.key), "\(place)")
        #expect(schema["additionalProperties"] == false, "\(place)")
        #expect(Set(record.fields.map(\.key)).count == record.fields.count, "\(place) has a key twice")
        for field in record.fields {
            let property = try #require(properties[field.key])
            #expect(property["description"]?.stringValue?.isEmpty == false, "\(place).\(field.key)")
            try check(field.shape, schema: property, at: "\(place).\(field.key)")
        }
    }

    private func check(_ shape: Shape, schema: JSONValue, at place: String) throws {
        switch shape {
        case .record(let record): try check(record, schema: schema, at: place)
        case .variants(let variants):
            #expect(schema["properties"]?.objectValue?.keys == variants.keys.map(\.key), "\(place)")
            #expect(schema["required"] == [.string(variants.key)], "\(place)")
            #expect(schema["additionalProperties"] == false, "\(place)")
            for (word, record) in variants.records {
                for field in record.fields {
                    let property = try #require(schema["properties"]?[field.key], "\(place).\(word)")
                    #expect(property["description"]?.stringValue?.isEmpty == false, "\(place).\(field.key)")
                    try check(field.shape, schema: property, at: "\(place).\(word).\(field.key)")
                }
            }
        case .short(_, _, let record): try check(record, schema: #require(schema["anyOf"]?.arrayValue?.last), at: place)
        case .named(let value, _): try check(value, schema: #require(schema["additionalProperties"]), at: place)
        case .either(let key, let with, let otherwise):
            #expect(schema["if"]?["required"] == [.string(key)], "\(place)")
            try check(with, schema: #require(schema["then"]), at: place)
            try check(otherwise, schema: #require(schema["else"]), at: place)
        case .crew: #expect(schema["anyOf"]?.arrayValue?.last == ["$ref": "#/$defs/crew"], "\(place)")
        case .list(let element): try check(element, schema: #require(schema["items"]), at: place)
        default: break
        }
    }

    /// A wrong value under any key is noticed, so no key of the format is left unread.
    @Test func everyKeyOfEveryRecordIsRead() {
        let records =
            [
                CrewFormat.file, CrewFormat.input, CrewFormat.model, CrewFormat.price, CrewFormat.rate,
                CrewFormat.innerCrew, CrewFormat.agent, CrewFormat.member, CrewFormat.process, CrewFormat.task,
                CrewFormat.criterion, CrewFormat.crewLimits,
            ] + CrewFormat.tool.records.map(\.record)
        for record in records {
            for field in record.fields {
                let text = "\(field.key): [[{}]]\n"
                var source = SourceText(text, name: "f")
                guard let node = SourceReader.read(text, into: &source) else {
                    Issue.record("\(text) cannot be read")
                    continue
                }
                var reader = FormatReader(source: source)
                _ = reader.read(node, as: .record(record), at: [])
                #expect(
                    reader.source.diagnostics.contains { $0.message.hasPrefix("expected") || field.key == "key" },
                    "\(record.what).\(field.key)"
                )
            }
        }
    }

    /// Two variants may mean different things by one key.
    @Test func aKeyIsReadAsItsVariantSays() throws {
        let variants = Variants(
            "tool",
            by: Field("builtin", .choice(["one", "two"]), "Which.", required: true),
            [
                ("one", [Field("size", .integer(least: 1), "How large.")]),
                ("two", [Field("size", .boolean, "Whether."), Field("more", .text(example: "x"), "What.")]),
            ]
        )
        #expect(Shape.variants(variants).jsonSchema["properties"]?["size"]?["anyOf"]?.arrayValue?.count == 2)
        for (text, complaint) in [
            ("builtin: one\nsize: 3", nil), ("builtin: two\nsize: true", nil), ("size: 3\nbuiltin: one", nil),
            ("builtin: one\nsize: true", "expected a whole number"), ("builtin: two\nsize: 3", "expected `true`"),
            ("builtin: tow", "expected one of"), ("more: x", "has no `builtin`"),
            ("builtin: one\nles: 1", "unknown key"),
        ] as [(String, String?)] {
            var source = SourceText(text, name: "f")
            let node = try #require(SourceReader.read(text, into: &source))
            var reader = FormatReader(source: source)
            _ = reader.read(node, as: .variants(variants), at: [])
            let said = reader.source.diagnostics.map(\.message).joined(separator: "\n")
            #expect(complaint.map { said.contains($0) } ?? said.isEmpty, "\(text): \(said)")
        }
    }

    @Test(arguments: [
        ("true", CoreScalar.boolean(true)), ("False", .boolean(false)), ("yes", .text), ("on", .text), ("", .null),
        ("~", .null), ("12", .integer(12)), ("-12", .integer(-12)), ("0", .integer(0)), ("012", .ambiguous),
        ("0x1F", .ambiguous), ("0o14", .ambiguous), ("1_000", .ambiguous), ("1e3", .ambiguous), (".5", .ambiguous),
        (".inf", .ambiguous), ("+1", .ambiguous), ("1.50", .decimal), ("99999999999999999999", .decimal),
        ("1.2.3", .text),
        ("2024-01-01", .text), ("12:30", .text), ("1.", .ambiguous), ("-", .text), ("abc", .text), ("0.5", .decimal),
    ])
    func plainScalars(text: String, expected: CoreScalar) {
        #expect(CoreScalar(text, isPlain: true) == expected)
        #expect(CoreScalar(text, isPlain: false) == .text)
    }
}
