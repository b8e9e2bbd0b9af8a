import ChatModel
import Testing

@testable import CrewCore

/// The executor, input by input.
struct ExecutorTests {
    /// An executor with what its shell knows.
    private struct Shell {
        var executor: Executor
        var recorded: [Event] = []
        var now: Int64 = 1_000_000
        var step = Executor.Step()

        init(_ crew: Crew, tools: [String: [ToolSpecification]] = [:]) throws {
            let book = try PromptBook.builtIn()
            let created = RunCreated(
                run: "run",
                crew: crew,
                inputs: [:],
                limits: crew.limits,
                tools: tools,
                prompts: book.version,
                folder: "."
            )
            executor = Executor(RunState(created, prompts: book))
            tell(.begin(.runCreated(created)))
        }

        /// An executor of a run that was left as this one is recorded.
        init(resuming other: Shell, _ unknownTools: RunResumed.UnknownToolPolicy = .pause) {
            executor = Executor(other.executor.state.refolded(other.recorded))
            recorded = other.recorded
            tell(.begin(.runResumed(RunResumed(epoch: 2, unknownTools: unknownTools))))
        }

        mutating func tell(_ input: Executor.Input) { step = executor.take(input, at: now) }

        /// What is to be appended.
        var asked: [Event] { if case .append(let events) = step.next { events } else { [] } }

        var takesHold: Bool { asked.contains { $0.fact.isIntendedCall } }

        /// Appends what is to be appended, until nothing more is.
        mutating func record() -> [Work] {
            var work = step.start
            while !asked.isEmpty {
                recorded += asked
                tell(.recorded)
                work += step.start
            }
            return work
        }

        /// Refuses what is to be appended, and lets it read what is recorded where it asks.
        mutating func refuse(mayClear: Bool) {
            tell(.refused(ExecutorTests.shortage(mayClear: mayClear)))
            if case .read = step.next { tell(.journal(recorded)) }
        }
    }

    private static func shortage(mayClear: Bool) -> AccountShortage {
        AccountShortage(
            account: .project,
            kind: .tokens,
            needed: Amounts(tokens: 700),
            limits: Limits(tokens: 900),
            free: Limits(tokens: 5),
            mayClear: mayClear
        )
    }

    private static let together = Crew.team(
        .concurrent,
        tasks: [
            CrewTask("facts", summary: "Three facts", agent: "scout"),
            CrewTask("brief", summary: "A brief", agent: "writer"),
        ]
    )

    struct NoCall: Error {}

    private func call(_ work: [Work], _ index: Int = 0) throws -> Work.ModelCall {
        guard work.indices.contains(index), case .callModel(let call) = work[index] else { throw NoCall() }
        return call
    }

    // MARK: - Recording

    @Test func workIsHandedOutOnceItsIntentIsRecorded() throws {
        var shell = try Shell(Self.together)
        #expect(shell.asked.count { $0.fact.isIntendedCall } == 2)
        #expect(shell.step.start.isEmpty && shell.executor.state.sequence == shell.asked.count)
        shell.tell(.recorded)
        #expect(shell.step.start.count == 2 && shell.asked.isEmpty)
    }

    @Test func whatHappensDuringAnAppendIsTakenInAfterIt() throws {
        var shell = try Shell(Self.together)
        let work = shell.record()
        shell.tell(.outcome(try call(work).outcome(.said("one"))))
        let first = shell.asked
        let rest = try [call(work, 1).outcome(.said("two")), call(work).outcome(.said("one"))]
        for fact in rest {
            shell.tell(.outcome(fact))
            #expect(shell.asked.isEmpty && shell.step.start.isEmpty)
        }
        #expect(shell.executor.state.sequence == first.last?.sequence, "an outcome overtook the append")
        shell.tell(.recorded)
        #expect(shell.asked.first?.fact == rest[0] && shell.asked.first?.sequence == (first.last?.sequence ?? 0) + 1)
        while !shell.asked.isEmpty { shell.tell(.recorded) }
        #expect(shell.executor.state.status == .finished)
        if case .stop = shell.step.next {} else { Issue.record("it goes on after its end: \(shell.step.next)") }
        shell.tell(.outcome(rest[0]))
        if case .stop = shell.step.next {} else { Issue.record("it takes in what comes after its end") }
    }

    // MARK: - Ending

    @Test func anInterruptionRecordsWhatIsPaidForAndNothingElse() throws {
        var shell = try Shell(Self.together)
        let work = shell.record()
        let given = try [
            call(work).outcome(ChatError(.interrupted, "given up", wasSent: true)),
            call(work, 1).outcome(.said("done")),
        ]
        shell.tell(.interrupted(given))
        #expect(shell.asked.map(\.fact.kind) == [.callCompleted, .runEnded])
        #expect(shell.asked.first?.fact == given[1])
        #expect(shell.record().isEmpty && shell.executor.state.status == .interrupted)
    }

