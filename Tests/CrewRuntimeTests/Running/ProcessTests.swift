import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Testing

/// The patterns, each run to its end by the real executor.
struct ProcessTests {
    @Test func aSequencePassesEachResultOn() async throws {
        let model = ScriptedModel(answers: ["the moon pulls", "Tides rise and fall."])
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let result = try await engine.run(.pair(.sequential))
        #expect(result.status == .finished)
        #expect(result.text == "Tides rise and fall.")
        #expect(result.results.map(\.task) == ["facts", "brief"])
        #expect(result.missing.isEmpty)
        try #require(model.requests.count == 2)
        #expect(model.requests[1].lastText.contains("the moon pulls"))
        #expect(model.requests[0].systemText.contains("Scout"))
    }

    @Test func aCrewThatWasInOrderIsCheckedAgainOnceItHasChanged() async throws {
        let engine = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["The moon pulls the sea."])))
        var crew = Crew.pair(.sequential)
        for _ in 0..<2 {
            #expect(try await engine.run(crew).status == .finished)
        }
        crew.tasks[1].needs = ["nothing"]
        let broken = crew
        let error = await #expect(throws: CrewError.self) { try await engine.run(broken) }
        #expect(error?.code == .invalidCrew)
        crew.tasks[1].needs = ["facts"]
        #expect(try await engine.run(crew).status == .finished)
    }

    @Test func aToolThatTouchesMoreUnderTheSameNameIsLookedAtAgain() async throws {
        struct Posting: Tool {
            struct Input: Generable {}
            let name = "post", summary = "Posts."
            let effects: ToolEffects
            func call(_ input: Input, context: ToolContext) async throws -> String { "" }
        }
        let engine = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["The moon pulls the sea."])))
        var crew = Crew.pair(.sequential)
        crew.agents[0].tools = [.code(Posting(effects: .reads))]
        #expect(try await engine.run(crew).status == .finished)
        crew.agents[0].tools = [.code(Posting(effects: [.reads, .network]))]
        let exposed = crew
        let error = await #expect(throws: CrewError.self) { try await engine.run(exposed) }
        #expect(error?.code == .invalidCrew)
    }

    @Test func concurrentTasksRunAtOnceAndAreJoined() async throws {
        let crew = Crew.pair(
            CrewProcess(pattern: .concurrent, aggregator: "writer"),
            tasks: [
                CrewTask("a", summary: "A", agent: "scout"), CrewTask("b", summary: "B", agent: "scout"),
            ]
        )
        let both = Rendezvous(2)
        let model = ScriptedModel { request, number throws(ChatError) in
            if number > 2 { return .said("joined") }
            await both.arrive()
            return .said("part \(number)")
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(crew)
        #expect(result.status == .finished)
        #expect(result.text == "joined")
        #expect(model.requests.count == 3)
        #expect(model.requests.last?.lastText.contains("part 1") == true)
        #expect(model.requests.last?.lastText.contains("part 2") == true)
    }

    @Test func aCoordinatorDelegatesAndFinishes() async throws {
        let model = ScriptedModel { request, _ throws(ChatError) in
            guard request.systemText.contains("You coordinate") else { return .said("work of an agent") }
            if request.lastText.contains("- facts [due]") { return .said(.delegate("facts", "scout")) }
            if request.lastText.contains("- brief [due]") { return .said(.delegate("brief", "writer")) }
            return .said(#"{"reason":"done","instruction":{"kind":"finish","results":["r2"]}}"#)
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.coordinator))
        #expect(result.status == .finished)
        #expect(result.text == "work of an agent")
        #expect(result.calls == 5)
    }

    @Test(arguments: [
        "Sure! I will delegate this.",
        "```json\n{\"a\":1}\n```",
        #"{"reason":"x","instruction":{"kind":"finish","results":["r1"]}}"#,
        #"{"reason":"x","instruction":{"kind":"delegate","assignments":[{"task":"facts","agent":"stranger","objective":""}]}}"#,
        #"{"reason":"x","instruction":{"kind":"delegate","assignments":"false"}}"#,
        "{\"reason\":\"x\"}{\"reason\":\"y\"}",
        "", "null", "[]",
    ])
    func aCoordinatorThatNeverMakesSenseNeverSucceeds(answer: String) async throws {
        let model = ScriptedModel(answers: [answer])
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.coordinator))
        #expect(result.status == .failed)
        #expect(result.code == "coordinator_failed")
        #expect(result.results.isEmpty)
        #expect(result.missing == ["facts", "brief"])
        // The first answer, two repairs, and no more; a rung of the ladder costs none of them.
        #expect(model.requests.count == 3)
    }

    @Test func arefusedInstructionComesBackWithTheReason() async throws {
        let model = ScriptedModel { request, number throws(ChatError) in
            guard request.systemText.contains("You coordinate") else { return .said("work") }
            if number == 1 { return .said(.delegate("brief", "writer")) }
            if request.lastText.contains("- facts [due]") || number == 2 { return .said(.delegate("facts", "scout")) }
            if request.lastText.contains("- brief [due]") { return .said(.delegate("brief", "writer")) }
            return .said(#"{"reason":"","instruction":{"kind":"finish","results":["r2"]}}"#)
        }
        let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(.coordinator))
        #expect(result.status == .finished)
        let repair = try #require(model.requests.dropFirst().first?.lastText)
        #expect(repair.contains("task") && repair.contains("facts"))
    }
}

extension String {
    static func delegate(_ task: String, _ agent: String) -> String {
        #"{"reason":"next","instruction":{"kind":"delegate","assignments":[{"task":"\#(task)","agent":"\#(agent)","objective":""}]}}"#
    }
}

/// Lets callers through once all have come.
actor Rendezvous {
    private let expected: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ expected: Int) { self.expected = expected }

    func arrive() async {
        if waiting.count + 1 == expected {
            for continuation in waiting { continuation.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
