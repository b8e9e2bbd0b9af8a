import ChatModel
import CrewCore
import CrewTools
import Testing

/// Placeholders that would blow a text up are refused before anything is put in.
struct TextSizeTests {
    private static func crew(goal: String, role: String = "r", tasks: Int = 1, value: Int? = nil) -> Crew {
        Crew(
            name: "c",
            goal: goal,
            inputs: [CrewInput(name: "x", defaultValue: value.map { .string(String(repeating: "é", count: $0)) })],
            models: [ModelDefinition(model: "m")],
            agents: [Agent("ann", role: role, goal: "g")],
            tasks: (0..<tasks).map { CrewTask("t\($0)", summary: "d", agent: "ann") }
        )
    }

    private static let many = String(repeating: "{{x}} ", count: 10_000)

    @Test func aTextThatADefaultBlowsUpHasItsPlace() throws {
        let problems = Self.crew(goal: "g", role: Self.many, value: 100_000).problems()
        try #require(problems.count == 1)
        #expect(problems[0].path == ["agents", "ann", "role"])
        #expect(problems[0].message.contains("2000010000 bytes"))
        #expect(Self.crew(goal: "g", role: Self.many, value: 40).problems() == [])
    }

    @Test func aTextThatAnInputBlowsUpIsReckonedWithTheInput() {
        let crew = Self.crew(goal: Self.many)
        #expect(crew.problems() == [])
        #expect(crew.oversizedTexts(with: ["x": .string(String(repeating: "a", count: 94))]) == [])
        let large: JSONObject = ["x": .string(String(repeating: "a", count: 200_000))]
        #expect(crew.oversizedTexts(with: large).map(\.path) == [["goal"]])
    }

    @Test func textsThatEveryTaskBeginsWithCountForEachTask() {
        let goal = String(repeating: "a", count: 1 << 20)
        #expect(Self.crew(goal: goal, tasks: 31).oversizedTexts(with: [:]) == [])
        #expect(Self.crew(goal: goal, tasks: 40).oversizedTexts(with: [:]).map(\.path) == [["tasks"]])
    }
}
