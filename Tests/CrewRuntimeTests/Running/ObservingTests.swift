import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Synchronization
import Testing

/// What an observer sees, and what becomes of a run that is left.
struct ObservingTests {
    private static func isCall(_ fact: Fact) -> Bool { if case .callIntended = fact { true } else { false } }

    @Test func aSlowObserverSeesEveryEventInOrderAndAllText() async throws {
        let journal = MemoryJournal()
        let model = ScriptedModel(answers: ["first", "second"])
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal)
        var events: [Event] = []
        var text: [Seat: String] = [:]
        let run = try await engine.withRun(.pair(.sequential)) { run in
            for await update in run {
                for _ in 0..<20 { await Task.yield() }
                switch update {
                case .event(let event):
                    events.append(event)
                    let recorded = try await journal.events(of: run.id)
                    #expect(recorded.contains(event), "it is seen before it is recorded")
                case .text(let seat, let piece): text[seat, default: ""] += piece
                case .waiting(let reason): Issue.record("nothing is waited for: \(reason ?? "")")
                case .progress(let progress): Issue.record("no tool was called: \(progress)")
                }
            }
            let result = try await run.result
            #expect(result.status == .finished)
            return run.id
        }
        let recorded = try await journal.events(of: run)
        #expect(events == recorded)
        #expect(text == [.assignment("a1"): "first", .assignment("a2"): "second"])
    }

    @Test func whoeverWatchesIsToldOnceThatARunWaitsForAnAccountAndWhenItGoesOn() async throws {
        let journal = ScarceJournal(refusals: 3)
        let clock = TestClock()
        let engine = try CrewEngine(
            models: ScriptedProvider(ScriptedModel(answers: ["work"])),
            journal: journal,
            clock: clock.run
        )
        var told: [String?] = []
        let status = try await engine.withRun(.pair(.sequential)) { run in
            for await update in run { if case .waiting(let reason) = update { told.append(reason) } }
            return try await run.result.status
        }
        #expect(status == .finished && journal.refused == 3)
        #expect(told == ["room on the account project: 5 tokens of 900 free, up to 700 needed", nil])
    }

    @Test(arguments: 0...6)
    func whatCannotBeRecordedIsNeitherShownNorDone(writes: Int) async throws {
        let journal = FailingJournal(after: writes)
        let model = ScriptedModel(answers: ["work"])
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal)
        var seen = 0
        do {
            let status = try await engine.withRun(.pair(.sequential)) { run in
                for await update in run { if case .event = update { seen += 1 } }
                return try await run.result.status
            }
            #expect(writes > 2 && status == .finished)
        } catch let error as CrewError {
            #expect(writes <= 2)
            #expect(error.code == .journal && (error.cause as? JournalError)?.code == .diskFull)
        }
        let recorded = journal.recorded
        #expect(seen == recorded.count)
        #expect(model.requests.count == recorded.count { Self.isCall($0.fact) })
        #expect(journal.released == (writes == 0 ? 0 : 1))
    }

    @Test func leavingEarlyInterruptsTheRunWhichCanBeTakenUp() async throws {
        let waits = Mutex(true)
        let model = ScriptedModel { _, number throws(ChatError) in
            while number == 2, waits.withLock({ $0 }), !Task.isCancelled { await Task.yield() }
            if Task.isCancelled { throw ChatError(.cancelled, "given up", wasSent: true) }
            return .said("work")
        }
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let run = try await engine.withRun(.pair(.sequential)) { run in
            for await update in run {
                if case .event(let event) = update, case .resultAccepted = event.fact { break }
            }
            return run.id
        }
        let state = try await engine.state(of: run)
        #expect(state.status == .interrupted && state.results.count == 1)
        #expect(state.ledger.run.held == .zero)
        waits.withLock { $0 = false }
        let result = try await engine.resume(run)
        #expect(result.status == .finished && result.results.count == 2)
    }

    @Test func cancellingTheTaskAroundInterruptsTheRun() async throws {
        let started = Rendezvous(2)
        let model = ScriptedModel { _, _ throws(ChatError) in
            await started.arrive()
            while !Task.isCancelled { await Task.yield() }
            throw ChatError(.cancelled, "given up", wasSent: true)
        }
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let task = Task { try await engine.withRun(.pair(.sequential)) { run in try await run.result } }
        await started.arrive()
        task.cancel()
        let result = try await task.value
        #expect(result.status == .interrupted && result.code == "interrupted")
        #expect(result.missing == ["facts", "brief"])
    }

    @Test func whatWasCompletedWhenTheRunIsInterruptedIsKept() async throws {
        // The model answers although it is cancelled: the answer is there and paid for.
        let started = Rendezvous(2)
        let model = ScriptedModel { _, number throws(ChatError) in
            if number == 1 {
                await started.arrive()
                while !Task.isCancelled { await Task.yield() }
            }
            return .said("work \(number)")
        }
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let crew = Crew.pair(.sequential)
        let task = Task { try await engine.run(crew) }
        await started.arrive()
        task.cancel()
        let interrupted = try await task.value
        #expect(interrupted.status == .interrupted && interrupted.usage.total == 120)
        let result = try await engine.resume(interrupted.run)
        #expect(result.status == .finished && result.results.map(\.text) == ["work 1", "work 2"])
        #expect(model.requests.count == 2)
    }

    @Test func anErrorOfTheObserverInterruptsTheRunAndIsThrown() async throws {
        let engine = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["work"])))
        let name = Mutex("")
        do {
            try await engine.withRun(.pair(.sequential)) { run in
                name.withLock { $0 = run.id }
                throw Unexpected()
            }
            Issue.record("nothing was thrown")
        } catch {
            #expect(error is Unexpected)
        }
        let state = try await engine.state(of: name.withLock { $0 })
        #expect(state.status != .running)
    }

    @Test func aThousandRunsAtOnceAllFinish() async throws {
        let engine = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["work"])))
        let finished = try await withThrowingTaskGroup(of: RunStatus.self) { group in
            for _ in 0..<1_000 { group.addTask { try await engine.run(.pair(.sequential)).status } }
            return try await group.reduce(into: 0) { $0 += $1 == .finished ? 1 : 0 }
        }
        #expect(finished == 1_000)
    }

    @Test func aRunIsExecutedOnceAtATime() async throws {
        let started = Rendezvous(2)
        let goOn = Rendezvous(2)
        let model = ScriptedModel { _, number throws(ChatError) in
            if number == 1 {
                await started.arrive()
                await goOn.arrive()
            }
            return .said("work")
        }
        let engine = try CrewEngine(models: ScriptedProvider(model))
        try await engine.withRun(.pair(.sequential)) { run in
            await started.arrive()
            do {
                _ = try await engine.resume(run.id)
                Issue.record("two executors at once")
            } catch let error as CrewError {
                #expect(error.code == .journal)
            }
            await goOn.arrive()
            let result = try await run.result
            #expect(result.status == .finished)
        }
    }

    struct Unexpected: Error {}
}