    @Test func aRunInWhichNothingIsUnderWayEndsInsteadOfHanging() throws {
        var shell = try Shell(Self.together)
        _ = shell.record()
        shell.tell(.nothingUnderWay)
        #expect(shell.record().isEmpty)
        #expect(shell.executor.state.end?.code == "dead_end" && shell.executor.state.status == .failed)
    }

    // MARK: - Taking up

    @Test(arguments: [true, false])
    func interruptedToolsAreCalledAgainOnceTheResumptionIsRecorded(isIdempotent: Bool) throws {
        let tool = ToolSpecification(
            declaration: ToolDeclaration(
                name: "look",
                summary: "Looks.",
                parameters: JSONSchema(["type": "object"])
            ),
            effects: .reads,
            isIdempotent: isIdempotent,
            timeout: 1_000
        )
        var shell = try Shell(.team(.sequential), tools: ["scout": [tool]])
        let work = shell.record()
        let calls = [ToolCall(id: "u1", name: "look", arguments: "{}")]
        shell.tell(.outcome(try call(work).outcome(ChatResponse(text: "", toolCalls: calls))))
        let begun = shell.record()
        #expect(begun.count == 1)
        shell = Shell(resuming: shell)
        #expect(shell.step.start.isEmpty, "a tool is called before the resumption is recorded")
        #expect(shell.record() == (isIdempotent ? begun : []))
        #expect((shell.executor.state.status == .waiting) == !isIdempotent)
        // Once only.
        shell.tell(.wake(shell.now))
        #expect(shell.record().isEmpty)
    }

    // MARK: - Room on the accounts above the run

    @Test func aRefusedHoldLeavesTheOutcomeOnRecordAndIsAskedForApart() throws {
        var shell = try Shell(.team(.sequential))
        let work = shell.record()
        let before = shell.executor.state.sequence
        let outcome = try call(work).outcome(.said("facts"))
        shell.tell(.outcome(outcome))
        #expect(shell.takesHold)
        shell.refuse(mayClear: true)
        #expect(shell.asked.first?.fact == outcome && shell.asked.first?.sequence == before + 1)
        #expect(!shell.takesHold, "the outcome waits for room")
        shell.recorded += shell.asked
        shell.tell(.recorded)
        #expect(shell.asked.first?.fact.isIntendedCall == true)
        let sequence = shell.executor.state.sequence - shell.asked.count
        shell.refuse(mayClear: true)
        #expect(shell.executor.state.sequence == sequence, "a refused hold stays in the state")
        #expect(shell.step.wait == .begun(Self.shortage(mayClear: true).wanted) && shell.step.start.isEmpty)
        let wake = try #require(shell.step.wake)
        #expect(wake > shell.now && wake <= shell.now + 100)
        shell.now = wake
        shell.tell(.wake(wake))
        #expect(shell.asked.first?.fact.isIntendedCall == true)
        let begun = shell.record()
        #expect(begun.count == 1 && shell.step.wait == .over)
        #expect(shell.executor.state.isAnyEffectUnderWay)
    }

    @Test func aRunThatIsRefusedItsFirstHoldIsCreatedAllTheSame() throws {
        var shell = try Shell(.team(.sequential))
        #expect(shell.takesHold)
        shell.tell(.refused(Self.shortage(mayClear: false)))
        #expect(shell.asked.first?.fact.kind == .runCreated && shell.asked.first?.sequence == 1)
        #expect(!shell.takesHold)
        shell.recorded += shell.asked
        shell.tell(.recorded)
        shell.refuse(mayClear: false)
        #expect(shell.asked.first?.fact == Self.shortage(mayClear: false).fact)
        #expect(shell.record().isEmpty && shell.executor.state.status == .limited)
    }

