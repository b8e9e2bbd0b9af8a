import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Evidence
import Testing

/// Whatever makes the engine ask a model once more, the attempt has a hold that covers it.
struct HoldTests {
    /// Why a second attempt is made.
    enum Reason: CaseIterable, Sendable {
        case retry, longWait, cutOff, repair, fallback, dialect, schema
    }

    @Test("Every attempt has a hold for all that it may cost", arguments: Reason.allCases)
    func hold(reason: Reason) async throws {
        let clock = TestClock()
        let first: ScriptedModel.Rule = { request, number throws(ChatError) in
            guard number == 1 else { return .said("a sound answer") }
            switch reason {
            case .retry: throw ChatError(.serverFailed, "busy", status: 503, wasSent: true)
            case .longWait: throw ChatError(.rateLimited, "busy", retryAfter: 30_000, wasSent: true)
            case .cutOff: throw ChatError(.interrupted, "cut", wasSent: true)
            case .repair: return .said("no")
            case .fallback: throw ChatError(.credentials, "no", wasSent: true)
            case .dialect:
                throw ChatError(.unsupported, "no seed", status: 400, feature: .outputLimitField, wasSent: true)
            case .schema: return ChatResponse(text: "cut o", finishReason: .length)
            }
        }
        var crew = Crew.single(fallbacks: ["spare"])
        if reason != .fallback { crew.models[0].fallback = nil }
        crew.tasks[0].accept = [.assertion("length(text) > 5")]
        crew.limits = Limits(money: Money(picodollars: 1_000_000))
        let journal = MemoryJournal()
        let model = ScriptedModel(first)
        let spare = ScriptedModel(answers: ["a sound answer"])
        let engine = try CrewEngine(
            models: ScriptedProvider(["default": model, "spare": spare]),
            journal: journal,
            clock: clock.run
        )
        let result = try await engine.run(crew)
        #expect(result.status == .finished, "\(result.message ?? "")")
        #expect(result.calls == 2)

        // Folded event by event: what is held is what is under way, and it covers the bound of the request.
        let events = try await journal.events(of: result.run)
        guard case .runCreated(let created)? = events.first?.fact else { throw Unexpected() }
        var state = RunState(created, prompts: try PromptBook.builtIn())
        var underWay: [String: Amounts] = [:]
        var attempts = 0
        for event in events {
            state.apply(event)
            switch event.fact {
            case .callIntended(let intent):
                attempts += 1
                underWay[intent.call] = intent.hold
                guard case .callModel(let work)? = state.work(for: event.fact) else { throw Unexpected() }
                let input = work.request.inputTokenBound
                let output = work.request.maximumOutput
                let bound = try #require(intent.price?.upperBound(input: input, output: output))
                #expect(bound > .zero)
                #expect(intent.hold == Amounts(money: bound, tokens: input + output, calls: 1), "attempt \(attempts)")
            case .callCompleted(let fact): underWay[fact.call] = nil
            case .callFailed(let fact): underWay[fact.call] = nil
            default: break
            }
            #expect(state.ledger.run.held == underWay.values.reduce(Amounts.zero, +))
        }
        #expect(attempts == 2)
        try Evidence.record(.neverOverspent, "a hold for every attempt: retries, repairs, fallbacks", cases: attempts)
    }

    private struct Unexpected: Error {}
}
