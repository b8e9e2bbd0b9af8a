import ChatModel
import Foundation
import Testing

@testable import CrewCore

/// Crews that work inside a run, in an agent's place.
struct MemberCrewRunTests {
    /// A crew of three: a scout finds, the crew `press` writes, an editor signs.
    private static func report(
        _ process: CrewProcess = .sequential,
        press: CrewProcess = .sequential,
        pressTasks: [CrewTask]? = nil,
        limits: Limits = Limits(),
        draft: CrewTask = CrewTask("draft", summary: "A draft", agent: "press", needs: ["facts"])
    ) -> Crew {
        let inner = Crew(
            name: "press-crew",
            goal: "Good prose on {{subject}}",
            inputs: [CrewInput(name: "subject")],
            agents: [Agent("writer", role: "Writer", goal: "Write"), Agent("critic", role: "Critic", goal: "Judge")],
            tasks: pressTasks ?? [
                CrewTask("text", summary: "A text", agent: "writer"),
                CrewTask("better", summary: "A better text", agent: "critic", needs: ["text"]),
            ],
            process: press
        )
        return Crew(
            name: "report",
            goal: "Explain tides",
            models: [ModelDefinition(model: "m", maximumOutput: 300)],
            agents: [Agent("scout", role: "Scout", goal: "Find"), Agent("editor", role: "Editor", goal: "Edit")],
            crews: [MemberCrew("press", crew: inner, inputs: ["subject": "tides"], limits: limits)],
            tasks: [
                CrewTask("facts", summary: "Facts", agent: "scout"), draft,
                CrewTask("final", summary: "Sign it", agent: "editor", needs: ["draft"]),
            ],
            process: process
        )
    }

    private static func words(_ call: Work.ModelCall?) -> String {
        (call?.request.conversation.messages ?? []).map(\.text).joined(separator: "\n")
    }

    @Test func aCrewDoesAnAssignmentAndItsAnswerIsTheResult() throws {
        var run = try DrivenRun(Self.report())
        run.finish(0, with: .said("tides are twice a day"))
        // The inner agent reads its own crew's goal, the task that the crew was given, and what that builds on.
        let asked = Self.words(run.call(0))
        for part in [
            "Good prose on tides", "Explain tides", "A draft", "tides are twice a day", "A text", "You are Writer",
        ] {
            #expect(asked.contains(part), "\(part)")
        }
        #expect(run.call(0)?.seat == .assignment("a3"))
        run.finish(0, with: .said("prose"))
        // Whose own task builds on another is shown that one's result, and not the outer ones again.
        #expect(!Self.words(run.call(0)).contains("twice a day") && Self.words(run.call(0)).contains("A draft"))
        run.finish(0, with: .said("better prose"))
        #expect(run.state.result(ofTask: "draft")?.text == "better prose")
        #expect(run.state.result(ofTask: "draft")?.agent == "press")
        #expect(Self.words(run.call(0)).contains("better prose"))
        run.finish(0, with: .said("signed"))
        #expect(run.state.status == .finished && run.state.end?.answer == "signed")
        #expect(run.state.ledger.members["press"]?.settled.calls == 2)
        #expect(run.state.ledger.members["press/writer"]?.settled.calls == 1)
        #expect(run.state.ledger.run.settled.calls == 4)
        try Self.checkFolds(run)
    }

