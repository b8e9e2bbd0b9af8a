import ChatModel
import Testing

@testable import CrewCore

/// What each process does next, gives to its tasks, and takes for the answer.
struct ProcessRulesTests {
    private static let refusal = ChatError(.credentials, "no", status: 401, wasSent: true)

    private static func begun(_ run: DrivenRun) -> [String] { run.state.assignments.map { $0.assignment.task ?? "-" } }

    // MARK: - Sequential

    @Test func aSequenceEndsWhereARequiredTaskFails() throws {
        let tasks = ["one", "two", "three"].map { CrewTask($0, summary: $0) }
        var run = try DrivenRun(.team(.sequential, tasks: tasks))
        run.finish(0, with: .said("done"))
        run.fail(0, with: Self.refusal)
        #expect(Self.begun(run) == ["one", "two"])
        #expect(run.state.status == .failed && run.state.end?.code == "credentials")
        #expect(run.state.end?.message?.hasPrefix("the task \"two\" could not be done by scout") == true)
        #expect(run.state.end?.missing == ["two", "three"] && run.state.end?.answer == "done")
    }

    @Test func aSequenceGoesOnWithoutWhatIsNotRequired() throws {
        let tasks = [
            CrewTask("one", summary: "1", isRequired: false), CrewTask("two", summary: "2", needs: ["one"]),
            CrewTask("three", summary: "3"),
        ]
        var run = try DrivenRun(.team(.sequential, tasks: tasks))
        run.fail(0, with: Self.refusal)
        run.finish(0, with: .said("second"))
        #expect(
            run.state.assignments.map(\.assignment.inputs) == [[], [], ["r1"]],
            "the one before, where it needs none"
        )
        run.finish(0, with: .said("third"))
        #expect(run.state.status == .finished && run.state.end?.answer == "third")
        #expect(run.state.end?.results == ["r2"])
    }

    // MARK: - Concurrent

    @Test func whatIsDueBeginsWhileOthersAreAtWorkAndTheAnswerIsWhatNoOtherBuildsOn() throws {
        var run = try DrivenRun(.team(.concurrent))
        #expect(Self.begun(run) == ["facts", "extra"])
        run.finish(0, with: .said("the facts"))
        #expect(Self.begun(run) == ["facts", "extra", "brief"] && run.pending.count == 2)
        #expect(run.state.assignments.last?.assignment.inputs == ["r1"])
        run.finish(0, with: .said("a picture"))
        run.finish(0, with: .said("the brief"))
        #expect(run.state.status == .finished)
        #expect(run.state.end?.answer == "## brief\n\nthe brief\n\n## extra\n\na picture")
    }

    @Test func whatTheProcessNamesIsTheAnswer() throws {
        var run = try DrivenRun(.team(CrewProcess(pattern: .concurrent, answer: "facts")))
        while !run.pending.isEmpty { run.finish(0, with: .said("done by \(run.state.results.count)")) }
        #expect(run.state.end?.answer == "done by 0" && run.state.end?.results == ["r1"])
    }

    private static let joining = CrewProcess(pattern: .concurrent, aggregator: "writer")
    private static let two = [CrewTask("one", summary: "1"), CrewTask("two", summary: "2")]

    @Test func theAggregatorJoinsAllResultsOnceTheyAreThere() throws {
        var run = try DrivenRun(.team(Self.joining, tasks: Self.two))
        run.finish(0, with: .said("1"))
        #expect(Self.begun(run) == ["one", "two"])
        run.finish(0, with: .said("2"))
        let last = try #require(run.state.assignments.last?.assignment)
        #expect(last.task == nil && last.agent == "writer" && last.inputs == ["r1", "r2"])
        run.finish(0, with: .said("both"))
        #expect(run.state.status == .finished && run.state.end?.answer == "both" && run.state.end?.results == ["r3"])
    }

    @Test func aRunThatReachesItsLimitBeforeTheJoiningHasNotFinished() throws {
        var run = try DrivenRun(.team(Self.joining, tasks: Self.two), limits: Limits(calls: 2))
        run.finish(0, with: .said("1"))
        run.finish(0, with: .said("2"))
        #expect(run.state.status == .limited && run.state.end?.code == "limit_calls")
        #expect(run.state.end?.answer == "## one\n\n1\n\n## two\n\n2")
    }

    @Test func aJoiningThatFailedIsToldAndTriedAgainOnResume() throws {
        var run = try DrivenRun(.team(Self.joining, tasks: Self.two))
        run.finish(0, with: .said("1"))
        run.finish(0, with: .said("2"))
        run.fail(0, with: Self.refusal)
        #expect(run.state.status == .failed && run.pending.isEmpty)
        #expect(run.state.end?.message?.hasPrefix("the joining of the results could not be done by writer") == true)
        run.take(.runResumed(RunResumed(epoch: 2)))
        run.settle()
        #expect(run.pending.count == 1)
        run.finish(0, with: .said("both"))
        #expect(run.state.status == .finished && run.state.end?.answer == "both")
    }

    // MARK: - Coordinator

    @Test func aCoordinatorIsNotAskedForACallThatTheRunMayNotMake() throws {
        var run = try DrivenRun(.team(.coordinator), limits: Limits(calls: 1))
        run.finish(0, with: .said(#"{"reason":"","instruction":{"kind":"plan","facts":[],"steps":["go on"]}}"#))
        #expect(run.state.status == .limited && run.state.end?.code == "limit_calls")
        #expect(run.state.end?.message == "the run has made all 1 calls")
    }

    @Test func atItsLastInstructionACoordinatorWhoseWorkIsDoneHasFinished() throws {
        for (most, status) in [(1, RunStatus.limited), (2, .finished)] {
            let tasks = [CrewTask("one", summary: "1"), CrewTask("two", summary: "2")]
            var run = try DrivenRun(.team(CrewProcess(pattern: .coordinator, maximumInstructions: most), tasks: tasks))
            for task in ["one", "two"].prefix(most) {
                let order = #"{"task":"\#(task)","agent":"scout","objective":""}"#
                run.finish(
                    0,
                    with: .said(#"{"reason":"","instruction":{"kind":"delegate","assignments":[\#(order)]}}"#)
                )
                run.finish(0, with: .said("done: \(task)"))
            }
            #expect(run.state.status == status)
            #expect((run.state.exhausted == nil) == (most == 2), "what is done reaches no limit")
            #expect(run.state.end?.answer == (most == 1 ? "done: one" : "done: two"))
        }
    }

    // MARK: - What is wrong with a crew

    private static func problems(_ process: CrewProcess, _ tasks: [CrewTask]) -> [String] {
        Crew.team(process, tasks: tasks).problems(builtins: []).map(\.message)
    }

    @Test func onlyASequenceMindsTheOrderOfItsTasks() {
        let backwards = [CrewTask("one", summary: "1", needs: ["two"]), CrewTask("two", summary: "2")]
        #expect(Self.problems(.sequential, backwards) == ["`one` comes before `two`, which it needs"])
        #expect(Self.problems(.concurrent, backwards).isEmpty)
        #expect(Self.problems(.coordinator, backwards).isEmpty)
        let circle = [CrewTask("one", summary: "1", needs: ["two"]), CrewTask("two", summary: "2", needs: ["one"])]
        #expect(Self.problems(.sequential, circle).count == 1, "a circle is told once, and no order beside it")
    }

    @Test func onlyACoordinatorCanDoWithoutTasks() {
        #expect(Self.problems(.sequential, []) == ["a sequential process needs tasks"])
        #expect(Self.problems(.concurrent, []) == ["a concurrent process needs tasks"])
        #expect(Self.problems(.coordinator, []).isEmpty)
    }
}
