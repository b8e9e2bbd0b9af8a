import ChatModel
import CrewTesting
import Evidence
import Testing

@testable import ModelTraffic

/// Limits and breakers under a thousand callers at once, with a clock that the test moves.
@Suite(.timeLimit(.minutes(1)))
struct ConcurrentCallersTests {
    private typealias Weight = RateLimiterState.Weight

    private struct Admission: Sendable {
        var at: Int64
        var tokens: Int
    }

    private static let limits = RateLimits(
        requestsPerMinute: 120,
        tokensPerMinute: 90_000,
        requestBurst: 20,
        tokenBurst: 6_000
    )

    @Test(
        "A thousand callers with all kinds of weights: exact in requests and in tokens",
        arguments: [1, 2, 3] as [UInt64]
    )
    func exact(seed: UInt64) async throws {
        let time = VirtualClock()
        let limiter = RateLimiter("e", Self.limits, clock: time.clock)
        let admitted = Recorder<Admission>()
        let refused = Recorder<Bool>()
        var generator = SeededGenerator(seed: seed)
        // Mostly tokens are short; every tenth caller wants more than ever fits, every seventh has no patience.
        let callers = (0..<1_000).map { number in
            (
                tokens: number % 10 == 0 ? 6_001 : Int.random(in: 100...2_000, using: &generator),
                timeout: number % 7 == 0 ? 0 : 3_600_000
            )
        }
        await withTaskGroup { group in
            for caller in callers {
                group.addTask {
                    do throws(ChatError) {
                        _ = try await limiter.acquire(Weight(tokens: caller.tokens), timeout: caller.timeout)
                        admitted.record(Admission(at: time.now, tokens: caller.tokens))
                    } catch {
                        #expect(error.code == .rateLimited && !error.wasSent)
                        refused.record(error.retryAfter == nil)
                    }
                }
            }
            await eventually { admitted.count + refused.count + limiter.waiting == 1_000 }
            // What can never pass is told so at once, and so is whoever cannot wait.
            #expect(refused.all.count { $0 } == 100)
            while limiter.waiting > 0 {
                await eventually { time.nextWake != nil || limiter.waiting == 0 }
                guard let next = time.nextWake else { break }
                let before = limiter.waiting
                time.advance(to: next)
                await eventually {
                    limiter.waiting < before && admitted.count + refused.count + limiter.waiting == 1_000
                }
            }
        }
        #expect(admitted.count + refused.count == 1_000, "seed \(seed)")
        let all = admitted.all.sorted { $0.at < $1.at }
        check(all, seed)
        // Saturated to the end: what passed is at least 99 % of what may.
        let last = try #require(all.last)
        let tokens = all.reduce(0) { $0 + $1.tokens }
        let room = 6_000 + Double(last.at) / 60e9 * 90_000
        #expect(Double(tokens) <= room + 0.01 && Double(tokens) >= 0.99 * room, "seed \(seed): \(tokens) of \(room)")
        try Evidence.record(.bounded, "callers at once at a rate limiter: never above limit × t + burst", cases: 1_000)
    }

    /// In every span of time, at most `limit * t + burst` of each.
    private func check(_ all: [Admission], _ seed: UInt64) {
        for start in stride(from: 0, to: all.count, by: 7) {
            var tokens = 0
            for end in start..<all.count {
                tokens += all[end].tokens
                let minutes = Double(all[end].at - all[start].at) / 60e9
                if Double(end - start + 1) > 120 * minutes + 20.001 || Double(tokens) > 90_000 * minutes + 6_000.01 {
                    Issue.record("seed \(seed): \(end - start + 1) requests, \(tokens) tokens in \(minutes) minutes")
                    return
                }
            }
        }
    }

    @Test("Refusals leave both quantities as they were", arguments: [1, 2, 3] as [UInt64])
    func refusalsTakeNothing(seed: UInt64) throws {
        // Two limiters with the same history but for the refusals, which must make no difference.
        var disturbed = RateLimiterState(Self.limits)
        var calm = RateLimiterState(Self.limits)
        var generator = SeededGenerator(seed: seed)
        var refusals = 0
        for step in 0..<5_000 {
            let now = Int64(step) * second / 5
            for _ in 0..<3 {
                let unwanted = Weight(tokens: Int.random(in: 1...9_000, using: &generator))
                var trial = calm
                if trial.admit(unwanted, now: now, deadline: now) == .passes { continue }
                let answer = disturbed.admit(unwanted, now: now, deadline: now)
                #expect(answer != .passes, "seed \(seed), step \(step)")
                refusals += 1
            }
            let weight = Weight(tokens: Int.random(in: 1...2_000, using: &generator))
            let expected = calm.admit(weight, now: now, deadline: now)
            #expect(disturbed.admit(weight, now: now, deadline: now) == expected, "seed \(seed), step \(step)")
        }
        #expect(refusals > 1_000)
        try Evidence.record(.bounded, "refusals of a rate limiter, which take nothing of anything", cases: refusals)
    }

    @Test("An open breaker lets exactly one of a thousand callers probe")
    func oneProbe() async throws {
        let time = VirtualClock()
        let probing = Recorder<Int>()
        let isUp = Recorder<Bool>()
        let base = ScriptedModel { number, _ in
            if number <= 5 { return .failure(ChatError(.serverFailed, "down", status: 503, wasSent: true)) }
            probing.record(number)
            await eventually { isUp.count > 0 }
            return .success(ChatResponse(text: "up"))
        }
        let model = BreakingModel(base: base, breaker: CircuitBreaker("e", clock: time.clock))
        for _ in 0..<5 { await #expect(throws: ChatError.self) { try await model.respond(to: .sample(), onText: nil) } }
        time.advance(seconds: 5)
        let refused = Recorder<Int>()
        await withTaskGroup { group in
            for _ in 0..<1_000 {
                group.addTask {
                    do throws(ChatError) {
                        _ = try await model.respond(to: .sample(), onText: nil)
                    } catch {
                        #expect(error.code == .circuitOpen && !error.wasSent)
                        refused.record(error.retryAfter ?? 0)
                    }
                }
            }
            await eventually { refused.count == 999 }
            #expect(probing.count == 1 && base.requests.count == 6)
            isUp.record(true)
        }
        #expect(refused.all.allSatisfy { $0 == 1_000 })
        // And closed again: all pass.
        for _ in 0..<10 { _ = try await model.respond(to: .sample(), onText: nil) }
        #expect(base.requests.count == 16)
        try Evidence.record(
            .bounded,
            "callers at once at an open breaker: one probes, the others are refused",
            cases: 1_000
        )
    }

    @Test("CBK-04: every failure counts, also when all are alike and come at once")
    func likeFailures() async throws {
        let time = VirtualClock()
        let arrived = Recorder<Int>()
        let base = ScriptedModel { number, _ in
            arrived.record(number)
            await eventually { arrived.count >= 5 }
            return .failure(ChatError(.timedOut, "the same words", wasSent: true))
        }
        let model = BreakingModel(base: base, breaker: CircuitBreaker("e", clock: time.clock))
        await withTaskGroup { group in
            for _ in 0..<5 { group.addTask { _ = try? await model.respond(to: .sample(), onText: nil) } }
        }
        do throws(ChatError) {
            _ = try await model.respond(to: .sample(), onText: nil)
            Issue.record("it passed")
        } catch {
            #expect(error.code == .circuitOpen && error.retryAfter == 5_000)
        }
    }
}
