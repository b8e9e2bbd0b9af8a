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
}