    @Test("A coordinator inside a coordinator's crew, each with its own board, menu and instructions")
    func coordinatorsWithin() throws {
        var run = try DrivenRun(Self.report(.coordinator, press: .coordinator))
        #expect(Self.words(run.call(0)).contains("press: the crew \"press-crew\""))
        run.finish(0, with: .said(Self.delegate("facts", "scout")))
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said(Self.delegate("draft", "press")))
        #expect(run.call(0)?.seat == .coordinator(of: "a2"))
        let board = Self.words(run.call(0))
        #expect(board.contains("Good prose on tides") && board.contains("A draft") && !board.contains("- final"))
        run.finish(0, with: .said(Self.delegate("text", "writer")))
        run.finish(0, with: .said("text"))
        // What the outer crew owes is not on the inner menu.
        #expect(run.state.menu(of: "a2").delegate?.tasks.map(\.tasks) == [["better"]])
        run.finish(0, with: .said(Self.delegate("better", "critic")))
        run.finish(0, with: .said("better"))
        run.finish(0, with: .said(#"{"reason":"","instruction":{"kind":"finish","results":["r3"]}}"#))
        #expect(run.state.result(ofTask: "draft")?.text == "better")
        // A crew's result cannot be sent back: it would do all of it anew.
        #expect(run.state.menu.revise?.results.contains("r4") != true)
        run.finish(0, with: .said(Self.delegate("final", "editor")))
        run.finish(0, with: .said("signed"))
        run.finish(0, with: .said(#"{"reason":"","instruction":{"kind":"finish","results":["r5"]}}"#))
        #expect(run.state.status == .finished && run.state.end?.answer == "signed")
        #expect(run.state.coordinator.issued.count == 4)
        #expect(run.state.scope(of: "a2")?.coordinator.issued.count == 3)
        try Self.checkFolds(run)
    }

    private static func delegate(_ task: String, _ member: String) -> String {
        #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"task":"\#(task)","agent":"\#(member)","objective":""}]}}"#
    }

    // MARK: - What is asked of the answer

    @Test func whatATaskAsksOfTheAnswerTheInnerAgentIsTold() throws {
        let schema = JSONSchema([
            "type": "object", "properties": ["n": ["type": "integer"]], "required": ["n"],
            "additionalProperties": false,
        ])
        var draft = CrewTask("draft", summary: "A draft", agent: "press", needs: ["facts"], output: schema)
        draft.accept = [.assertion("n > 1")]
        var run = try DrivenRun(Self.report(draft: draft))
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said("a text"))
        #expect(Self.words(run.call(0)).contains("n > 1"))
        run.finish(0, with: .said(#"{"n":1}"#))
        // It is mended by whoever made it.
        #expect(run.events.last { $0.fact.kind == .answerRejected } != nil)
        run.finish(0, with: .said(#"{"n":2}"#))
        #expect(run.state.result(ofTask: "draft")?.isStructured == true)
    }

    @Test func anAnswerThatNobodyCanMendFailsTheAssignment() throws {
        var draft = CrewTask("draft", summary: "A draft", agent: "press", needs: ["facts"])
        draft.accept = [.assertion("contains(text, 'tide')")]
        // Two tasks answer, so that neither can be told.
        let tasks = [
            CrewTask("one", summary: "One", agent: "writer"), CrewTask("two", summary: "Two", agent: "critic"),
        ]
        var run = try DrivenRun(Self.report(press: .concurrent, pressTasks: tasks, draft: draft))
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said("one"))
        run.finish(0, with: .said("two"))
        #expect(run.state.status == .failed && run.state.end?.code == "answer_rejected")
    }

    // MARK: - Limits

    @Test func aCrewThatHasUsedUpItsLimitEndsAndTheRunSaysSo() throws {
        var run = try DrivenRun(Self.report(limits: Limits(calls: 1)))
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said("text"))
        #expect(run.breach == nil)
        #expect(run.state.status == .limited && run.state.end?.code == "limit")
        #expect(run.state.end?.message?.contains("the crew press") == true)
        #expect(run.state.exchanges.isEmpty)
        try Self.checkFolds(run)
    }

    @Test func limitsOfACrewAndOfItsPlaceBothHold() throws {
        var crew = Self.report(limits: Limits(calls: 5))
        crew.crews[0].crew.limits.calls = 1
        var run = try DrivenRun(crew)
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said("text"))
        #expect(run.state.end?.code == "limit" && run.state.ledger.members["press"]?.limits.calls == 1)
    }

    @Test("A run that ends at its limit goes on inside the crew, and nothing is done twice")
    func goingOnWithin() throws {
        var run = try DrivenRun(Self.report(), limits: Limits(calls: 2))
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said("text"))
        #expect(run.state.status == .limited && run.state.end?.code == "limit_calls")
        run.take(.runResumed(RunResumed(epoch: 2, limits: Limits(calls: 9))))
        run.settle()
        #expect(run.call(0)?.seat == .assignment("a4") && Self.words(run.call(0)).contains("A better text"))
        run.finish(0, with: .said("better"))
        run.finish(0, with: .said("signed"))
        #expect(run.state.status == .finished && run.state.assignments.count == 5)
        try Self.checkFolds(run)
    }

    @Test("A crew that failed keeps its results when the run is taken up again")
    func takingUpAFailedCrew() throws {
        var run = try DrivenRun(Self.report())
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said("text"))
        run.fail(0, with: ChatError(.credentials, "no key", wasSent: true))
        #expect(run.state.status == .failed && run.state.end?.code == "credentials")
        run.take(.runResumed(RunResumed(epoch: 2)))
        run.settle()
        #expect(run.state.scopes.count == 2 && Self.words(run.call(0)).contains("A better text"))
        run.finish(0, with: .said("better"))
        run.finish(0, with: .said("signed"))
        #expect(run.state.status == .finished)
        try Self.checkFolds(run)
    }

    @Test("A crew that fails again after it was taken up is not begun anew")
    func failingAgain() throws {
        var run = try DrivenRun(Self.report())
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said("text"))
        for epoch in 2...3 {
            run.fail(0, with: ChatError(.credentials, "no key", wasSent: true))
            #expect(run.state.status == .failed)
            run.take(.runResumed(RunResumed(epoch: epoch)))
            run.settle()
        }
        #expect(run.state.scopes.count == 2 && run.state.results.count == 2)
        #expect(run.pending.count == 1)
    }

