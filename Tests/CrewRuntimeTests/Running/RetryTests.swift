import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Testing

/// Which failures are tried again, when, and how often.
struct RetryTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var error: ChatError
        var attempts: Int
        var mayBeBilled: Bool { error.wasSent && ![400, 429, 500].contains(error.status) }
        var testDescription: String {
            "\(error.code) \(error.retryAfter ?? 0) \(error.serverSaysRetry.map(String.init) ?? "")"
        }

        init(
            _ code: ChatError.Code,
            _ attempts: Int,
            status: Int? = nil,
            after: Int? = nil,
            word: Bool? = nil,
            sent: Bool = true
        ) {
            error = ChatError(code, "no", status: status, retryAfter: after, serverSaysRetry: word, wasSent: sent)
            self.attempts = attempts
        }
    }

    private static let crew = Crew.pair(
        .sequential,
        price: Price(input: 1, output: 1),
        tasks: [CrewTask("t", summary: "T", agent: "scout")]
    )

    @Test(arguments: [
        Case(.unreachable, 3, sent: false), Case(.serverFailed, 3, status: 500), Case(.rateLimited, 3, status: 429),
        Case(.rateLimited, 3, status: 429, after: 2_000), Case(.rateLimited, 3, status: 429, after: 120_000),
        Case(.rateLimited, 1, after: 120_001),
        // What may have been billed is asked for once more only.
        Case(.timedOut, 2), Case(.interrupted, 2), Case(.truncated, 2), Case(.malformed, 2),
        Case(.timedOut, 3, sent: false), Case(.serverFailed, 2), Case(.serverFailed, 2, status: 504),
        Case(.credentials, 1), Case(.quotaExhausted, 1), Case(.unknownModel, 1), Case(.contextTooLong, 1),
        Case(.invalidRequest, 1), Case(.untrusted, 1), Case(.redirected, 1), Case(.tooLarge, 1), Case(.unsupported, 1),
        Case(.serverFailed, 1, word: false), Case(.invalidRequest, 3, status: 400, word: true),
        Case(.credentials, 1, word: true), Case(.quotaExhausted, 1, word: true), Case(.unsupported, 1, word: true),
    ])
    func aFailureIsTriedAgainAsItsKindSays(item: Case) async throws {
        let model = ScriptedModel { _, _ throws(ChatError) in throw item.error }
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: TestClock().run)
        let result = try await engine.run(Self.crew)
        #expect(result.status == .failed && result.code == item.error.code.rawValue)
        #expect(model.requests.count == item.attempts)
        // Who reached nobody made no call.
        #expect(result.calls == (item.error.code == .unreachable ? 0 : item.attempts))
        let events = try await journal.events(of: result.run)
        let account = try #require(try Account(events))
        #expect((account.state.ledger.run.uncertain != .zero) == item.mayBeBilled)
        // Every wait is recorded, bounded, and no shorter than the server asked.
        var failedAt: Int64 = 0
        for event in events {
            if case .callFailed = event.fact { failedAt = event.time }
            guard case .retryScheduled(let retry) = event.fact else { continue }
            let wait = retry.at - failedAt
            let asked = Int64(item.error.retryAfter ?? 0)
            #expect(wait >= asked && wait <= max(8_000, asked + asked / 10))
        }
        #expect(events.count { $0.fact.kind == .retryScheduled } == item.attempts - 1)
    }

    @Test func theEndTellsTheStatusAndTheWaitThatWasTooLong() async throws {
        let model = ScriptedModel { _, _ throws(ChatError) in
            throw ChatError(.rateLimited, "busy", status: 429, retryAfter: 600_000, wasSent: true)
        }
        let result = try await CrewEngine(models: ScriptedProvider(["default": model])).run(Self.crew)
        #expect(result.code == "rate_limited")
        let message = result.message ?? ""
        let words = "busy (HTTP 429); the server asks to wait 600 s, longer than is waited"
        #expect(message.hasSuffix(words), "\(message)")
    }

    @Test func aRateLimitSwitchesToTheFallbackAtOnce() async throws {
        var crew = Self.crew
        crew.models[0].fallback = "spare"
        crew.models.append(ModelDefinition(name: "spare", model: "s", maximumOutput: 300))
        let busy = ScriptedModel { _, _ throws(ChatError) in
            throw ChatError(.rateLimited, "busy", retryAfter: 5, wasSent: true)
        }
        let spare = ScriptedModel(answers: ["work"])
        let result = try await CrewEngine(models: ScriptedProvider(["default": busy, "spare": spare])).run(crew)
        #expect(result.status == .finished)
        #expect(busy.requests.count == 1 && spare.requests.count == 1)
        #expect(spare.requests.first?.model == "s")
    }

    @Test func twoModelsThatFallBackToEachOtherAreEachTriedOnce() async throws {
        var crew = Self.crew
        crew.models[0].fallback = "spare"
        crew.models.append(ModelDefinition(name: "spare", model: "s", maximumOutput: 300, fallback: "default"))
        let model = ScriptedModel { _, _ throws(ChatError) in throw ChatError(.credentials, "no", wasSent: true) }
        let engine = try CrewEngine(models: ScriptedProvider(["default": model, "spare": model]))
        let result = try? await engine.run(crew)
        #expect(result?.status != .finished)
        #expect(model.requests.count <= 2)
    }

    @Test func theRetriesOfARunAreBoundedByItsSuccesses() async throws {
        let tasks = (1...40).map { CrewTask("t\($0)", summary: "T", agent: "scout") }
        let model = ScriptedModel { _, _ throws(ChatError) in throw ChatError(.unreachable, "no", wasSent: false) }
        let engine = try CrewEngine(models: ScriptedProvider(model), clock: TestClock().run)
        let result = try await engine.run(.pair(.concurrent, tasks: tasks))
        #expect(result.status == .failed)
        // Forty first attempts; ten failures empty the bucket, and the first nine of them are tried again.
        #expect(model.requests.count == 49)
    }
}
