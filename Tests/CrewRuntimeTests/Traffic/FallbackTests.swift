import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Evidence
import ScriptedServer
import Testing

/// Chains of models: when the first will not answer, the next is asked, and nobody waits who need not.
@Suite(.timeLimit(.minutes(2)))
struct FallbackTests {
    private static let waitless: [@Sendable (ScriptedConnection) -> Void] = [
        { $0.respond(status: 429, headers: ["Retry-After": "60"]) }, { $0.respond(status: 429) },
        { $0.respond(status: 503, headers: ["Retry-After": "60"]) },
        { $0.respond(status: 429, headers: ["Retry-After": "3600"]) }, { $0.respond(status: 401) },
        { $0.respond(status: 400) },
    ]

    @Test("RTY-09: a model that asks for time is left for the next at once", arguments: waitless.indices)
    func atOnce(index: Int) async throws {
        let clock = TestClock()
        try await ScriptedServer.withServer { _, connection in
            Self.waitless[index](connection)
        } body: { primary in
            try await ScriptedServer.withServer { _, connection in
                connection.say("from the other")
            } body: { other in
                let provider = try WiredProvider(primary.baseURL, clock)
                let start = clock.now
                let engine = try CrewEngine(models: provider, clock: clock.run)
                let result = try await engine.run(.single(fallbacks: ["spare"], at: other.baseURL))
                #expect(result.status == .finished && result.text == "from the other")
                #expect(primary.requests.count == 1 && other.requests.count == 1)
                #expect(clock.now == start)
                await provider.close()
            }
        }
        try Evidence.record(.bounded, "a fallback takes over without a wait", cases: 1)
    }

    @Test("A breaker that is open sends the next calls to the fallback at once")
    func openBreaker() async throws {
        let clock = TestClock()
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 500)
        } body: { primary in
            try await ScriptedServer.withServer { _, connection in
                connection.say("from the other")
            } body: { other in
                let provider = try WiredProvider(primary.baseURL, clock)
                let engine = try CrewEngine(models: provider, clock: clock.run)
                let crew = Crew.single(fallbacks: ["spare"], at: other.baseURL)
                // Three attempts, then two that open the breaker.
                for _ in 0..<2 { #expect(try await engine.run(crew).status == .finished) }
                #expect(primary.requests.count == 5)
                let start = clock.now
                for _ in 0..<4 { #expect(try await engine.run(crew).text == "from the other") }
                #expect(clock.now == start && primary.requests.count == 5)
                await provider.close()
            }
        }
        try Evidence.record(.bounded, "a fallback takes over without a wait", cases: 4)
    }

    @Test("A chain is gone through to its end, each attempt with a hold of its own")
    func chain() async throws {
        let clock = TestClock()
        let journal = MemoryJournal()
        let busy = ScriptedModel { _, _ throws(ChatError) in
            throw ChatError(.rateLimited, "busy", retryAfter: 60_000, wasSent: true)
        }
        let down = ScriptedModel { _, _ throws(ChatError) in
            throw ChatError(.serverFailed, "no", status: 500, wasSent: true)
        }
        let last = ScriptedModel { _, _ throws(ChatError) in throw ChatError(.credentials, "no", wasSent: true) }
        let crew = Crew.single(fallbacks: ["b", "c"])
        let engine = try CrewEngine(
            models: ScriptedProvider(["default": busy, "b": down, "c": last]),
            journal: journal,
            clock: clock.run
        )
        let result = try await engine.run(crew)
        #expect(result.status == .failed && result.code == "credentials")
        #expect(busy.requests.count == 1 && down.requests.count == 3 && last.requests.count == 1)
        let events = try await journal.events(of: result.run)
        let intents = events.compactMap { if case .callIntended(let intent) = $0.fact { intent } else { nil } }
        #expect(intents.map(\.model) == ["default", "b", "b", "b", "c"])
        #expect(intents.allSatisfy { $0.hold.money > .zero && $0.hold.calls == 1 })
    }
}
