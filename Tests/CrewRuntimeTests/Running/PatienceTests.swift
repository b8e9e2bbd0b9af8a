import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Testing

/// A server that cannot answer yet is waited for, and one that most likely is not there is not.
struct PatienceTests {
    private static func crew(_ change: (inout ModelDefinition) -> Void = { _ in }, tasks: Int = 1) -> Crew {
        var crew = Crew.pair(
            tasks == 1 ? .sequential : .concurrent,
            price: Price(input: 1, output: 1),
            tasks: (1...tasks).map { CrewTask("t\($0)", summary: "T", agent: "scout") }
        )
        change(&crew.models[0])
        return crew
    }

    private struct Outcome {
        let result: RunResult
        let events: [Event]
        let requests: Int
        let start: Int64

        /// How long the run took, in virtual milliseconds.
        var duration: Int64 { (events.last?.time ?? 0) - start }
        var waits: Int { events.count { $0.fact.kind == .retryScheduled } }
    }

    /// Runs a crew at a model that answers by the number of the request and the virtual time since the start.
    private static func run(
        _ crew: Crew,
        limits: Limits = Limits(),
        _ answer: @escaping @Sendable (_ number: Int, _ time: Int64) throws(ChatError) -> ChatResponse
    ) async throws -> Outcome {
        let clock = TestClock()
        let start = clock.now
        let model = ScriptedModel { _, number throws(ChatError) in try answer(number, clock.now - start) }
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: clock.run)
        let result = try await engine.run(crew, limits: limits)
        let events = try await journal.events(of: result.run)
        return Outcome(result: result, events: events, requests: model.requests.count, start: start)
    }

    private static let loading = ChatError(.loading, "Loading model", status: 503, wasSent: true)
    private static let refused = ChatError(.unreachable, "Connection refused", wasSent: false)

    @Test func loadingServerIsWaitedForAndCostsNoAttempt() async throws {
        let outcome = try await Self.run(Self.crew { $0.maximumAttempts = 1 }, limits: Limits(calls: 1)) {
            _,
            time throws(ChatError) in
            if time < 60_000 { throw Self.loading }
            return .said("work")
        }
        #expect(outcome.result.status == .finished, "\(outcome.result.message ?? "")")
        #expect(outcome.result.calls == 1)
        // Looked at often at first and rarely later: neither late nor many requests.
        #expect(outcome.duration < 80_000)
        #expect((6...25).contains(outcome.requests), "\(outcome.requests)")
    }

    @Test(arguments: [10_000, 120_000, 1_000])
    func patienceEndsWhenTheCrewFileSays(patience: Int) async throws {
        let outcome = try await Self.run(Self.crew { $0.patience = patience }) { _, _ throws(ChatError) in
            throw Self.loading
        }
        #expect(outcome.result.code == "loading")
        #expect(outcome.duration >= Int64(patience) && outcome.duration <= Int64(patience) + 1)
        #expect(outcome.result.message?.contains("Loading model (HTTP 503); it was waited for") == true)
        #expect(outcome.requests == outcome.waits + 1)
    }

    @Test func withoutPatienceNobodyWaits() async throws {
        for error in [Self.loading, ChatError(.circuitOpen, "left alone", retryAfter: 5_000, wasSent: false)] {
            let outcome = try await Self.run(Self.crew { $0.patience = 0 }) { _, _ throws(ChatError) in throw error }
            #expect(outcome.requests == 1)
            #expect(outcome.result.code == error.code.rawValue)
        }
    }

    @Test func whoWasNeverHeardIsNotWaitedFor() async throws {
        let outcome = try await Self.run(Self.crew()) { _, _ throws(ChatError) in throw Self.refused }
        #expect(outcome.result.code == "unreachable")
        #expect(outcome.requests == 3)
        #expect(outcome.duration < 1_500)
    }

    /// Who chose the patience may start the server together with the crew.
    @Test(arguments: [ModelDefinition.defaultPatience, 20_000, 0])
    func whoChosePatienceWaitsForAServerThatIsNotThereYet(patience: Int) async throws {
        let model = ModelDefinition(model: "m", price: Price(input: 1, output: 1), patience: .milliseconds(patience))
        let comes = Int64(min(patience, 60_000) / 2)
        let late = try await Self.run(Self.crew { $0 = model }) { _, time throws(ChatError) in
            if time <= max(2_000, comes) { throw Self.refused }
            return .said("work")
        }
        let never = try await Self.run(Self.crew { $0 = model }) { _, _ throws(ChatError) in throw Self.refused }
        #expect(late.result.status == (patience > 0 ? .finished : .failed))
        #expect(never.result.code == "unreachable")
        if patience > 0 {
            #expect(never.duration >= Int64(patience) && never.duration <= Int64(patience) + 1)
        } else {
            #expect(never.requests == 3)
        }
    }

    /// The breaker steps in after some refusals; its waits are waits for the same server.
    @Test func openBreakerIsWaitedForWhereAServerIsAwaited() async throws {
        let model = ModelDefinition(model: "m", price: Price(input: 1, output: 1), patience: .seconds(60))
        let outcome = try await Self.run(Self.crew { $0 = model }) { number, time throws(ChatError) in
            if time > 30_000 { return .said("work") }
            throw number.isMultiple(of: 2)
                ? ChatError(.circuitOpen, "left alone", retryAfter: 5_000, wasSent: false) : Self.refused
        }
        #expect(outcome.result.status == .finished, "\(outcome.result.message ?? "")")
    }

    @Test func whoWasNotReachedMadeNoCall() async throws {
        let outcome = try await Self.run(Self.crew(), limits: Limits(calls: 1)) { number, _ throws(ChatError) in
            if number < 3 { throw Self.refused }
            return .said("work")
        }
        #expect(outcome.result.status == .finished, "\(outcome.result.message ?? "")")
        #expect(outcome.result.calls == 1)
        // A connection that broke after something was sent is another matter.
        let sent = try await Self.run(Self.crew(), limits: Limits(calls: 1)) { _, _ throws(ChatError) in
            throw ChatError(.unreachable, "Connection reset", wasSent: true)
        }
        #expect(sent.result.status == .limited && sent.requests == 1)
    }

    @Test func restartingServerIsWaitedFor() async throws {
        var crew = Self.crew()
        crew.tasks.append(CrewTask("t2", summary: "T", agent: "scout"))
        let outcome = try await Self.run(crew, limits: Limits(calls: 2)) { number, time throws(ChatError) in
            if number > 1, time < 45_000 { throw Self.refused }
            return .said("work")
        }
        #expect(outcome.result.status == .finished, "\(outcome.result.message ?? "")")
        #expect(outcome.result.results.count == 2)
        #expect(outcome.requests > 5)
    }

    /// An objection is an answer, too: whoever made it was there.
    @Test func whoAnsweredWithAnErrorWasHeard() async throws {
        let outcome = try await Self.run(Self.crew()) { number, time throws(ChatError) in
            if number == 1 { throw ChatError(.serverFailed, "stopping", status: 500, wasSent: true) }
            if time < 30_000 { throw Self.refused }
            return .said("work")
        }
        #expect(outcome.result.status == .finished)
    }

    @Test func openBreakerCostsNoAttemptAndNoCall() async throws {
        let outcome = try await Self.run(Self.crew { $0.maximumAttempts = 2 }) { number, _ throws(ChatError) in
            switch number {
            case 1: throw ChatError(.serverFailed, "no", status: 500, wasSent: true)
            case 2...6: throw ChatError(.circuitOpen, "left alone", retryAfter: 5_000, wasSent: false)
            default: return .said("work")
            }
        }
        #expect(outcome.result.status == .finished)
        #expect(outcome.result.calls == 2)
        #expect((25_000...28_000).contains(outcome.duration))
    }

    @Test func ownRateLimiterCostsNoAttempt() async throws {
        let outcome = try await Self.run(Self.crew { $0.maximumAttempts = 1 }) { number, _ throws(ChatError) in
            if number <= 3 { throw ChatError(.rateLimited, "later", retryAfter: 20_000, wasSent: false) }
            return .said("work")
        }
        #expect(outcome.result.status == .finished)
        #expect(outcome.result.calls == 1)
    }

    /// Twenty tasks at a server that is not there: the breaker opens, and nobody waits for it.
    @Test func breakerBeforeASilentServerIsNotWaitedFor() async throws {
        let outcome = try await Self.run(Self.crew(tasks: 20)) { number, _ throws(ChatError) in
            if number <= 10 { throw Self.refused }
            throw ChatError(.circuitOpen, "left alone", retryAfter: 5_000, wasSent: false)
        }
        #expect(outcome.result.status == .failed)
        #expect(outcome.duration < 1_500)
    }

    @Test func manyWhoWaitTakeNothingFromTheRunsRetries() async throws {
        let outcome = try await Self.run(Self.crew(tasks: 40)) { _, time throws(ChatError) in
            if time < 20_000 { throw Self.loading }
            return .said("work")
        }
        #expect(outcome.result.results.count == 40, "\(outcome.result.message ?? "")")
    }

    @Test(arguments: [1, 2, 5])
    func attemptsAreTheCrewFiles(attempts: Int) async throws {
        let outcome = try await Self.run(Self.crew { $0.maximumAttempts = attempts }) { _, _ throws(ChatError) in
            throw ChatError(.serverFailed, "no", status: 500, wasSent: true)
        }
        #expect(outcome.requests == attempts)
        let uncertain = try await Self.run(Self.crew { $0.maximumAttempts = attempts }) { _, _ throws(ChatError) in
            throw ChatError(.interrupted, "no", wasSent: true)
        }
        #expect(uncertain.requests == min(2, attempts))
    }

    @Test func serverMayAskForAsMuchAsThePatience() async throws {
        func run(_ patience: Int) async throws -> Outcome {
            try await Self.run(Self.crew { $0.patience = patience }) { number, _ throws(ChatError) in
                if number == 1 {
                    throw ChatError(.rateLimited, "busy", status: 429, retryAfter: 300_000, wasSent: true)
                }
                return .said("work")
            }
        }
        let patient = try await run(600_000)
        #expect(patient.result.status == .finished && patient.duration >= 300_000)
        let impatient = try await run(120_000)
        #expect(impatient.result.message?.hasSuffix("the server asks to wait 300 s, longer than is waited") == true)
    }

    @Test func aFallbackIsTakenBeforeAnybodyWaits() async throws {
        for error in [Self.loading, ChatError(.circuitOpen, "left alone", wasSent: false)] {
            var crew = Self.crew()
            crew.models[0].fallback = "spare"
            crew.models.append(ModelDefinition(name: "spare", model: "s", maximumOutput: 300, price: .free))
            let busy = ScriptedModel { _, _ throws(ChatError) in throw error }
            let spare = ScriptedModel(answers: ["work"])
            let result = try await CrewEngine(models: ScriptedProvider(["default": busy, "spare": spare])).run(crew)
            #expect(result.status == .finished)
            #expect(busy.requests.count == 1 && spare.requests.count == 1)
        }
    }

    @Test func timeOfTheRunBoundsTheWait() async throws {
        let outcome = try await Self.run(Self.crew { $0.patience = 3_600_000 }, limits: Limits(time: 30_000)) {
            _,
            _ throws(ChatError) in throw Self.loading
        }
        #expect(outcome.result.status == .limited)
        #expect(outcome.duration <= 30_001)
    }

    /// The time in which nobody executed the run is no patience spent.
    @Test func whoTakesARunUpWaitsAnew() async throws {
        let outcome = try await Self.run(Self.crew()) { _, time throws(ChatError) in
            if time < 30_000 { throw Self.loading }
            return .said("work")
        }
        let position = try #require(outcome.events.firstIndex { $0.fact.kind == .retryScheduled })
        let journal = MemoryJournal(restoring: Array(outcome.events[...position]))
        let clock = TestClock()
        clock.advance(by: .milliseconds(86_400_000))
        let start = clock.now
        let model = ScriptedModel { _, _ throws(ChatError) in
            if clock.now - start < 60_000 { throw Self.loading }
            return .said("work")
        }
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: clock.run)
        let result = try await engine.resume(outcome.result.run)
        #expect(result.status == .finished, "\(result.message ?? "")")
    }
}