/// A journal whose disk is full after so many writes.
final class FailingJournal: Journal {
    private let base = MemoryJournal()
    private let limit: Int
    private let state = Mutex<(writes: Int, released: Int, events: [Event])>((0, 0, []))

    init(after limit: Int) { self.limit = limit }

    var recorded: [Event] { state.withLock { $0.events } }
    var released: Int { state.withLock { $0.released } }

    private func write(_ events: [Event]) throws(JournalError) {
        try state.withLock { state throws(JournalError) in
            guard state.writes < limit else { throw JournalError(.diskFull, "the disk is full") }
            state.writes += 1
            state.events += events
        }
    }

    func create(_ run: String, _ events: [Event]) async throws(JournalError) -> Lease {
        try write(events)
        return try await base.create(run, events)
    }

    func append(_ events: [Event], _ lease: Lease) async throws(JournalError) {
        try write(events)
        try await base.append(events, lease)
    }

    func open(_ run: String) async throws(JournalError) -> (lease: Lease, events: [Event]) { try await base.open(run) }
    func events(of run: String) async throws(JournalError) -> [Event] { try await base.events(of: run) }

    func release(_ lease: Lease) async {
        state.withLock { $0.released += 1 }
        await base.release(lease)
    }
}

/// A journal whose account has no room for the first calls that are asked for.
private final class ScarceJournal: Journal {
    private let journal = MemoryJournal()
    private let left: Mutex<Int>
    private let count: Int

    init(refusals: Int) {
        left = Mutex(refusals)
        count = refusals
    }

    var refused: Int { count - left.withLock { $0 } }

    private func check(_ events: [Event]) throws(JournalError) {
        guard events.contains(where: { if case .callIntended = $0.fact { true } else { false } }) else { return }
        let isRefused = left.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
        guard isRefused else { return }
        throw JournalError(
            AccountShortage(
                account: .project,
                kind: .tokens,
                needed: Amounts(tokens: 700),
                limits: Limits(tokens: 900),
                free: Limits(tokens: 5),
                mayClear: true
            )
        )
    }

    func create(_ run: String, _ events: [Event]) async throws(JournalError) -> Lease {
        try check(events)
        return try await journal.create(run, events)
    }

    func open(_ run: String) async throws(JournalError) -> (lease: Lease, events: [Event]) {
        try await journal.open(run)
    }

    func append(_ events: [Event], _ lease: Lease) async throws(JournalError) {
        try check(events)
        try await journal.append(events, lease)
    }

    func release(_ lease: Lease) async { await journal.release(lease) }

    func events(of run: String) async throws(JournalError) -> [Event] { try await journal.events(of: run) }
}
