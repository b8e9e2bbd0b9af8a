import ChatModel
import CrewCore
import CrewTesting
import CrewTools
import Foundation
import Synchronization
import Testing

@testable import CrewRuntime

/// What is said to a run by others than who executes it.
@Suite(.timeLimit(.minutes(1)))
struct SignalTests {
    /// A model that says when it is asked, and answers when it is let go; whoever is cancelled is told so.
    private final class HeldModel: Sendable {
        let asked = AsyncStream.makeStream(of: Int.self)
        private let open = Mutex<Set<Int>>([])

        var model: ScriptedModel {
            ScriptedModel { _, number throws(ChatError) in
                self.asked.continuation.yield(number)
                while !self.open.withLock({ $0.contains(number) }), !Task.isCancelled { await Task.yield() }
                if Task.isCancelled { throw ChatError(.cancelled, "given up", wasSent: true) }
                return .said("work \(number)")
            }
        }

        func answer(_ numbers: Int...) { open.withLock { $0.formUnion(numbers) } }

        /// Waits until so many requests have come.
        func requests(_ count: Int) async {
            var left = count
            for await _ in asked.stream {
                left -= 1
                if left == 0 { return }
            }
        }
    }

    private func kinds(of run: String, _ engine: CrewEngine) async throws -> [String] {
        try await engine.recorded(run).map(\.fact.name)
    }

    @Test func aCancelledRunGivesUpWhatIsUnderWayAndCanBeResumed() async throws {
        let held = HeldModel()
        let price = Price(input: 1, output: 2)
        let engine = try CrewEngine(models: ScriptedProvider(held.model))
        held.answer(1)
        let run = try await engine.start(.pair(.sequential, price: price))
        await held.requests(2)
        let reception = try await engine.cancel(run, by: "ada")
        guard case .takenIn(let fact) = reception else { throw Unexpected("\(reception)") }
        #expect(fact.signal == .cancel && fact.refused == nil && fact.speaker == "ada")
        let result = try await engine.result(of: run)
        #expect(result.status == .interrupted && result.code == "cancelled")
        #expect(result.message == "the run was cancelled by ada; it can be resumed")
        #expect(result.results.map(\.text) == ["work 1"], "what was accepted is kept")
        #expect(result.uncertainCost > .zero, "what was given up may be billed")
        #expect(try await kinds(of: run, engine).suffix(2) == ["signal.received", "run.ended"])
        #expect(try await engine.state(of: run).ledger.run.held == .zero)
        held.answer(3)
        let resumed = try await engine.resume(run)
        #expect(resumed.status == .finished && resumed.results.count == 2)
    }

    @Test func aPausedRunBeginsNothingAndLetsEndWhatIsUnderWay() async throws {
        let held = HeldModel()
        let engine = try CrewEngine(models: ScriptedProvider(held.model))
        let run = try await engine.start(.pair(.sequential))
        await held.requests(1)
        let reception = try await engine.pause(run)
        guard case .takenIn = reception else { throw Unexpected("\(reception)") }
        #expect(try await engine.state(of: run).status == .running, "the call goes on")
        held.answer(1)
        let result = try await engine.result(of: run)
        #expect(result.status == .interrupted && result.code == "paused" && result.results.count == 1)
        #expect(result.uncertainCost == .zero && result.calls == 1)
        held.answer(2)
        #expect(try await engine.resume(run).status == .finished)
    }

    @Test func theLastAnswerOfAPausedRunFinishesIt() async throws {
        let held = HeldModel()
        let engine = try CrewEngine(models: ScriptedProvider(held.model))
        held.answer(1)
        let run = try await engine.start(.pair(.sequential))
        await held.requests(2)
        try await engine.pause(run)
        held.answer(2)
        #expect(try await engine.result(of: run).status == .finished)
    }

    @Test func aLimitThatIsRaisedWhileARunWaitsForRoomHoldsAtOnce() async throws {
        let held = HeldModel()
        let engine = try CrewEngine(models: ScriptedProvider(held.model))
        let tasks = (1...2).map { CrewTask("t\($0)", summary: "Work \($0)", agent: "scout") }
        var crew = Crew.pair(.concurrent, price: Price(input: 1, output: 2), tasks: tasks)
        // Room for the hold of one call and no more: the second waits for what the first gives back.
        let first = try await engine.preview(crew)
        var state = first
        var hold = Amounts.zero
        while let fact = state.decide(at: 0) {
            state.apply(Event(sequence: state.sequence + 1, time: 0, fact: fact))
            if case .callIntended(let intent) = fact {
                hold = intent.hold
                break
            }
        }
        crew.limits.tokens = hold.tokens + hold.tokens / 2
        let run = try await engine.start(crew)
        await held.requests(1)
        #expect(try await engine.state(of: run).ledger.run.held.calls == 1)
        let reception = try await engine.signal(.limit(Limits(tokens: hold.tokens * 3)), to: run)
        guard case .takenIn(let fact) = reception, fact.refused == nil else { throw Unexpected("\(reception)") }
        // While the first is still under way.
        await held.requests(1)
        #expect(try await engine.state(of: run).ledger.run.held.calls == 2)
        held.answer(1, 2)
        let result = try await engine.result(of: run)
        #expect(result.status == .finished && result.results.count == 2)
        #expect(try await engine.state(of: run).limits.tokens == hold.tokens * 3)
    }

