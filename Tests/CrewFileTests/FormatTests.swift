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
        case .short(_, _, let record): try check(record, schema: #require(schema["anyOf"]?.arrayValue?.last), at: place)
        case .named(let value, _): try check(value, schema: #require(schema["additionalProperties"]), at: place)
        case .list(let element): try check(element, schema: #require(schema["items"]), at: place)
        default: break
        }
    }

    /// A wrong value under any key is noticed, so no key of the format is left unread.
    @Test func everyKeyOfEveryRecordIsRead() {
        let records = [
            CrewFormat.file, CrewFormat.input, CrewFormat.model, CrewFormat.price, CrewFormat.rate, CrewFormat.tool,
            CrewFormat.agent, CrewFormat.process, CrewFormat.task, CrewFormat.criterion, CrewFormat.crewLimits,
        ]
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
