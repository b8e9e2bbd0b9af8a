import ChatModel
import Testing

@testable import ModelTraffic

/// What servers say about their limits.
@Suite(.timeLimit(.minutes(1)))
struct RateLimitReportTests {
    private typealias Weight = RateLimiterState.Weight

    @Test(
        "A pause that the server asks for holds everyone, but not for ever",
        arguments: [(3_000, 3), (9_999_999, 120)]
    )
    func retryAfter(asked: Int, seconds: Int64) async throws {
        let time = VirtualClock()
        let base = ScriptedModel { number, _ in
            number == 1
                ? .failure(ChatError(.rateLimited, "", status: 429, retryAfter: asked, wasSent: true))
                : .success(ChatResponse(text: "yes"))
        }
        let control = TrafficControl(clock: time.clock)
        let one = control.model(wrapping: base, endpoint: "e", keyIdentity: "k", model: "m")
        let two = control.model(wrapping: base, endpoint: "e", keyIdentity: "k", model: "m")
        let other = control.model(wrapping: base, endpoint: "e", keyIdentity: "l", model: "m")
        await #expect(throws: ChatError.self) { try await one.respond(to: .sample(), onText: nil) }
        let waiting = Task { try await two.respond(to: .sample(), onText: nil) }
        await eventually { time.nextWake == seconds * second }
        _ = try await other.respond(to: .sample(), onText: nil)
        #expect(base.requests.count == 2)
        time.advance(to: seconds * second)
        #expect(try await waiting.value.text == "yes")
    }

    @Test("What a server says with an answer or an error holds", arguments: [true, false])
    func reports(isAnswer: Bool) async throws {
        let report = RateLimitReport(requests: RateLimitReport.Dimension(limit: 60, remaining: 0))
        let base = ScriptedModel { _, _ in
            if isAnswer {
                var response = ChatResponse(text: "yes")
                response.rateLimits = report
                return .success(response)
            }
            return .failure(ChatError(.serverFailed, "", wasSent: true, rateLimits: report))
        }
        let control = TrafficControl(clock: VirtualClock().clock)
        let model = control.model(wrapping: base, endpoint: "e", keyIdentity: "k", model: "m")
        _ = try? await model.respond(to: .sample(), onText: nil)
        do throws(ChatError) {
            _ = try await model.respond(to: .sample(timeout: 999), onText: nil)
            Issue.record("it passed")
        } catch {
            #expect(error.code == .rateLimited && error.retryAfter == 1_000)
        }
        #expect(base.requests.count == 1)
    }

    @Test func serversOnlyTighten() {
        var state = RateLimiterState(RateLimits(requestsPerMinute: 60))
        state.observe(RateLimitReport(requests: RateLimitReport.Dimension(limit: 6_000, remaining: 5_999)), now: 0)
        for _ in 0..<50 { #expect(state.admit(Weight(tokens: 1), now: 0, deadline: 0) == .passes) }
        state.observe(RateLimitReport(requests: RateLimitReport.Dimension(limit: 60, remaining: 2)), now: 0)
        for _ in 0..<2 { #expect(state.admit(Weight(tokens: 1), now: 0, deadline: 0) == .passes) }
        #expect(state.admit(Weight(tokens: 1), now: 0, deadline: 0) == .tooLong(second))
        state.observe(RateLimitReport(requests: RateLimitReport.Dimension(limit: 30, remaining: 30)), now: 0)
        #expect(state.admit(Weight(tokens: 1), now: 0, deadline: 0) == .tooLong(2 * second))
    }

    @Test("Numbers that servers send without meaning them are ignored", arguments: [-1, 0])
    func senselessLimits(limit: Int) {
        var state = RateLimiterState(.none)
        let seen = RateLimitReport.Dimension(limit: limit, remaining: limit, resetMilliseconds: limit)
        state.observe(RateLimitReport(requests: seen, tokens: seen), now: 0)
        for _ in 0..<1_000 { #expect(state.admit(Weight(tokens: 10_000), now: 0, deadline: 0) == .passes) }
    }

    @Test func nothingLeftBlocksUntilTheReset() {
        var state = RateLimiterState(.none)
        state.observe(
            RateLimitReport(tokens: RateLimitReport.Dimension(remaining: 0, resetMilliseconds: 4_000)),
            now: 0
        )
        #expect(state.admit(Weight(tokens: 1), now: 0, deadline: 0) == .tooLong(4 * second))
        #expect(state.admit(Weight(tokens: 1), now: 4 * second, deadline: 0) == .passes)
    }

    @Test("Nothing left of a known limit: the next passes when there is room for one, not when all is there")
    func nothingLeftOfAKnownLimit() {
        var state = RateLimiterState(.none)
        let seen = RateLimitReport.Dimension(limit: 60, remaining: 0, resetMilliseconds: 60_000)
        state.observe(RateLimitReport(requests: seen), now: 0)
        #expect(state.admit(Weight(tokens: 1), now: 0, deadline: 0) == .tooLong(second))
        #expect(state.admit(Weight(tokens: 1), now: second, deadline: 0) == .passes)
        #expect(state.admit(Weight(tokens: 1), now: second, deadline: 0) == .tooLong(second))
    }

    @Test("Nothing left of a limit that is longer than a minute's: nothing passes before its reset")
    func nothingLeftOfADay() {
        var state = RateLimiterState(.none)
        let seen = RateLimitReport.Dimension(limit: 14_400, remaining: 0, resetMilliseconds: 90_000)
        state.observe(RateLimitReport(requests: seen), now: 0)
        #expect(state.admit(Weight(tokens: 1), now: 0, deadline: 0) == .tooLong(90 * second))
        #expect(state.admit(Weight(tokens: 1), now: 90 * second, deadline: 0) == .passes)
    }

    @Test func aLimitThatTheServerToldRefusesNothing() {
        var state = RateLimiterState(.none)
        state.observe(RateLimitReport(tokens: RateLimitReport.Dimension(limit: 1_000, remaining: 1_000)), now: 0)
        #expect(state.admit(Weight(tokens: 5_000), now: 0, deadline: 0) == .passes)
        #expect(state.admit(Weight(tokens: 5_000), now: 0, deadline: 0) == .tooLong(60 * second))
    }
}
