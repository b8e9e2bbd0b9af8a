import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Testing

/// Limits other than money: time, instructions, and standing still.
struct LimitTests {
    @Test func whenTheTimeIsOverCallsUnderWayAreGivenUpAndTheRunCanGoOnWithMore() async throws {
        let clock = TestClock()
        let wasCancelled = ToolLog()
        let model = ScriptedModel { _, number throws(ChatError) in
            if number == 2 {
                await clock.untilCancelled()
                wasCancelled.add("cancelled")
                throw ChatError(.cancelled, "given up", wasSent: true)
            }
            return .said("work \(number)")
        }
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: clock.run)
        let crew = Crew.pair(.sequential, price: Price(input: 1, output: 1))
        let limited = try await engine.run(crew, limits: Limits(time: 60_000))
        #expect(limited.status == .limited && limited.code == "limit_time")
        let state = try await engine.state(of: limited.run)
        #expect(state.ledger.run.held == .zero)
        #expect(limited.results.count == 1 && limited.missing == ["brief"])
        let again = try await engine.resume(limited.run)
        #expect(again.status == .limited)
        let calm = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["work"])), journal: journal)
        let finished = try await calm.resume(limited.run, ResumeOptions(limits: Limits(time: 10_000_000)))
        #expect(finished.status == .finished && finished.results.count == 2)
    }

    @Test func aCallUnderWayIsCancelledWhenTheTimeIsOver() async throws {
        let log = ToolLog()
        let clock = TestClock()
        let model = ScriptedModel { _, _ throws(ChatError) in
            await clock.untilCancelled()
            log.add("cancelled")
            throw ChatError(.cancelled, "given up", wasSent: true)
        }
        let engine = try CrewEngine(models: ScriptedProvider(model), clock: clock.run)
        let result = try await engine.run(
            .pair(.sequential, price: Price(input: 1, output: 1)),
            limits: Limits(time: 1_000)
        )
        #expect(result.status == .limited && result.code == "limit_time")
        #expect(log.all == ["cancelled"])
        // Nobody knows whether it is billed.
        #expect(result.uncertainCost > .zero && result.cost == .zero)
        #expect(model.requests.first?.timeout == 1_000)
    }

    @Test func atTheLastInstructionTheRunIsLimitedOrFinishedByWhatIsThere() async throws {
        for (most, status) in [(1, RunStatus.limited), (2, .finished)] {
            let process = CrewProcess(pattern: .coordinator, maximumInstructions: most)
            let model = ScriptedModel { request, _ throws(ChatError) in
                guard request.systemText.contains("You coordinate") else { return .said("work") }
                return .said(
                    request.lastText.contains("- facts [due]")
                        ? .delegate("facts", "scout") : .delegate("brief", "writer")
                )
            }
            let result = try await CrewEngine(models: ScriptedProvider(model)).run(.pair(process))
            #expect(result.status == status)
            #expect(result.code == (status == .limited ? "limit_instructions" : nil))
            #expect(result.missing == (status == .limited ? ["brief"] : []))
            #expect(result.text == "work")
        }
    }

    @Test func aRunWhoseInstructionsAreUsedUpGoesOnWithMoreAndNotWithout() async throws {
        let process = CrewProcess(pattern: .coordinator, maximumInstructions: 1)
        let model = ScriptedModel { request, _ throws(ChatError) in
            guard request.systemText.contains("You coordinate") else { return .said("work") }
            let board = request.lastText
            if board.contains("- facts [due]") { return .said(.delegate("facts", "scout")) }
            if board.contains("- brief [due]") { return .said(.delegate("brief", "writer")) }
            return .said(#"{"reason":"","instruction":{"kind":"finish","results":["r2"]}}"#)
        }
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal)
        let limited = try await engine.run(.pair(process))
        #expect(limited.status == .limited && limited.code == "limit_instructions")
        // As with every limit: without a larger one it is reached again, and so it is with one as large.
        for instructions in [nil, 1] {
            let again = try await engine.resume(limited.run, ResumeOptions(instructions: instructions))
            #expect(again.status == .limited && again.code == "limit_instructions")
        }
        let more = try await engine.resume(limited.run, ResumeOptions(instructions: 2))
        #expect(more.status == .finished && more.results.map(\.text) == ["work", "work"])
        #expect(model.requests.last.map { !$0.systemText.contains("You coordinate") } == true)
        let resumptions = try await journal.events(of: limited.run).compactMap {
            if case .runResumed(let resumed) = $0.fact { resumed.instructions } else { nil }
        }
        #expect(resumptions == [1, 2])
    }

    @Test(arguments: [0, -1, 10_001, Int.max])
    func aLimitOfInstructionsOutOfRangeIsRefused(instructions: Int) async throws {
        let process = CrewProcess(pattern: .coordinator, maximumInstructions: 1)
        let model = ScriptedModel(answers: [.delegate("facts", "scout"), "work"])
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal)
        let limited = try await engine.run(.pair(process))
        let error = await #expect(throws: CrewError.self) {
            try await engine.resume(limited.run, ResumeOptions(instructions: instructions))
        }
        #expect(error?.code == .configuration && error?.message.contains("out of range") == true)
        // The refused attempt holds the run no longer.
        #expect(try await engine.resume(limited.run).status == .limited)
    }

    @Test func aCoordinatorThatStandsStillMustPlanAndThenFails() async throws {
        var process = CrewProcess(pattern: .coordinator, maximumInstructions: 50)
        process.stallAfter = 2
        process.maximumPlans = 2
        let model = ScriptedModel { request, number throws(ChatError) in
            guard request.systemText.contains("You coordinate") else {
                throw ChatError(.credentials, "no", wasSent: true)
            }
            if request.lastText.contains("Plan again") {
                return .said(#"{"reason":"","instruction":{"kind":"plan","facts":["f"],"steps":["s"]}}"#)
            }
            return .said(
                #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"agent":"scout","objective":"go \#(number)"}]}}"#
            )
        }
        let journal = MemoryJournal()
        let result = try await CrewEngine(models: ScriptedProvider(model), journal: journal).run(
            .pair(process, tasks: [])
        )
        #expect(result.status == .failed && result.code == "stalled")
        let kinds = try await journal.events(of: result.run).map(\.fact.kind)
        #expect(kinds.count { $0 == .stallDetected } == 2)
        #expect(kinds.count { $0 == .instructionIssued } == 8)
    }

    @Test func anAgentsOwnLimitEndsItsTaskAndNotTheOthers() async throws {
        let tasks = (1...4).map { CrewTask("t\($0)", summary: "T", agent: $0 < 4 ? "scout" : "writer") }
        var crew = Crew.pair(.concurrent, tasks: tasks)
        crew.agents[0].limits.calls = 2
        let result = try await CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["x"]))).run(crew)
        #expect(result.status == .limited)
        #expect(result.missing == ["t3"] && result.results.count == 3)
    }
}
