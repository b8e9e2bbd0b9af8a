import ChatModel
import CrewCore

/// What a simulated run is to do: a crew with its limits, tools and models, drawn from the choices.
struct Scenario {
    let created: RunCreated
    let prompts: RunPrompts

    init(_ choices: inout Choices, prompts: RunPrompts) {
        self.prompts = prompts
        let models = Self.models(&choices)
        var crew = Self.crew(&choices, "crew", models, depth: 1)
        crew.limits = Self.limits(&choices, models, scale: 1)
        var tools: [String: [ToolSpecification]] = [:]
        for node in crew.tree {
            for agent in node.crew.agents {
                tools[node.prefix + agent.name] = choices.some(of: Self.tools, percent: 60)
            }
            if node.crew.process.hasCoordinator, choices.chance(20) {
                tools[node.prefix + "(coordinator)"] = choices.some(of: Self.tools, percent: 60)
            }
        }
        created = RunCreated(
            run: "run",
            crew: crew,
            inputs: [:],
            limits: crew.limits,
            tools: tools,
            dialects: choices.chance(20) ? ["default": .openAI] : [:],
            prompts: prompts.first.version,
            folder: "."
        )
    }

    // MARK: - The crew

    /// A crew with members of every kind; crews may stand in one another three deep.
    private static func crew(
        _ choices: inout Choices,
        _ name: String,
        _ models: [ModelDefinition],
        depth: Int
    ) -> Crew {
        var crew = Crew(
            name: name,
            goal: "Explain tides",
            // A crew within has a model of its own, or that of the crew around it.
            models: depth == 1 ? models : choices.chance(30) ? [models[0]] : [],
            agents: agents(&choices, models),
            process: process(&choices)
        )
        if crew.models.count == 1, depth > 1 { crew.models[0].fallback = nil }
        for member in ["press", "desk"].prefix(depth < 3 && choices.chance(30) ? choices.number(1...2) : 0) {
            var inner = self.crew(&choices, member, models, depth: depth + 1)
            if choices.chance(25) { inner.limits = limits(&choices, models, scale: 2) }
            let limits = choices.chance(25) ? limits(&choices, models, scale: 2) : Limits()
            crew.crews.append(MemberCrew(member, crew: inner, limits: limits))
        }
        crew.tasks = tasks(&choices, crew)
        if crew.process.pattern == .concurrent, choices.chance(30) {
            crew.process.aggregator = crew.members.last
        } else if choices.chance(20) {
            crew.process.answer = crew.tasks.first?.name
        }
        if crew.process.hasCoordinator, choices.chance(15) {
            crew.process.limits = limits(&choices, models, scale: 2, hasTime: false)
        }
        return crew
    }

    private static func process(_ choices: inout Choices) -> CrewProcess {
        switch choices.one(of: CrewProcess.Pattern.sequential, .concurrent, .coordinator) {
        case .sequential: .sequential
        case .concurrent: .concurrent
        case .coordinator:
            CrewProcess(
                pattern: .coordinator,
                maximumInstructions: choices.one(of: 8, 2, 4, 12),
                maximumRevisions: choices.one(of: 1, 0, 2),
                stallAfter: choices.one(of: 3, 1, 2),
                maximumPlans: choices.one(of: 2, 0, 1, 3),
                maximumAssignments: choices.one(of: 8, 1, 2)
            )
        }
    }

    private static func models(_ choices: inout Choices) -> [ModelDefinition] {
        func price(_ choices: inout Choices) -> Price? {
            switch choices.below(3) {
            case 0: nil
            case 1: Price(input: 3, cachedInput: 1, output: 11)
            default:
                Price(
                    base: Price.Tier(above: 0, input: 2, output: 5),
                    longer: [Price.Tier(above: 2_500, input: 4, output: 9)]
                )
            }
        }
        let isPriced = choices.chance(60)
        var model = ModelDefinition(model: "m", maximumOutput: 400, timeout: .seconds(60))
        if isPriced { model.price = price(&choices) ?? Price(input: 3, output: 7) }
        model.maximumAttempts = choices.one(of: 3, 3, 1, 6)
        model.patience = choices.one(of: 120_000, 120_000, 0, 4_000, 600_000)
        model.awaitsStart = choices.chance(25)
        guard choices.chance(35) else { return [model] }
        model.fallback = "spare"
        var spare = ModelDefinition(name: "spare", model: "s", maximumOutput: 300, timeout: .seconds(30))
        if isPriced { spare.price = price(&choices) ?? .free }
        // The same model under another name gets back what it sent under the first.
        if choices.chance(15) { spare.model = model.model }
        if choices.chance(15) { model.structuredOutput = choices.one(of: .toolCall, .jsonSchema, .plainText) }
        // Two models may stand in for each other; the engine has to see the circle.
        if choices.chance(20) { spare.fallback = "default" }
        return [model, spare]
    }

    private static func agents(_ choices: inout Choices, _ models: [ModelDefinition]) -> [Agent] {
        ["scout", "writer", "critic"].prefix(choices.number(1...3)).map { name in
            Agent(
                name,
                role: "Member",
                goal: "Work",
                model: models.count > 1 && choices.chance(20) ? "spare" : nil,
                limits: choices.chance(25) ? limits(&choices, models, scale: 2, hasTime: false) : Limits(),
                maximumTurns: choices.one(of: 8, 1, 2, 4)
            )
        }
    }

    private static func tasks(_ choices: inout Choices, _ crew: Crew) -> [CrewTask] {
        if crew.process.pattern == .coordinator, choices.chance(20) { return [] }
        var tasks: [CrewTask] = []
        for name in ["facts", "brief", "extra", "check"].prefix(choices.number(1...4)) {
            var task = CrewTask(name, summary: "Deliver \(name)")
            if crew.process.pattern != .coordinator || choices.chance(50) {
                task.agent = crew.members[choices.below(crew.members.count)]
            }
            task.needs = choices.some(of: tasks.map(\.name), percent: 35)
            if choices.chance(30) {
                task.output = .object(properties: [("n", .integer())])
            } else if choices.chance(15) {
                task.accept = [.assertion("length(text) < 40")]
            }
            task.isRequired = !choices.chance(25)
            tasks.append(task)
        }
        return tasks
    }

    // MARK: - Limits

    static func limits(
        _ choices: inout Choices,
        _ models: [ModelDefinition],
        scale: Int,
        hasTime: Bool = true
    ) -> Limits {
        var limits = Limits()
        if models.allSatisfy({ $0.price != nil }), choices.chance(40) {
            limits.money = Money(picodollars: Int64(choices.number(1...40) * 4_000 / scale))
        }
        if choices.chance(30) { limits.tokens = choices.number(1...40) * 1_500 / scale }
        if choices.chance(25) { limits.calls = choices.number(1...20) / scale + 1 }
        if hasTime, choices.chance(20) { limits.time = choices.one(of: 7_200_000, 1_000, 60_000, 600_000) }
        return limits
    }

    // MARK: - Tools

    /// One that may be called twice, and one that may not.
    private static let tools = [
        ToolSpecification(declaration: declaration("look"), effects: .reads, isIdempotent: true, timeout: 20_000),
        ToolSpecification(declaration: declaration("pay"), effects: .spends, isIdempotent: false, timeout: 20_000),
    ]

    private static func declaration(_ name: String) -> ToolDeclaration {
        ToolDeclaration(name: name, summary: "Does it.", parameters: JSONSchema(["type": "object"]))
    }
}