    /// Whatever the clock does, each wait ends, and it is asked again within a second.
    @Test(arguments: [0, 3_600_000, -3_600_000] as [Int64])
    func roomIsWaitedForAMinuteAndNoLonger(jump: Int64) throws {
        var shell = try Shell(.team(.sequential))
        shell.refuse(mayClear: true)
        shell.recorded += shell.asked
        shell.tell(.recorded)
        let start = shell.now
        var (askings, waited, told) = (0, Int64(0), 0)
        while shell.asked.first?.fact.isIntendedCall == true {
            shell.refuse(mayClear: true)
            if shell.step.wait != nil { told += 1 }
            guard let wake = shell.step.wake else { break }
            askings += 1
            #expect(wake > shell.now && wake <= shell.now + AccountWait.longestPause)
            waited += wake - shell.now
            shell.now = wake
            if askings == 5 { shell.now += jump }
            shell.tell(.wake(wake))
            try #require(askings < 500)
        }
        #expect(shell.asked.first?.fact.kind == .limitReached && told == 1)
        switch jump {
        case 0: #expect(shell.now - start == AccountWait.longest && askings > 60 && askings < 70)
        case ..<0: #expect(waited > AccountWait.longest && waited <= AccountWait.longest + AccountWait.longestPause)
        default: #expect(waited < AccountWait.longest)
        }
        var isToldTheEnd = false
        while !shell.asked.isEmpty {
            shell.tell(.recorded)
            isToldTheEnd = isToldTheEnd || shell.step.wait == .over
        }
        #expect(isToldTheEnd && shell.executor.state.status == .limited)
    }

    @Test func callsUnderWayAreWaitedForHoweverLongTheyTake() throws {
        var shell = try Shell(Self.together)
        shell.refuse(mayClear: true)
        shell.recorded += shell.asked
        shell.tell(.recorded)
        // The first hold is let through, the second is not.
        shell.recorded += shell.asked
        shell.tell(.recorded)
        let work = shell.step.start
        #expect(work.count == 1)
        for _ in 0..<200 {
            try #require(shell.asked.first?.fact.isIntendedCall == true)
            shell.refuse(mayClear: true)
            let wake = try #require(shell.step.wake)
            shell.now = wake
            shell.tell(.wake(wake))
        }
        shell.refuse(mayClear: true)
        shell.tell(.outcome(try call(work).outcome(.said("done"))))
        #expect(shell.asked.first?.fact.kind == .callCompleted)
        #expect(!shell.takesHold)
        shell.tell(.recorded)
        // Nothing of its own can make room any more, and it has waited for more than a minute.
        shell.refuse(mayClear: true)
        #expect(shell.asked.first?.fact.kind == .limitReached)
    }

    @Test func whoWasLetThroughWaitsAnewForTheNextHold() throws {
        var shell = try Shell(Self.together)
        shell.refuse(mayClear: true)
        shell.recorded += shell.asked
        shell.tell(.recorded)
        // The first hold is waited for for most of a minute, and then there is room for it.
        while shell.now < 1_000_000 + AccountWait.longest - 2 * AccountWait.longestPause {
            shell.refuse(mayClear: true)
            let wake = try #require(shell.step.wake)
            shell.now = wake
            shell.tell(.wake(wake))
        }
        shell.recorded += shell.asked
        shell.tell(.recorded)
        let work = shell.step.start
        #expect(work.count == 1 && shell.step.wait == .over)
        // Its answer makes no room for the second, which has a minute of its own.
        shell.refuse(mayClear: true)
        shell.tell(.outcome(try call(work).outcome(.said("done"))))
        shell.recorded += shell.asked
        shell.tell(.recorded)
        shell.now += 2 * AccountWait.longestPause
        shell.refuse(mayClear: true)
        #expect(shell.asked.isEmpty && shell.step.wake != nil, "it gives up after the minute of another hold")
    }

    // MARK: - Waking

    @Test func aTimeIsAskedForOnce() throws {
        var shell = try Shell(Self.together)
        let work = shell.record()
        shell.tell(.outcome(try call(work).outcome(ChatError(.serverFailed, "no", status: 500, wasSent: true))))
        _ = shell.record()
        let wake = try #require(shell.step.wake)
        shell.tell(.outcome(try call(work).outcome(.said("late"))))
        _ = shell.record()
        #expect(shell.step.wake == nil, "somebody sleeps until then")
        shell.now = wake
        shell.tell(.wake(wake))
        #expect(shell.record().count == 1 && shell.step.wake == nil)
    }

    /// What falls due while something is being recorded is not forgotten, and what the clock has passed does not count as
    /// a time that somebody sleeps until.
    @Test func aTimeThatPassesDuringAnAppendIsAskedForAtOnce() throws {
        var shell = try Shell(Self.together)
        let work = shell.record()
        let failed = ChatError(.serverFailed, "no", status: 500, wasSent: true)
        shell.tell(.outcome(try call(work).outcome(failed)))
        let due = try #require(shell.executor.state.wakeTime(after: shell.now))
        shell.now = due + 1
        shell.tell(.recorded)
        #expect(shell.step.wake == due)
        // The clock is set forward, and the sleeper until then does not know.
        shell.now = due + 3_600_000
        shell.tell(.outcome(try call(work, 1).outcome(failed)))
        let begun = shell.record()
        #expect(begun.count == 1)
        #expect(shell.step.wake == shell.executor.state.wakeTime(after: shell.now) && shell.step.wake != nil)
    }
}
