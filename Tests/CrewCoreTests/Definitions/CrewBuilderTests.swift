import ChatModel
import CrewCore
import Testing

struct CrewBuilderTests {
    struct Lookup: Tool {
        struct Input: Generable {
            var word: String
            var language: String?
        }
        let name = "lookup", summary = "Looks a word up in the dictionary."
        var effects: ToolEffects { .reads }
        func call(_ input: Input, context: ToolContext) async throws -> String { input.word }
    }

    @Test(arguments: [true, false])
    func makesTheSameCrewAsTheInitialiser(withEditor: Bool) {
        let built = Crew("brief", goal: "Explain tides", process: .coordinator, limits: [.usd(0.50), .calls(40)]) {
            ModelDefinition(model: "small")
            ToolDefinition(name: "calculator", builtin: "calculator")
            CrewInput(name: "topic")
            Agent("researcher", role: "Senior researcher", goal: "Find verifiable facts", limits: [.tokens(9)]) {
                Lookup()
                "calculator"
                if withEditor { ToolGrant.named("notes.read") }
            }
            Agent("writer", role: "Writer", goal: "Turn findings into prose")
            if withEditor {
                Agent("editor", role: "Editor", goal: "Shorten")
            } else {
                CrewTask("check", summary: "Check it")
            }
            for number in 1...2 { CrewTask("part\(number)", summary: "Write part \(number)", agent: "writer") }
        }
        let writer = Agent("writer", role: "Writer", goal: "Turn findings into prose")
        let parts = (1...2).map { CrewTask("part\($0)", summary: "Write part \($0)", agent: "writer") }
        let plain = Crew(
            name: "brief",
            goal: "Explain tides",
            inputs: [CrewInput(name: "topic")],
            models: [ModelDefinition(model: "small")],
            tools: [ToolDefinition(name: "calculator", builtin: "calculator")],
            agents: [
                Agent(
                    "researcher",
                    role: "Senior researcher",
                    goal: "Find verifiable facts",
                    tools: [.code(Lookup()), .named("calculator")] + (withEditor ? [.named("notes.read")] : []),
                    limits: Limits(tokens: 9)
                ), writer,
            ] + (withEditor ? [Agent("editor", role: "Editor", goal: "Shorten")] : []),
            tasks: (withEditor ? [] : [CrewTask("check", summary: "Check it")]) + parts,
            process: .coordinator,
            limits: Limits(money: Money(dollars: "0.50"), calls: 40)
        )
        #expect(built == plain)
    }

    @Test(arguments: [
        (0.5, "0.50"), (0.1, "0.10"), (1, "1.00"), (12.345, "12.345"), (1e-7, "0.0000001"), (1e-12, "0.000000000001"),
        (1e-13, "0.00"), (0.1 + 0.2, "0.30"), (1_000_000, "1000000.00"), (-1, "0.00"), (.nan, "0.00"), (0, "0.00"),
        (1.25e-5, "0.0000125"), (123456.789e-3, "123.456789"),
    ])
    func takesDollarsForTheirShortestDecimal(dollars: Double, text: String) {
        let limits: Limits = [.usd(dollars)]
        #expect(limits.money?.decimal == text)
    }

    @Test func joinsLimits() {
        let limits: Limits = [
            .usd("0.75"), .usd(0.5), .calls(40), .calls(50), .tokens(1_000), .time(.seconds(90)),
        ]
        #expect(limits == Limits(money: Money(dollars: "0.5"), tokens: 1_000, calls: 40, time: 90_000))
        #expect([.usd("a lot")] as Limits == Limits(money: .zero))
        #expect(([.usd(.infinity)] as Limits).money == Money(picodollars: .max))
        #expect(([.usd(1e30)] as Limits).money == Money(picodollars: .max))
        #expect([.time(.milliseconds(1_500))] as Limits == Limits(time: 1_500))
        #expect([] as Limits == Limits())
    }
}
