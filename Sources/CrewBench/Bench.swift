import CrewKit

/// The workloads' units.
struct Bench {
    private let server: String
    private let engine: CrewEngine

    init(server: String, journal: any Journal) throws {
        self.server = server
        var environment = Environment.process
        environment["CREW_BENCH_KEY"] = "sk-benchmark"
        engine = try CrewEngine(models: try OpenAIModels(environment: environment), journal: journal)
    }

    /// Tasks one after another, each prompt with the answer before.
    func sequence(of tasks: Int) async throws -> Int {
        let result = try await engine.run(
            Crew("sequence", goal: Self.goal) {
                model(at: "simple")
                writer
                (1...tasks).map { .task(CrewTask("part-\($0)", summary: "Write about the tides", agent: "writer")) }
            }
        )
        return try result.calls(expecting: tasks)
    }

    /// Runs of one call, so many under way at any moment.
    func runs(_ count: Int, atOnce: Int) async throws -> Int {
        let crew = Crew("single", goal: Self.goal) {
            model(at: "delay50")
            writer
            CrewTask("tides", summary: "Write about the tides", agent: "writer")
        }
        return try await withThrowingTaskGroup(of: Int.self) { group in
            let engine = engine
            func start() { group.addTask { try await engine.run(crew).calls(expecting: 1) } }
            for _ in 0..<min(count, atOnce) { start() }
            var calls = 0
            for begun in atOnce..<(count + atOnce) {
                calls += try await group.next() ?? 0
                if begun < count { start() }
            }
            return calls
        }
    }

    /// One call whose text is read while it comes.
    func stream(_ scenario: String) async throws -> Int {
        let crew = Crew("stream", goal: Self.goal) {
            model(at: scenario)
            writer
            CrewTask("tides", summary: "Write about the tides", agent: "writer")
        }
        return try await engine.withRun(crew) { run in
            var bytes = 0
            for await update in run {
                if case .text(_, let text) = update { bytes += text.utf8.count }
            }
            let result = try await run.result
            guard bytes == result.text.utf8.count || bytes >= 2_000 else { throw Unexpected("\(bytes) bytes of text") }
            return try result.calls(expecting: 1)
        }
    }

    /// One agent that calls a tool in every round but the last.
    func toolRounds(_ rounds: Int) async throws -> Int {
        let result = try await engine.run(
            Crew("rounds", goal: Self.goal) {
                model(at: "tools/\(rounds)")
                Agent(
                    "researcher",
                    role: "Researcher",
                    goal: "Look up every key",
                    instructions: Self.instructions,
                    maximumTurns: rounds + 2
                ) { Lookup() }
                CrewTask("tides", summary: "Look up every key, then write about the tides", agent: "researcher")
            }
        )
        return try result.calls(expecting: rounds + 1)
    }

    /// Agents with a tool each, all alive together.
    func agents(_ count: Int) -> Int {
        let agents = (0..<count).map { number in
            Agent(
                "researcher-\(number)",
                role: "Researcher \(number)",
                goal: "Find verifiable facts about bay \(number)",
                limits: Limits(calls: 20)
            ) { Lookup(name: "lookup_\(number)") }
        }
        precondition(agents.count == count)
        return 0
    }

    /// A coordinator that delegates so many times and finishes.
    func delegations(_ count: Int) async throws -> Int {
        let result = try await engine.run(
            Crew("brief", goal: "A brief on tidal power", process: .coordinator) {
                model(at: "script/coordinator")
                for (name, goal) in [("researcher", "Find facts"), ("analyst", "Weigh them"), ("writer", "Write")] {
                    Agent(name, role: name, goal: goal, instructions: Self.instructions)
                }
            }
        )
        return try result.calls(expecting: 2 * count + 1)
    }

    private static let goal = "Say what tides are good for"

    private static let instructions = """
        You are a careful member of a crew that writes sourced briefs about energy from the sea. Stay with what is \
        asked, name your sources, and say so when you do not know. Answer in plain prose of at most one paragraph.
        """

    private var writer: Agent {
        Agent("writer", role: "Writer", goal: "Answer in one paragraph", instructions: Self.instructions)
    }

    private func model(at scenario: String) -> ModelDefinition {
        // Priced, as models are: of one without a price it must be asked whether an account is limited in dollars.
        ModelDefinition(
            model: "bench",
            baseURL: "\(server)/\(scenario)/v1",
            keyVariable: "CREW_BENCH_KEY",
            price: Price(input: 250_000, output: 2_000_000)
        )
    }
}

private struct Lookup: Tool {
    struct Input: Generable { let key: String }

    var name = "lookup"
    let summary = "Looks a key up."
    let effects = ToolEffects.reads

    func call(_ input: Input, context: ToolContext) async throws -> String {
        "High water at 04:12 and 16:37, 11.4 m and 11.1 m, by the port's table."
    }
}

private struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension RunResult {
    /// The number of calls, when the run finished with as many as it should.
    fileprivate func calls(expecting count: Int) throws -> Int {
        guard status == .finished, calls == count else {
            throw Unexpected("the run \(status.rawValue) after \(calls) calls: \(message ?? "no message")")
        }
        return calls
    }
}