    @Test("At a limit of the run a crew that is done is concluded, since that costs nothing")
    func doneAtALimit() throws {
        var crew = Self.report()
        crew.tasks.removeLast()
        // The last call of the crew uses up what the run may make; what is optional is not reached.
        crew.tasks.append(CrewTask("extra", summary: "More", agent: "editor", isRequired: false))
        var run = try DrivenRun(crew, limits: Limits(tokens: 6_000))
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said("text"))
        run.finish(0, with: .said("better", input: 5_500))
        #expect(run.state.status == .finished && run.state.end?.answer == "better")
    }

    @Test("What a crew failed at, it may not do once more; other work it may")
    func oneFailureIsNotAll() throws {
        let tasks = [
            CrewTask("draft", summary: "A draft", agent: "press", isRequired: false),
            CrewTask("other", summary: "Another", agent: "press"),
        ]
        var crew = Self.report(.coordinator)
        crew.tasks = tasks
        var run = try DrivenRun(crew)
        run.finish(0, with: .said(Self.delegate("draft", "press")))
        run.fail(0, with: ChatError(.credentials, "no key", wasSent: true))
        #expect(run.state.menu.delegate?.tasks.map(\.tasks) == [["other"]])
        run.finish(0, with: .said(Self.delegate("other", "press")))
        run.finish(0, with: .said("text"))
        run.finish(0, with: .said("better"))
        run.finish(0, with: .said(#"{"reason":"","instruction":{"kind":"finish","results":["r3"]}}"#))
        #expect(run.state.status == .finished)
    }

    @Test("A task that nobody may do any more ends the crew's work before its coordinator is paid for a plan")
    func nobodyMayDoIt() throws {
        var crew = Crew.team(.coordinator)
        crew.agents[1].limits.calls = 0
        crew.tasks[2].agent = "writer"
        crew.tasks[1].agent = "writer"
        var run = try DrivenRun(crew)
        run.finish(0, with: .said(Self.delegate("facts", "scout")))
        run.finish(0, with: .said("facts"))
        #expect(run.state.status == .limited && run.state.end?.code == "limit")
    }

    @Test("No tool begins once its crew's time is over, and time that crews spend side by side counts once")
    func toolsAndTime() throws {
        let tool = ToolSpecification(
            declaration: ToolDeclaration(name: "post", summary: "Posts", parameters: JSONSchema(["type": "object"])),
            effects: .writes,
            isIdempotent: false,
            timeout: 1_000
        )
        var crew = Self.report(.concurrent, limits: Limits(time: 60_000))
        crew.tasks = [
            CrewTask("one", summary: "One", agent: "press"), CrewTask("two", summary: "Two", agent: "press"),
            CrewTask("three", summary: "Three", agent: "press", needs: ["one", "two"]),
        ]
        var run = try DrivenRun(crew, tools: ["press/critic": [tool]])
        run.now += 30_000
        for _ in 0..<2 { run.finish(0, with: .said("text")) }
        for _ in 0..<2 { run.finish(0, with: .said("better")) }
        // Half a minute is left to the third, not nothing.
        #expect(run.call(0)?.request.timeout == 30_000)
        run.finish(0, with: .said("text"))
        run.now += 30_000
        run.finish(
            0,
            with: ChatResponse(
                text: "",
                toolCalls: [ToolCall(id: "x", name: "post", arguments: "{}")],
                finishReason: .toolCalls,
                usage: .some
            )
        )
        #expect(!run.events.contains { $0.fact.kind == .toolIntended })
        #expect(run.state.status == .limited && run.pending.isEmpty)
    }

    @Test("When a crew's time is over its call is given up, and what comes of it later changes nothing")
    func timeWithin() throws {
        var run = try DrivenRun(Self.report(limits: Limits(time: 60_000)))
        run.now += 500_000
        run.finish(0, with: .said("facts"))
        let call = try #require(run.call(0))
        #expect(call.request.timeout <= 60_000)
        #expect(run.state.wakeTime(after: run.now) == run.now + 60_000)
        run.now += 60_000
        run.settle()
        #expect(run.state.status == .limited && run.state.end?.message?.contains("1 min") == true)
        #expect(run.state.ledger.run.held == .zero && run.state.ledger.members["press"]?.held == .zero)
        let committed = run.state.ledger.run.committed
        // Both books say the same of it.
        var holds = OpenHolds()
        var moved = Amounts.zero
        for event in run.events {
            let movement = holds.take(event.fact)
            moved += movement.settled + movement.uncertain
        }
        #expect(moved == committed)
        #expect(holds.take(call.outcome(.said("late"))) == Movement())
        run.take(call.outcome(.said("late")))
        #expect(run.state.ledger.run.committed == committed && run.state.results.count == 1)
    }

    // MARK: - A coordinator's own tools and account

    @Test func aCoordinatorMayCallToolsOfItsOwnAndPaysFromItsOwnAccount() throws {
        var crew = Crew.team(.coordinator)
        crew.process.limits.calls = 3
        let tool = ToolSpecification(
            declaration: ToolDeclaration(name: "look", summary: "Looks", parameters: JSONSchema(["type": "object"])),
            effects: [],
            isIdempotent: true,
            timeout: 1_000
        )
        var run = try DrivenRun(crew, tools: ["(coordinator)": [tool]])
        #expect(run.call(0)?.request.tools.tools.map(\.name) == ["look"])
        #expect(run.call(0)?.request.responseFormat == .text)
        run.finish(
            0,
            with: ChatResponse(
                text: "",
                toolCalls: [ToolCall(id: "x", name: "look", arguments: "{}")],
                finishReason: .toolCalls,
                usage: .some
            )
        )
        guard case .callTool(let work)? = run.pending.first else {
            Issue.record("no tool is called")
            return
        }
        #expect(work.agent == "(coordinator)")
        run.pending.removeFirst()
        run.take(.toolCompleted(ToolCompleted(tool: work.id, outcome: .completed, text: "seen")))
        run.settle()
        #expect(Self.words(run.call(0)).contains("seen"))
        run.finish(0, with: .said(Self.delegate("facts", "scout")))
        run.finish(0, with: .said("facts"))
        run.finish(0, with: .said(Self.delegate("brief", "writer")))
        run.finish(0, with: .said("brief"))
        #expect(run.state.ledger.members["(coordinator)"]?.committed.calls == 3)
        // All is done that is owed, so that nothing is lost by the coordinator's limit.
        #expect(run.state.status == .finished && run.state.end?.answer == "brief")
        try Self.checkFolds(run)
    }

    // MARK: - The fold

    /// Folding what was recorded, as it is written, gives the same state after every event.
    private static func checkFolds(_ run: DrivenRun) throws {
        let recorded = try run.events.map { event in
            var writer = JSONWriter()
            try writer.encodable(event)
            return try JSONDecoder().decode(Event.self, from: Data(writer.bytes))
        }
        #expect(recorded == run.events)
        let folded = try #require(try RunState(folding: recorded, prompts: .builtIn()))
        #expect(folded.ledger == run.state.ledger && folded.exchanges == run.state.exchanges)
        #expect(folded.results == run.state.results && folded.status == run.state.status)
        #expect(run.breach == nil)
    }
}

extension TokenUsage {
    fileprivate static let some = TokenUsage(input: 10, output: 5)
}
