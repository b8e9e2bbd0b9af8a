import ChatModel
import CrewKit
import Testing

/// The models of crews that are members, completed by the environment as those of the crew around them.
struct MemberModelTests {
    private static let crew = Crew("report", goal: "g") {
        ModelDefinition(model: "gpt-5-mini")
        MemberCrew(
            "press",
            crew: Crew("press", goal: "g") {
                ModelDefinition(name: "cheap", model: "gpt-5-nano", price: Price(input: 1, output: 1))
                ModelDefinition(name: "far", model: "m", baseURL: "https://far.example/v1", keyVariable: "FAR")
                Agent("writer", role: "r", goal: "g", model: "cheap")
                CrewTask("t", summary: "s")
            }
        )
        MemberCrew(
            "plain",
            crew: Crew("plain", goal: "g") {
                Agent("writer", role: "r", goal: "g")
                CrewTask("t", summary: "s")
            }
        )
        CrewTask("t", summary: "s", agent: "press")
    }

    @Test func everyModelOfTheTreeIsCompletedAndNoMemberGetsOneMore() throws {
        let environment = ["OPENAI_BASE_URL": "http://127.0.0.1:1/v1", "FAR": "far-away-key"]
        let models = try OpenAIModels(environment: environment, trustsPrices: false)
        let resolved = try models.resolve(Self.crew)
        #expect(resolved.models.map(\.name) == ["default"])
        let press = try #require(resolved.member("press")?.crew)
        #expect(press.models.map(\.name) == ["cheap", "far"])
        #expect(press.models.map(\.baseURL) == ["http://127.0.0.1:1/v1", "https://far.example/v1"])
        #expect(press.models.first?.keyVariable == "OPENAI_API_KEY" || press.models.first?.keyVariable == nil)
        // A price below the published one does not count, whoever's crew it stands in.
        #expect(press.models.first?.price?.tiers.first?.input ?? 0 > 1)
        #expect(resolved.member("plain")?.crew.models.isEmpty == true)
        #expect(try models.resolve(resolved) == resolved, "what is recorded stays as it is")
    }

    @Test func aCrewWithoutModelsGetsTheDefaultAndItsMembersThatOne() throws {
        var crew = Self.crew
        crew.models = []
        let resolved = try OpenAIModels(environment: ["OPENAI_MODEL": "own"]).resolve(crew)
        #expect(resolved.models.map(\.model) == ["own"])
        #expect(resolved.member("press")?.crew.models.count == 2)
    }
}
