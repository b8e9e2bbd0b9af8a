import CrewCore
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

    private static func findings(
        _ answer: Surroundings.EndpointAnswer,
        keyIsUsable: Bool = true,
        keyVariable: String? = "OPENAI_API_KEY",
        url: String = "http://h/v1",
        isOfFile: Bool = false
    ) -> [Finding] {
        let model = ModelDefinition(model: "gpt-5-mini", baseURL: url, keyVariable: keyVariable)
        return EndpointCheck(environment: [:], isOfFile: isOfFile).judge(answer, of: [model], keyIsUsable: keyIsUsable)
    }

    @Test func everythingWrongHasARemedy() {
        let answers: [Surroundings.EndpointAnswer] = [
            .webPage(status: 200), .refused(status: 401, reason: "no"), .refused(status: 403, reason: ""),
            .proxyWantsCredentials, .failed(status: 500, reason: "broken"), .untrusted("unknown signer"),
            .unreachable("no route"),
        ]
        for answer in answers {
            for isOfFile in [false, true] {
                let wrong = Self.findings(answer, isOfFile: isOfFile).filter { $0.severity == .problem }
                #expect(wrong.map(\.subject) == ["endpoint"], "\(answer)")
                #expect(wrong.allSatisfy { $0.remedy != nil }, "\(answer)")
            }
        }
    }

    /// Errors of a key are told apart: what is right for one is wrong for the other.
    @Test func errorsOfAKeyAreToldApart() throws {
        let refused = try #require(Self.findings(.refused(status: 401, reason: "bad key")).first)
        #expect(refused.text == "http://h/v1 refuses the key in OPENAI_API_KEY (HTTP 401): bad key")
        let forbidden = try #require(Self.findings(.refused(status: 403, reason: "")).first)
        #expect(forbidden.text.contains("knows the key in OPENAI_API_KEY and does not let it do this"))
        let missing = try #require(Self.findings(.refused(status: 401, reason: ""), keyIsUsable: false).first)
        #expect(missing.severity == .good && missing.text.contains("wants a key"))
        let none = Self.findings(.refused(status: 401, reason: ""), keyVariable: nil, isOfFile: true).first
        #expect(none?.remedy == "name the variable that holds it: key: env:NAME")
        let proxy = try #require(Self.findings(.proxyWantsCredentials).first)
        #expect(proxy.remedy?.contains("https_proxy") == true)
    }

    @Test func aSoundEndpointIsSaidToBe() {
        let findings = Self.findings(.models(["gpt-5-mini"]))
        #expect(findings.count == 2 && findings.allSatisfy { $0.severity == .good })
        // Google's names have the kind of thing before them.
        #expect(Self.findings(.models(["models/gpt-5-mini"])).allSatisfy { $0.severity == .good })
    }

    @Test func nearNamesOfModelsAreTold() throws {
        let finding = try #require(Self.findings(.models(["gpt-5-mni", "openai/gpt-5-mini", "x"])).last)
        #expect(finding.severity == .hint)
        #expect(finding.remedy == "set OPENAI_MODEL: did you mean gpt-5-mni, openai/gpt-5-mini")
        let others = try #require(Self.findings(.models((1...9).map { "m\($0)" }), isOfFile: true).last)
        #expect(others.remedy == "correct `model`: there is m1, m2, m3, m4, m5, …")
    }

    @Test func nothingOfAnAddressIsShownThatIsSecret() {
        let url = "https://me:pass%40word@example.org:8443/v1?key=AIza&api-version=1"
        #expect(ModelEndpoint.shown(url) == "https://…@example.org:8443/v1?key=…&api-version=1")
        for answer: Surroundings.EndpointAnswer in [.unreachable("x"), .models([]), .webPage(status: 200)] {
            let text = Self.findings(answer, url: url).flatMap(\.lines).map(\.text).joined()
            #expect(!text.contains("pass") && !text.contains("AIza"), "\(text)")
        }
    }

    @Test(arguments: ["https://me:secret@example.org/v1", "https://example.org/v1?key=secret", "secret"])
    func anAddressOfTheEnvironmentThatHoldsSecretsIsRefused(url: String) throws {
        let models = try OpenAIModels(environment: ["OPENAI_BASE_URL": url])
        let error = #expect(throws: CrewError.self) { try models.resolve([]) }
        #expect(error?.message.hasPrefix("OPENAI_BASE_URL ") == true)
        if url.contains(":") { #expect(error?.message.contains("secret") == false) }
        // Who names an endpoint of one's own does not need it.
        _ = try models.resolve([ModelDefinition(model: "m", baseURL: "http://127.0.0.1:1/v1")])
    }

    @Test func modelsOfOneEndpointAndKeyAreAskedForOnce() {
        let models = [
            ModelDefinition(name: "a", model: "a", baseURL: "u", keyVariable: "K"),
            ModelDefinition(name: "b", model: "b", baseURL: "u", keyVariable: "L"),
            ModelDefinition(name: "c", model: "c", baseURL: "u", keyVariable: "K"),
        ]
        #expect(EndpointCheck.byEndpoint(models).map { $0.map(\.name) } == [["a", "c"], ["b"]])
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

    @Test func findingsAreJSONToo() {
        let finding = Finding(.problem, "key", "K is not set", remedy: "export K=…")
        let json: JSONValue = ["subject": "key", "severity": "bad", "text": "K is not set", "remedy": "export K=…"]
        #expect(finding.json == json)
    }
}
