import ChatModel
import CrewCore

/// Makes a crew from what was read by the format.
enum CrewBuilder {
    typealias Path = [CrewProblem.PathElement]

    /// - Parameters:
    ///   - file: What was read.
    ///   - place: Where the crew stands.
    ///   - name: What it is called if it has no name.
    ///   - files: The crews that were read from files of their own, by where they stand.
    static func crew(_ file: Values, at place: Path, called name: String = "", _ files: [Path: MemberFile]) -> Crew {
        let limits = file.record("limits") ?? Values()
        let members = file.named("agents")
        return Crew(
            name: file.text("crew") ?? name,
            goal: file.text("goal") ?? "",
            inputs: file.named("inputs").map(input),
            models: file.named("models").map(model),
            tools: file.named("tools").map(tool),
            agents: members.filter { !$0.values.isMember }.map(agent),
            crews: members.filter(\.values.isMember).map { member($0.name, $0.values, at: place, files) },
            tasks: file.named("tasks").map(task),
            process: process(file.record("process") ?? Values(), instructions: limits.integer("instructions")),
            limits: self.limits(limits)
        )
    }

    private static func member(
        _ name: String,
        _ values: Values,
        at place: Path,
        _ files: [Path: MemberFile]
    ) -> MemberCrew {
        let place = place + ["agents", .key(name), "crew"]
        let inputs = values.json("inputs")?.objectValue ?? [:]
        let file = files[place]
        // What could not be read is told where it was read.
        let crew = file?.crew ?? self.crew(values.record("crew") ?? Values(), at: place, called: name, files)
        return MemberCrew(
            name,
            crew: crew,
            inputs: Dictionary(inputs.map { ($0.key, $0.value) }) { _, last in last },
            limits: limits(values.record("limits") ?? Values()),
            summary: values.text("description") ?? "",
            file: file?.path,
            folder: file?.folder
        )
    }

    private static func input(_ name: String, _ values: Values) -> CrewInput {
        var input = CrewInput(name: name, defaultValue: values.json("default"))
        input.type = values.text("type").flatMap(CrewInput.ValueType.init) ?? input.type
        input.summary = values.text("description") ?? input.summary
        return input
    }

    private static func model(_ name: String, _ values: Values) -> ModelDefinition {
        var model = ModelDefinition(name: name, model: values.text("model") ?? "")
        model.baseURL = values.text("base_url")
        model.keyVariable = values.text("key")
        model.sampling = SamplingOptions(
            temperature: values.number("temperature"),
            topP: values.number("top_p"),
            seed: values.integer("seed").map(Int64.init),
            reasoningEffort: values.text("reasoning_effort")
        )
        model.maximumOutput = values.integer("max_output") ?? model.maximumOutput
        model.price = values.record("price").flatMap(price)
        model.cache = values.text("cache").flatMap(CachePolicy.init) ?? model.cache
        model.requestsPerMinute = values.record("rate")?.integer("requests")
        model.tokensPerMinute = values.record("rate")?.integer("tokens")
        model.fallback = values.text("fallback")
        model.timeout = values.duration("timeout") ?? model.timeout
        model.firstByteTimeout = values.duration("first_byte_timeout") ?? model.firstByteTimeout
        model.idleTimeout = values.duration("idle_timeout") ?? model.idleTimeout
        model.maximumAttempts = values.integer("attempts") ?? model.maximumAttempts
        model.patience = values.duration("patience") ?? model.patience
        model.awaitsStart = (values.duration("patience") ?? 0) > 0
        model.concurrentRequests = values.integer("concurrent")
        model.headers = parameters(values.json("headers"))
        model.query = parameters(values.json("query"))
        model.body = values.json("body")?.objectValue ?? [:]
        model.certificateAuthorities = values.text("ca")
        model.organization = values.text("organization")
        model.project = values.text("project")
        model.structuredOutput = values.text("structured_output").flatMap(Dialect.StructuredOutput.init)
        model.streams = values.boolean("stream") ?? model.streams
        model.systemRole = values.text("system_role").flatMap(Dialect.SystemRole.init)
        return model
    }

    private static func parameters(_ written: JSONValue?) -> [RequestParameter] {
        (written?.objectValue ?? [:]).map { RequestParameter($0.key, .init($0.value.stringValue ?? "")) }
    }

    private static func price(_ values: Values) -> Price? {
        guard let input = values.money("input"), let output = values.money("output") else { return nil }
        return Price(
            input: perToken(input),
            cachedInput: values.money("cached_input").map(perToken),
            cacheWrite: values.money("cache_write").map(perToken),
            output: perToken(output)
        )
    }

    /// Dollars per million tokens as pico-dollars a token, rounded up, so that a bound stays one.
    private static func perToken(_ dollarsPerMillion: Money) -> Int64 {
        (dollarsPerMillion.picodollars + 999_999) / 1_000_000
    }

    private static func tool(_ name: String, _ values: Values) -> ToolDefinition {
        var options = JSONObject()
        for (key, _) in CrewFormat.tool.keys where key != CrewFormat.tool.key {
            if let text = values.text(key) { options[key] = .string(text) }
            if let truth = values.boolean(key) { options[key] = .bool(truth) }
            if case .list = values.values[key] {
                options[key] = .array(values.texts(key).map { .string($0) })
            }
        }
        return ToolDefinition(name: name, builtin: values.text("builtin") ?? "", options: .object(options))
    }

    private static func agent(_ name: String, _ values: Values) -> Agent {
        var agent = Agent(name, role: values.text("role") ?? "", goal: values.text("goal") ?? "")
        agent.instructions = values.text("instructions") ?? ""
        agent.model = values.text("model")
        agent.tools = values.texts("tools").map(ToolGrant.named)
        agent.limits = limits(values.record("limits") ?? Values())
        agent.maximumTurns = values.integer("max_turns") ?? agent.maximumTurns
        agent.exemptions = values.texts("exempt").compactMap(Agent.Exemption.init)
        return agent
    }

    private static func limits(_ values: Values) -> Limits {
        Limits(
            money: values.money("budget_usd"),
            tokens: values.integer("tokens"),
            calls: values.integer("calls"),
            time: values.duration("time")
        )
    }

    private static func process(_ values: Values, instructions: Int?) -> CrewProcess {
        var process = CrewProcess(pattern: values.text("pattern").flatMap(CrewProcess.Pattern.init) ?? .sequential)
        if let instructions { process.maximumInstructions = instructions }
        for option in ProcessOption.all {
            switch option.value {
            case .integer(let value, _): process[keyPath: value] = values.integer(option.key) ?? process[keyPath: value]
            case .model(let name), .agent(let name), .task(let name): process[keyPath: name] = values.text(option.key)
            case .tools(let tools): process[keyPath: tools] = values.texts(option.key).map(ToolGrant.named)
            case .limits(let limits):
                process[keyPath: limits] = values.record(option.key).map(self.limits) ?? process[keyPath: limits]
            }
        }
        return process
    }

    private static func task(_ name: String, _ values: Values) -> CrewTask {
        var task = CrewTask(name, summary: values.text("description") ?? "")
        task.agent = values.text("agent")
        task.needs = values.texts("needs")
        task.output = values.json("output").map(JSONSchema.init)
        task.accept = values.list("accept").map { criterion in
            if case .record(let values) = criterion { .assertion(values.text("assert") ?? "") } else { .assertion("") }
        }
        task.isRequired = values.boolean("required") ?? task.isRequired
        return task
    }
}

extension Values {
    /// Whether it is what makes a crew a member, and no agent.
    var isMember: Bool { values["crew"] != nil }
}
