import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Foundation
import Testing

/// A run that is cut off after any of its events goes on as if nothing had happened.
struct CrashTests {
    private let log = ToolLog()

    private func record() async throws -> [Event] {
        let journal = MemoryJournal()
        let engine = try CrewEngine(
            models: ScriptedProvider(ReferenceCrew.model()),
            journal: journal,
            clock: TestClock().run
        )
        let result = try await engine.run(ReferenceCrew.crew(log))
        #expect(result.status == .finished && result.text == ReferenceCrew.answer)
        // As a journal on disk gives them back: tools written in Swift are names there.
        let events = try JSONEncoder().encode(try await journal.events(of: result.run))
        return try JSONDecoder().decode([Event].self, from: events)
    }

    private func resume(
        _ events: [Event],
        _ policy: RunResumed.UnknownToolPolicy = .pause
    ) async throws -> (result: RunResult, model: ScriptedModel, log: ToolLog, events: [Event]) {
        let journal = MemoryJournal(restoring: events)
        let model = ReferenceCrew.model()
        let log = ToolLog()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: TestClock().run)
        let crew = ReferenceCrew.crew(log)
        let tools = crew.agents[0].tools.compactMap { if case .code(let tool) = $0 { tool } else { nil } }
        guard case .runCreated(let created)? = events.first?.fact else { throw Unexpected() }
        let options = ResumeOptions(unknownTools: policy, tools: tools)
        let result = try await engine.resume(created.run, options)
        return (result, model, log, try await journal.events(of: created.run))
    }

    @Test func theReferenceRunHasEverythingInIt() async throws {
        let kinds = Set(try await record().map { $0.fact.kind })
        #expect(
            kinds.isSuperset(of: [
                .runCreated, .instructionIssued, .assignmentStarted, .callIntended, .callCompleted, .callFailed,
                .retryScheduled, .toolIntended, .toolCompleted, .answerRejected, .resultAccepted, .runEnded,
            ])
        )
    }

    @Test func afterEveryEventTheRunCanBeTakenUpAndRepeatsNothing() async throws {
        let events = try await record()
        let keys = Set(log.all)
        let whole = try #require(try Account(events))
        #expect(Set(whole.completed).count == whole.completed.count, "the requests must differ, or this test is blind")
        for length in 1..<events.count {
            let prefix = Array(events.prefix(length))
            let before = try #require(try Account(prefix))
            var (result, model, called, after) = try await resume(prefix)
            if before.openTools.values.contains("post") {
                #expect(result.status == .waiting && result.code == "outcome_unknown", "after \(length)")
                #expect(!called.all.contains { $0.hasPrefix("post") })
                for policy in [RunResumed.UnknownToolPolicy.retry, .skip] {
                    let (result, _, called, events) = try await resume(after, policy)
                    #expect(
                        result.status == .finished && result.text == ReferenceCrew.answer,
                        "after \(length), \(policy)"
                    )
                    #expect(called.all.count { $0.hasPrefix("post") } == (policy == .retry ? 1 : 0), "after \(length)")
                    #expect(keys.isSuperset(of: called.all))
                    #expect(Set(called.all).count == called.all.count, "after \(length): a tool was called twice")
                    let account = try #require(try Account(events))
                    #expect(account.state.ledger.run.held == .zero && account.breach == nil)
                }
                (result, model, called, after) = try await resume(prefix, .retry)
            }
            #expect(result.status == .finished, "after \(length): \(result.message ?? "")")
            #expect(result.text == ReferenceCrew.answer, "after \(length)")
            // Nothing that was answered is asked again, and no tool is called under another key, or twice.
            let again = Set(model.requests.map(\.identity)).intersection(before.completed)
            #expect(again.isEmpty, "after \(length), \(again.count) completed calls were repeated")
            #expect(keys.isSuperset(of: called.all), "after \(length)")
            #expect(Set(called.all).count == called.all.count, "after \(length): a tool was called twice")
            let account = try #require(try Account(after))
            #expect(account.breach == nil)
            #expect(account.state.ledger.run.held == .zero)
            let wasCalling = before.state.ledger.run.held
            #expect(account.state.ledger.run.uncertain.money >= wasCalling.money, "after \(length)")
        }
    }

    @Test func theSameEventsGiveTheSameDecisionsByteForByte() async throws {
        let events = try await record()
        let book = try PromptBook.builtIn()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for length in 1...events.count {
            let prefix = Array(events.prefix(length))
            var decided: [[Data]] = []
            for _ in 0..<2 {
                var state = try #require(RunState(folding: prefix, prompts: book))
                var facts: [Data] = []
                while let fact = state.decide(at: 5_000_000) {
                    facts.append(try encoder.encode(fact))
                    state.apply(Event(sequence: state.sequence + 1, time: 5_000_000, fact: fact))
                }
                decided.append(facts)
            }
            #expect(decided[0] == decided[1], "after \(length)")
            // What was decided in the run is what the fold decides: the fact that followed, when it was a decision.
            if let next = events.dropFirst(length).first, next.fact.isDecision {
                var state = try #require(RunState(folding: prefix, prompts: book))
                let decided = state.decide(at: next.time)
                #expect(decided == next.fact, "after \(length)")
            }
        }
    }

    struct Unexpected: Error {}
}

extension Fact {
    /// Whether the engine decided it, rather than something outside that happened.
    fileprivate var isDecision: Bool {
        switch self {
        case .callCompleted, .callFailed, .toolCompleted, .runResumed, .runCreated, .retryScheduled: false
        default: true
        }
    }
}
