import ChatModel
import CrewCore
import CrewTools
import Testing

struct CrewValidationTests {
    private static func sound() -> Crew {
        Crew(
            name: "crew",
            goal: "Explain {{topic}}",
            inputs: [CrewInput(name: "topic", defaultValue: "tides")],
            models: [ModelDefinition(model: "gpt-5-mini"), ModelDefinition(name: "other", model: "x", price: .free)],
            tools: [ToolDefinition(name: "notes", builtin: "files", options: ["folder": "notes", "write": true])],
            agents: [Agent("ann", role: "r", goal: "g", tools: [.named("notes"), .named("notes.list")])],
            tasks: [CrewTask("one", summary: "d"), CrewTask("two", summary: "d", needs: ["one"])],
            limits: Limits(money: Money(dollars: "1"), tokens: 1, calls: 1, time: 1)
        )
    }

    @Test func soundCrewHasNoProblems() {
        #expect(Self.sound().problems() == [])
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let path: String
        let change: @Sendable (inout Crew) -> Void
        init(_ path: String, _ change: @escaping @Sendable (inout Crew) -> Void) {
            (self.path, self.change) = (path, change)
        }
        var testDescription: String { path }
    }

    @Test(arguments: faults) func faultIsReportedOnceAtItsPath(fault: Fault) throws {
        var crew = Self.sound()
        fault.change(&crew)
        let said = crew.problems().map(\.description)
        try #require(said.count == 1, "\(said)")
        #expect(said[0].hasPrefix(fault.path), "\(said)")
    }

    private static let faults: [Fault] = [
        Fault("crew: \"\" cannot") { $0.name = "" },
        Fault("crew: ") { $0.name = String(repeating: "x", count: 65) },
        Fault("crew: ") { $0.name = "größe" },
        Fault("goal: the crew's goal is empty") { $0.goal = " \n" },
        Fault("goal: there is no input for the placeholder {{tpoic}} (did you mean {{topic}}?)") {
            $0.goal = "{{tpoic}}"
        },
        Fault("goal: \"{{ a b }}\" is no placeholder") { $0.goal = "x {{ a b }}" },
        Fault("inputs.topic.default: the default of an input of type integer is a string") {
            $0.inputs[0].type = .integer
        },
        Fault("inputs.topic: there are two inputs") { $0.inputs.append(CrewInput(name: "topic")) },
        Fault("models.other: there are two models") {
            $0.models.append(ModelDefinition(name: "other", model: "y", price: .free))
        },
        Fault("models: there is no model called `default`") { $0.models.removeFirst() },
        Fault("models.default: the price of \"mystery\" is not known") { $0.models[0].model = "mystery" },
        Fault("models.default.fallback: there is no model called \"othr\" (did you mean `other`?)") {
            $0.models[0].fallback = "othr"
        },
        Fault("models.other.fallback: the fallbacks go in a circle: default → other → default") {
            $0.models[0].fallback = "other"
            $0.models[1].fallback = "default"
        },
        Fault("models.default.temperature: ") { $0.models[0].sampling.temperature = .nan },
        Fault("models.default.max_output: ") { $0.models[0].maximumOutput = 0 },
        Fault("models.default.timeout: ") { $0.models[0].timeout = 0 },
        Fault("models.default.key: ") { $0.models[0].keyVariable = "sk-x" },
        Fault("models.default.price.output: ") { $0.models[0].price = Price(input: 1, output: -1) },
        Fault("tools.notes.builtin: there is no built-in tool called \"flies\" (did you mean `files`?)") {
            $0.tools[0].builtin = "flies"
        },
        Fault("tools.notes: the built-in `files` needs the option `folder`") { $0.tools[0].options = [:] },
        Fault("tools.notes.write: `write` is a string, not a boolean") {
            $0.tools[0].options = ["folder": "x", "write": "yes"]
        },
        Fault("agents.ann.tools[0]: there is no tool called \"note\"") { $0.agents[0].tools[0] = .named("note") },
        Fault("agents.ann.tools[1]: there is no part of `notes` called \"wirte\" (did you mean `write`?)") {
            $0.agents[0].tools[1] = .named("notes.wirte")
        },
        Fault("agents.ann.tools[1]: \"notes\" is granted twice") { $0.agents[0].tools[1] = .named("notes") },
        Fault("agents.ann.model: ") { $0.agents[0].model = "none" },
        Fault("agents.ann.max_turns: ") { $0.agents[0].maximumTurns = 0 },
        Fault("agents.ann.limits.calls: ") { $0.agents[0].limits.calls = -1 },
        Fault("agents: a crew needs at least one agent") { $0.agents = [] },
        Fault("tasks: a sequential process needs tasks") { $0.tasks = [] },
        Fault("tasks: a concurrent process needs tasks") { ($0.tasks, $0.process) = ([], .concurrent) },
        Fault("tasks.one.agent: ") { $0.tasks[0].agent = "bob" },
        Fault("tasks.two.needs[0]: there is no task called \"oen\" (did you mean `one`?)") {
            $0.tasks[1].needs = ["oen"]
        },
        Fault("tasks.two.needs[1]: \"one\" is needed twice") { $0.tasks[1].needs = ["one", "one"] },
        Fault("tasks.two.needs[0]: `two` comes before `one`, which it needs") { $0.tasks.swapAt(0, 1) },
        Fault("tasks.one.needs[0]: the needs go in a circle: one → two → one") { $0.tasks[0].needs = ["two"] },
        Fault("tasks.one.accept[0].assert: the assertion cannot be read: ") {
            $0.tasks[0].accept = [.assertion("words(text)")]
        },
        Fault("tasks.one.accept[0].assert: the result of `one` is prose and has no `body`") {
            $0.tasks[0].accept = [.assertion("length(body) > 1")]
        },
        Fault("process.answer: ") { $0.process.answer = "three" },
        Fault("process.aggregator: only a concurrent process") { $0.process.aggregator = "ann" },
        Fault("process.max_revisions: ") { $0.process.maximumRevisions = -1 },
        Fault("limits.budget_usd: ") { $0.limits.money = Money(picodollars: -1) },
        Fault("limits.budget_usd: ") { $0.limits.money = Money(picodollars: 1_000_000_000_000_000_001) },
        Fault("limits.tokens: ") { $0.limits.tokens = 0 },
        Fault("limits.time: ") { $0.limits.time = -1 },
    ]

    @Test func needsInAnyOrderAreFineWhereTheProcessOrdersThem() {
        var crew = Self.sound()
        crew.tasks.swapAt(0, 1)
        crew.process = .concurrent
        #expect(crew.problems() == [])
    }

    @Test func priceMattersOnlyUnderAMoneyLimit() {
        var crew = Self.sound()
        crew.models[0].model = "mystery"
        crew.limits.money = nil
        #expect(crew.problems() == [])
        crew.agents[0].limits.money = Money(dollars: "1")
        #expect(crew.problems().count == 1)
    }

    @Test func longChainsAndDenseCirclesTakeLinearTime() {
        var crew = Self.sound()
        crew.tasks = (0..<1_000).map { CrewTask("t\($0)", summary: "d", needs: $0 == 0 ? [] : ["t\($0 - 1)"]) }
        #expect(crew.problems() == [])
        crew.tasks[0].needs = ["t999"]
        #expect(crew.problems().count == 1)
    }
}