    @Test func aLimitIsNeverBelowWhatIsSpokenFor() async throws {
        let held = HeldModel()
        let engine = try CrewEngine(models: ScriptedProvider(held.model))
        let run = try await engine.start(.pair(.sequential, price: Price(input: 1, output: 2)))
        await held.requests(1)
        try await engine.signal(.limit(Limits(money: .zero, calls: 0)), to: run)
        let account = try await engine.state(of: run).ledger.run
        #expect(account.limits.money == account.committed.money && account.limits.calls == 1)
        #expect(account.committed.money > .zero)
        held.answer(1)
        let result = try await engine.result(of: run)
        #expect(result.status == .limited && result.results.count == 1)
    }

    @Test func whatCannotBeActedOnIsRefusedBeforeItIsSaid() async throws {
        let engine = try CrewEngine(models: ScriptedProvider(HeldModel().model))
        let run = try await engine.start(.pair(.sequential))
        for signal in [
            Signal.limit(Limits()), .limit(Limits(money: Money(picodollars: 5))), .limit(Limits(calls: -1)),
            .limit(Limits(), instructions: 9),
        ] {
            let error = await #expect(throws: CrewError.self) { try await engine.signal(signal, to: run) }
            #expect((error?.cause as? JournalError)?.code == .refused, "\(signal)")
        }
        let unknown = await #expect(throws: CrewError.self) { try await engine.cancel("nobody") }
        #expect((unknown?.cause as? JournalError)?.code == .unknownRun)
        await engine.shutDown()
        #expect(try await engine.state(of: run).end?.code == "interrupted")
    }

