import CrewKit
import Testing

@testable import CrewCLI

/// What the doctor finds.
struct DoctorTests {
    @Test(arguments: [
        ("3.51.3", true), ("3.52.0", true), ("3.51.2", false), ("3.50.7", true), ("3.50.6", false), ("3.44.6", true),
        ("3.40.1", false), ("3.49.2", false), ("4.0.0", true), ("", false),
    ])
    func soundVersionsOfSQLite(version: String, isSound: Bool) {
        #expect(LibraryCheck.isSound(version) == isSound)
        #expect(LibraryCheck.sqlite(version).severity == (isSound ? .good : .hint))
    }

    @Test(arguments: [
        ("http://127.0.0.1:1/v1", "OPENAI_API_KEY", false), ("http://127.0.0.1:1/v1", "MY_KEY", true),
        ("http://127.0.0.1:1/v1", nil, false), ("https://example.com/v1", "OPENAI_API_KEY", true),
        ("https://example.com/v1", "MY_KEY", true),
    ])
    func aKeyThatIsAskedForMustBeThere(url: String, variable: String?, isMissed: Bool) throws {
        let model = ModelDefinition(model: "m", baseURL: url, keyVariable: variable)
        let provider = try OpenAIModels(environment: [:])
        if isMissed {
            let error = #expect(throws: CrewError.self) { try provider.model(for: model) }
            #expect(error?.code == .credentials)
            #expect(error?.message.contains(try #require(variable)) == true)
        } else {
            _ = try provider.model(for: model)
        }
    }

    @Test func librariesAreThere() {
        let libraries = Surroundings.libraries()
        #expect(libraries.curl.first?.isNumber == true)
        #expect(libraries.sqlite?.hasPrefix("3.") == true)
    }

    private func findings(
        hasKey: Bool = false,
        needsKey: Bool = false,
        _ answer: Surroundings.EndpointAnswer
    ) -> [Finding] {
        let model = ModelDefinition(model: "m", keyVariable: "OPENAI_API_KEY")
        return EndpointCheck.findings(model, url: "http://h/v1", hasKey: hasKey, needsKey: needsKey, answer)
    }

    @Test func everythingWrongHasARemedy() {
        let all =
            findings(needsKey: true, .unreachable("no route"))
            + findings(hasKey: true, .answered(status: 401, models: []))
            + findings(.answered(status: 500, models: [])) + findings(.answered(status: 200, models: ["other"]))
        let wrong = all.filter { $0.severity > .good }
        #expect(wrong.map(\.subject) == ["key", "endpoint", "endpoint", "endpoint", "model"])
        #expect(wrong.allSatisfy { $0.remedy != nil })
    }

    @Test func aSoundEndpointIsSaidToBe() {
        #expect(findings(hasKey: true, .answered(status: 200, models: ["m"])).allSatisfy { $0.severity == .good })
    }

    @Test func oldPricesAreAHint() {
        #expect(PriceCheck.finding("2026-09-22", now: 1_795_376_772_000).severity == .hint)
        #expect(PriceCheck.finding("2026-11-01", now: 1_795_376_772_000).severity == .good)
    }

    @Test func whatWasLearnedIsShownWithItsEvidence() {
        func lesson(
            _ feature: Dialect.Feature,
            _ form: Dialect.StructuredOutput? = nil,
            _ evidence: DialectLearned.Evidence,
            _ words: String,
            ago: Int64,
            count: Int
        ) -> EndpointKnowledge.Lesson {
            EndpointKnowledge.Lesson(
                feature: feature,
                form: form,
                evidence: evidence,
                words: words,
                learned: 1_000_000_000 - ago,
                count: count
            )
        }
        let entry = EndpointMemory.Entry(
            endpoint: "http://127.0.0.1:8080/v1",
            model: "m\u{1B}[2J",
            lessons: [
                lesson(.structuredOutput, .jsonSchema, .refused, "no\n\u{1B}[31mschema", ago: 90_000, count: 1),
                lesson(.structuredOutput, .toolCall, .ignored, "", ago: 7_200_000, count: 1),
                lesson(.structuredOutput, .jsonObject, .ignored, "", ago: 300_000_000, count: 4),
                lesson(.streamUsage, nil, .refused, "", ago: 0, count: 2),
            ]
        )
        let text = LearnedLessons.list([entry], now: 1_000_000_000)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0].hasPrefix("m") && lines[0].hasSuffix(" at http://127.0.0.1:8080/v1"))
        #expect(!text.contains("\u{1B}"))
        #expect(lines[1].hasPrefix("  json_schema: refused, 1 min ago: \"no "))
        #expect(lines[2] == "  tool_call: not kept to in 1 run: asked for again, until 3 runs saw it, 2 h ago")
        #expect(lines[3] == "  json_object: not kept to in 4 runs, 3 days ago")
        #expect(lines[4] == "  stream_options: refused, 0 min ago")
        #expect(LearnedLessons.list([], now: 0).hasPrefix("Nothing"))
    }
}
