import ChatModel
import Testing

@testable import CrewCore

/// Safeguards that nothing else needs to hold, so that a mistake in one of them would show nowhere but here.
struct SafeguardTests {
    private static let verdict = JSONSchema([
        "type": "object", "properties": ["sound": ["type": "boolean"]], "required": ["sound"],
        "additionalProperties": false,
    ])

    private static func solo(_ task: CrewTask, models: [ModelDefinition]? = nil) -> Crew {
        var crew = Crew.team(.sequential, tasks: [task])
        if let models { crew.models = models }
        return crew
    }

    private static let prose = CrewTask("t", summary: "T", agent: "scout")
    private static let structured = CrewTask("t", summary: "T", agent: "scout", output: verdict)

    // MARK: - Cut off

    /// An answer that would be accepted, had it not been cut off at its limit.
    @Test(arguments: [(prose, "A text that could be whole."), (structured, #"{"sound":true}"#)])
    func anAnswerThatWasCutOffIsNoResult(task: CrewTask, answer: String) throws {
        var run = try DrivenRun(Self.solo(task))
        for attempt in 1...3 {
            try #require(run.call(0) != nil, "answer \(attempt)")
            run.finish(0, with: ChatResponse(text: answer, finishReason: .length, usage: .some))
        }
        #expect(run.state.results.isEmpty)
        #expect(run.state.status == .failed && run.state.end?.code == "answer_rejected")
        #expect(run.events.count { $0.fact.kind == .answerRejected } == 2)
    }

    @Test func anInstructionThatWasCutOffIsNotCarriedOut() throws {
        var run = try DrivenRun(.team(.coordinator))
        for _ in 1...3 {
            try #require(run.call(0)?.seat == .coordinator(of: nil))
            run.finish(0, with: ChatResponse(text: Self.delegation, finishReason: .length, usage: .some))
        }
        #expect(run.state.assignments.isEmpty)
        #expect(run.state.status == .failed && run.state.end?.code == "coordinator_failed")
    }

    private static let delegation =
        #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"task":"facts","agent":"scout","objective":""}]}}"#

    // MARK: - Two answers at once

    private static func twice(_ first: String, _ second: String) -> ChatResponse {
        ChatResponse(
            text: "",
            toolCalls: [
                ToolCall(id: "1", name: "answer", arguments: first),
                ToolCall(id: "2", name: "answer", arguments: second),
            ],
            finishReason: .toolCalls,
            usage: .some
        )
    }

    /// Takes the run down to the rung on which an answer is the call of a tool.
    private static func untilToolsAreForced(_ run: inout DrivenRun) throws {
        run.fail(0, with: ChatError(.unsupported, "no", status: 400, feature: .structuredOutput, wasSent: true))
        let call = try #require(run.call(0))
        try #require(call.request.toolChoice == .tool("answer"))
    }

    @Test func twoDifferentAnswersAreNoAnswer() throws {
        var run = try DrivenRun(Self.solo(Self.structured))
        try Self.untilToolsAreForced(&run)
        run.finish(0, with: Self.twice(#"{"sound":true}"#, #"{"sound":false}"#))
        #expect(run.state.results.isEmpty, "which of the two is meant is not guessed")
        guard case .answerRejected(let rejection)? = run.events.last(where: { $0.fact.kind == .answerRejected })?.fact
        else {
            Issue.record("it was not sent back")
            return
        }
        #expect(rejection.reasons.contains { $0.contains("2 answers") })
        // The same one twice leaves nothing open.
        run.finish(0, with: Self.twice(#"{"sound":true}"#, #"{"sound":true}"#))
        #expect(run.state.results.map(\.text) == [#"{"sound":true}"#])
    }

    @Test func twoDifferentInstructionsAreNone() throws {
        var run = try DrivenRun(.team(.coordinator))
        try Self.untilToolsAreForced(&run)
        let other = Self.delegation.replacing("scout", with: "writer")
        run.finish(0, with: Self.twice(Self.delegation, other))
        #expect(run.state.assignments.isEmpty && run.state.coordinator.issued.isEmpty)
        #expect(run.events.contains { $0.fact.kind == .answerRejected })
    }

    // MARK: - How often

    @Test(arguments: [0, 1, 2])
    func aResultIsSentBackAsOftenAsTheCrewSaysAndNoMore(most: Int) throws {
        let process = CrewProcess(pattern: .coordinator, maximumInstructions: 20, maximumRevisions: most)
        let tasks = [CrewTask("facts", summary: "F", agent: "scout"), CrewTask("more", summary: "M", agent: "writer")]
        var run = try DrivenRun(.team(process, tasks: tasks))
        run.finish(0, with: .said(Self.delegation))
        run.finish(0, with: .said("version 0"))
        for number in 0..<most {
            let newest = try #require(run.state.result(ofTask: "facts")?.id)
            #expect(run.state.menu.revise?.results == [newest])
            let revision = #"{"reason":"","instruction":{"kind":"revise","result":"\#(newest)","feedback":"better"}}"#
            run.finish(0, with: .said(revision))
            try #require(run.state.assignments.count == number + 2, "the revision was not carried out")
            run.finish(0, with: .said("version \(number + 1)"))
        }
        #expect(run.state.menu.revise == nil && !run.state.menu.kinds.contains(.revise))
    }

    @Test func aTaskThatHasFailedThreeTimesIsNotHandedOutAgain() throws {
        let tasks = [CrewTask("facts", summary: "F", agent: "scout"), CrewTask("more", summary: "M", agent: "writer")]
        var run = try DrivenRun(.team(CrewProcess(pattern: .coordinator, stallAfter: 10), tasks: tasks))
        for number in 1...3 {
            try #require(
                run.state.menu.delegate?.tasks.contains { $0.tasks.contains("facts") } == true,
                "before failure \(number)"
            )
            run.finish(0, with: .said(Self.delegation))
            run.fail(0, with: ChatError(.credentials, "no", status: 401, wasSent: true))
        }
        #expect(run.state.assignments.count == 3)
        #expect(run.state.menu.delegate?.tasks.contains { $0.tasks.contains("facts") } == false)
    }

    // MARK: - Room

    /// Half an answer is asked for only when no whole one can be had by waiting.
    @Test func aCallWaitsForRoomThatOthersMayMakeBeforeItAsksForLess() throws {
        let tasks = [CrewTask("one", summary: "T", agent: "scout"), CrewTask("two", summary: "T", agent: "writer")]
        let free = try DrivenRun(.team(.concurrent, tasks: tasks))
        try #require(free.pending.count == 2)
        let both = free.state.ledger.run.held.tokens
        // The second would fit with twenty tokens less.
        var run = try DrivenRun(.team(.concurrent, tasks: tasks), limits: Limits(tokens: both - 20))
        #expect(run.pending.count == 1)
        run.finish(0, with: .said("done", input: 10, output: 10))
        #expect(run.call(0)?.request.maximumOutput == 300)
        run.finish(0, with: .said("done", input: 10, output: 10))
        #expect(run.state.status == .finished)
    }

    // MARK: - Fallbacks

    /// Validation refuses such a crew; what was recorded is not validated again.
    @Test func fallbacksThatNameEachOtherAreAskedOnceEach() throws {
        let models = [
            ModelDefinition(model: "m", maximumOutput: 300, fallback: "other"),
            ModelDefinition(name: "other", model: "n", maximumOutput: 300, fallback: "default"),
        ]
        var run = try DrivenRun(Self.solo(Self.prose, models: models))
        var asked: [String] = []
        while let call = run.call(0), asked.count < 10 {
            asked.append(call.request.model)
            run.fail(0, with: ChatError(.credentials, "no", status: 401, wasSent: true))
        }
        #expect(asked == ["m", "n"])
        #expect(run.state.status == .failed)
    }

    @Test func fallbacksThatNameEachOtherAreAskedOnceEachForBadAnswersToo() throws {
        let models = [
            ModelDefinition(model: "m", maximumOutput: 300, fallback: "other"),
            ModelDefinition(name: "other", model: "n", maximumOutput: 300, fallback: "default"),
        ]
        var run = try DrivenRun(Self.solo(Self.prose, models: models))
        var asked: [String] = []
        while let call = run.call(0), asked.count < 20 {
            asked.append(call.request.model)
            run.finish(0, with: .said(""))
        }
        #expect(asked == ["m", "m", "m", "n", "n", "n"])
        #expect(run.state.status == .failed)
    }

    // MARK: - Time

    /// The time of a run is the sum of what its executors took; what lies between them does not count.
    @Test(arguments: [true, false])
    func timeUsedByAnEarlierExecutorCounts(isCrash: Bool) throws {
        var run = try DrivenRun(Self.solo(Self.prose), limits: Limits(time: 60_000))
        run.now += 40_000
        if isCrash {
            // The last that is known of it: a failed attempt.
            run.fail(0, with: ChatError(.serverFailed, "no", status: 503, retryAfter: 100, wasSent: true))
        } else {
            run.take(.runEnded(RunEnded(status: .interrupted, results: [], missing: [])))
        }
        let used = run.state.elapsed(at: run.now)
        #expect(used >= 40_000)
        run.now += 1_000_000
        run.take(.runResumed(RunResumed(epoch: 2)))
        #expect(run.state.elapsed(at: run.now) == used)
        #expect(run.state.timeLeft(at: run.now) == 60_000 - used)
        run.now += 30_000
        run.settle()
        #expect(run.state.end?.code == "limit_time")
    }
}

extension TokenUsage {
    fileprivate static let some = TokenUsage(input: 100, output: 20)
}