    @Test func nothingIsSaidToARunThatHasFinished() async throws {
        let engine = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["done"])))
        let result = try await engine.run(.pair(.sequential))
        for signal in [Signal.cancel, .pause, .limit(Limits(calls: 9))] {
            let error = await #expect(throws: CrewError.self) { try await engine.signal(signal, to: result.run) }
            #expect(error?.message.contains("has finished") == true)
        }
    }

    @Test func aRunThatNobodyExecutesIsEndedByACancellationAndResumedWithOtherLimits() async throws {
        let held = HeldModel()
        let engine = try CrewEngine(models: ScriptedProvider(held.model))
        var crew = Crew.pair(.sequential)
        crew.limits.calls = 1
        held.answer(1)
        let limited = try await engine.run(crew)
        #expect(limited.status == .limited)
        let error = await #expect(throws: CrewError.self) { try await engine.cancel(limited.run) }
        #expect(error?.message.contains("has ended already (limited)") == true)
        // More calls wait until it is resumed, and then it goes on.
        let waiting = try await engine.signal(.limit(Limits(calls: 5)), to: limited.run)
        guard case .waiting(let said) = waiting else { throw Unexpected("\(waiting)") }
        held.answer(2)
        let resumed = try await engine.resume(limited.run)
        #expect(resumed.status == .finished)
        let facts = try await engine.recorded(limited.run).compactMap { event -> Int? in
            if case .signalReceived(let fact) = event.fact { fact.number } else { nil }
        }
        #expect(facts == [said.number])
    }

    @Test func aRunThatWasLeftIsCancelledByWhoeverSaysSo() async throws {
        // The journal of a run whose executor is gone with a call under way.
        let held = HeldModel()
        let first = try CrewEngine(models: ScriptedProvider(held.model))
        let run = try await first.start(.pair(.sequential, price: Price(input: 1, output: 2)))
        await held.requests(1)
        let left = try await first.recorded(run)
        await first.shutDown()
        let journal = MemoryJournal(restoring: left)
        let engine = try CrewEngine(models: ScriptedProvider(held.model), journal: journal)
        let reception = try await engine.cancel(run)
        guard case .takenIn(let fact) = reception, fact.refused == nil else { throw Unexpected("\(reception)") }
        let state = try await engine.state(of: run)
        #expect(state.status == .interrupted && state.end?.code == "cancelled")
        #expect(state.ledger.run.held == .zero && state.ledger.run.uncertain.money > .zero)
        #expect(
            try await engine.recorded(run).suffix(3).map(\.fact.name) == [
                "run.resumed", "signal.received", "run.ended",
            ]
        )
        // What was said to stop it does not stop whoever takes it up again.
        held.answer(1, 2)
        #expect(try await engine.resume(run).status == .finished)
    }

    @Test func aThousandSignalsAtOnceAreBounded() async throws {
        let journal = MemoryJournal()
        let held = HeldModel()
        let engine = try CrewEngine(models: ScriptedProvider(held.model), journal: journal)
        var crew = Crew.pair(.sequential)
        crew.limits.calls = 1
        held.answer(1)
        let run = try await engine.run(crew).run
        let refused = await withTaskGroup(of: JournalError.Code?.self) { group in
            for number in 1...1_000 {
                group.addTask {
                    do throws(JournalError) {
                        _ = try await journal.say(.limit(Limits(calls: number)), to: run, by: nil, at: 0)
                        return nil
                    } catch { return error.code }
                }
            }
            return await group.reduce(into: [JournalError.Code]()) { if let code = $1 { $0.append(code) } }
        }
        #expect(refused == Array(repeating: .signalsFull, count: 900))
        held.answer(2)
        #expect(try await engine.resume(run, ResumeOptions(limits: Limits(calls: 9))).run == run)
        #expect(try await journal.signals(to: run).isEmpty)
    }

    @Test func aSignalThatOnlyANewerCrewKnowsIsKeptAndRefused() async throws {
        let journal = MemoryJournal()
        let held = HeldModel()
        let engine = try CrewEngine(models: ScriptedProvider(held.model), journal: journal)
        let run = try await engine.start(.pair(.sequential))
        await held.requests(1)
        let signal = try JSONDecoder().decode(Signal.self, from: Data(#"{"kind":"answer","text":"yes"}"#.utf8))
        guard case .unknown = signal else { throw Unexpected("\(signal)") }
        _ = try await journal.say(signal, to: run, by: nil, at: 0)
        held.answer(1, 2)
        #expect(try await engine.result(of: run).status == .finished)
        let received = try await engine.recorded(run).compactMap { event -> SignalReceived? in
            if case .signalReceived(let fact) = event.fact { fact } else { nil }
        }
        for fact in received { #expect(fact.signal == signal && fact.refused?.contains("newer crew") == true) }
    }
}

/// Runs that go on by themselves, and whoever watches them.
@Suite(.timeLimit(.minutes(1)))
struct StartedRunTests {
    @Test func twoObserversSeeAllOfItAlsoOneThatSleeps() async throws {
        let gate = Rendezvous(2)
        let model = ScriptedModel { _, number throws(ChatError) in
            if number == 2 { await gate.arrive() }
            return .said("work \(number)")
        }
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let run = try await engine.start(.pair(.sequential))
        #expect(try await engine.state(of: run).status == .running, "it is recorded when it has started")
        // One sees each event as it comes, and lets the run go on; the other takes one and sleeps until the end.
        var sleeper = engine.events(of: run).makeAsyncIterator()
        #expect(try await sleeper.next()?.sequence == 1)
        var seen: [Int] = []
        for try await event in engine.events(of: run) {
            seen.append(event.sequence)
            if case .callIntended(let intent) = event.fact, intent.call == "c2" { await gate.arrive() }
        }
        let recorded = try await engine.recorded(run)
        #expect(seen == recorded.map(\.sequence) && recorded.count > 6)
        var late = [1]
        while let event = try await sleeper.next() { late.append(event.sequence) }
        #expect(late == seen)
        // Whoever knows some of it gets the rest.
        var rest: [Int] = []
        for try await event in engine.events(of: run, after: 4) { rest.append(event.sequence) }
        #expect(rest == Array(seen.dropFirst(4)))
        #expect(try await engine.result(of: run).status == .finished)
    }

    @Test func anObserverThatIsCancelledLeavesTheRunAlone() async throws {
        let gate = Rendezvous(2)
        let model = ScriptedModel { _, number throws(ChatError) in
            if number == 1 { await gate.arrive() }
            return .said("work \(number)")
        }
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let run = try await engine.start(.pair(.sequential))
        let events = engine.events(of: run)
        let observer = Task { try await events.reduce(into: 0) { count, _ in count += 1 } }
        observer.cancel()
        #expect(try await observer.value < 20)
        await gate.arrive()
        #expect(try await engine.result(of: run).status == .finished)
    }

    @Test func whatCannotBeBegunIsAnErrorAtOnce() async throws {
        let engine = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["x"])))
        await #expect(throws: CrewError.self) {
            _ = try await engine.start(Crew(name: "empty", goal: "", models: [], agents: []))
        }
        await #expect(throws: CrewError.self) { for try await _ in engine.events(of: "nobody") {} }
    }
}

extension CrewEngine {
    /// All that is recorded of a run.
    fileprivate func recorded(_ run: String) async throws -> [Event] {
        var events: [Event] = []
        var number = 0
        while case let more = try await journal.events(of: run, after: number, limit: 100), let last = more.last {
            events += more
            number = last.sequence
        }
        return events
    }
}

private struct Unexpected: Error {
    init(_ words: String) { self.words = words }
    let words: String
}
