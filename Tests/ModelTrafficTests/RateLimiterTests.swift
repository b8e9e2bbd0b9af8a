import ChatModel
import CrewTesting
import Testing

@testable import ModelTraffic

@Suite(.timeLimit(.minutes(1)))
struct RateLimiterTests {
    private typealias Weight = RateLimiterState.Weight

    @Test("LIM-01: a thousand callers at once stay within the limits")
    func parallelCallers() async throws {
        let time = VirtualClock()
        let limiter = RateLimiter(
            "e",
            RateLimits(requestsPerMinute: 600, tokensPerMinute: 100_000, requestBurst: 10, tokenBurst: 5_000),
            clock: time.clock
        )
        let admitted = Recorder<Int64>()
        await withTaskGroup { group in
            for _ in 0..<1_000 {
                group.addTask {
                    do throws(ChatError) {
                        _ = try await limiter.acquire(Weight(tokens: 100), timeout: 1_000_000)
                        admitted.record(time.now)
                    } catch {
                        Issue.record("\(error)")
                    }
                }
            }
            await eventually { admitted.count + limiter.waiting == 1_000 }
            #expect(admitted.count == 10)
            while admitted.count < 1_000 {
                await eventually {
                    time.nextWake != nil || admitted.count == 1_000
                }
                guard let next = time.nextWake else { break }
                let before = limiter.waiting
                time.advance(to: next)
                await eventually {
                    limiter.waiting < before && admitted.count + limiter.waiting == 1_000
                }
            }
        }
        let moments = admitted.all.sorted()
        #expect(moments.count == 1_000)
        // In every span: at most limit * t + burst requests.
        for start in stride(from: 0, to: moments.count, by: 37) {
            for end in stride(from: start, to: moments.count, by: 41) {
                let minutes = Double(moments[end] - moments[start]) / 60e9
                #expect(Double(end - start + 1) <= 600 * minutes + 10 + 0.001)
            }
        }
        // And no later than they must: 990 at ten a second.
        let last = try #require(moments.last)
        #expect(last >= 99 * second && last < 99 * second + 1_000)
    }

    @Test("LIM-02: over ten minutes nearly all of the limit is used")
    func throughput() {
        var state = RateLimiterState(RateLimits(requestsPerMinute: 120, tokensPerMinute: 90_000, tokenBurst: 3_000))
        var generator = SeededGenerator(seed: 0x5EED)
        var now: Int64 = 0
        var tokens = 0
        let end = 600 * second
        while now <= end {
            let weight = Weight(tokens: Int.random(in: 500...3_000, using: &generator))
            switch state.admit(weight, now: now, deadline: .max) {
            case .passes: tokens += weight.tokens
            case .waits:
                guard let next = state.advance(now: now).next else {
                    Issue.record("nobody waits")
                    return
                }
                now = next
                #expect(state.advance(now: now).passing.count == 1)
                if now <= end { tokens += weight.tokens }
            case .tooLarge, .tooLong: Issue.record("refused")
            }
        }
        #expect(tokens <= 900_000 + 3_000)
        #expect(Double(tokens) >= 0.99 * 900_000)
    }

    @Test("LIM-03: what is refused takes nothing of anything")
    func refusalTakesNothing() {
        let limits = RateLimits(requestsPerMinute: 60, tokensPerMinute: 6_000, requestBurst: 5, tokenBurst: 1_000)
        var state = RateLimiterState(limits)
        for _ in 0..<100 {
            #expect(state.admit(Weight(tokens: 1_001), now: 0, deadline: 0) == .tooLarge(limit: 1_000, need: 1_001))
        }
        #expect(state.admit(Weight(tokens: 1_000), now: 0, deadline: 0) == .passes)
        // The tokens are gone, the requests are not: refusals for tokens must not use them up.
        for _ in 0..<100 {
            #expect(state.admit(Weight(tokens: 100), now: 0, deadline: 0) == .tooLong(second))
        }
        for _ in 0..<4 { #expect(state.admit(Weight(tokens: 0), now: 0, deadline: 0) == .passes) }
        #expect(state.admit(Weight(tokens: 0), now: 0, deadline: 0) == .tooLong(second))
    }

    @Test("LIM-04: more than the limit at once is an error at once, with the numbers")
    func tooLarge() async throws {
        let base = ScriptedModel()
        let control = TrafficControl(clock: VirtualClock().clock)
        let model = control.model(
            wrapping: base,
            endpoint: "e",
            keyIdentity: "k",
            model: "m",
            limits: RateLimits(tokensPerMinute: 1_000)
        )
        do throws(ChatError) {
            _ = try await model.respond(to: .sample(maximumOutput: 2_000), onText: nil)
            Issue.record("it passed")
        } catch {
            #expect(error.code == .rateLimited && !error.wasSent)
            #expect(error.message.contains("1000") && error.message.contains("m at e"))
        }
        #expect(base.requests.isEmpty)
    }

    @Test func firstComeFirstServed() async throws {
        let time = VirtualClock()
        let limiter = RateLimiter("e", RateLimits(tokensPerMinute: 600, tokenBurst: 100), clock: time.clock)
        _ = try await limiter.acquire(Weight(tokens: 100), timeout: 0)
        let order = Recorder<Int>()
        await withTaskGroup { group in
            // A large one in front: the small ones behind it would fit earlier and must not overtake.
            for (index, tokens) in [100, 1, 1, 50, 1].enumerated() {
                group.addTask {
                    _ = try? await limiter.acquire(Weight(tokens: tokens), timeout: 600_000)
                    order.record(index)
                }
                await eventually { limiter.waiting == index + 1 }
            }
            for done in 1...5 {
                await eventually { time.nextWake != nil }
                while order.count < done {
                    if let next = time.nextWake { time.advance(to: next) }
                    await Task.yield()
                }
            }
        }
        #expect(order.all == [0, 1, 2, 3, 4])
    }

    @Test func aCancelledWaiterLeavesAndHasTakenNothing() async throws {
        let time = VirtualClock()
        let limiter = RateLimiter("e", RateLimits(requestsPerMinute: 60, requestBurst: 1), clock: time.clock)
        _ = try await limiter.acquire(Weight(tokens: 0), timeout: 0)
        let first = Task { try await limiter.acquire(Weight(tokens: 0), timeout: 600_000) }
        await eventually { limiter.waiting == 1 }
        let second = Task { try await limiter.acquire(Weight(tokens: 0), timeout: 600_000) }
        await eventually { limiter.waiting == 2 }
        first.cancel()
        let result = await first.result
        #expect(throws: ChatError.self) { try result.get() }
        #expect(limiter.waiting == 1)
        await eventually { time.nextWake == 1_000_000_000 }
        time.advance(seconds: 1)
        #expect(try await second.value == 1_000_000_000)
        let third = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await limiter.acquire(Weight(tokens: 0), timeout: 600_000)
        }
        await #expect(throws: ChatError.self) { try await third.value }
        #expect(limiter.waiting == 0)
    }

    @Test func whoCannotWaitThatLongIsToldAtOnce() async throws {
        let time = VirtualClock()
        let limiter = RateLimiter("e", RateLimits(requestsPerMinute: 60, requestBurst: 1), clock: time.clock)
        _ = try await limiter.acquire(Weight(tokens: 0), timeout: 0)
        let waiter = Task { try await limiter.acquire(Weight(tokens: 0), timeout: 1_500) }
        await eventually { limiter.waiting == 1 }
        do throws(ChatError) {
            _ = try await limiter.acquire(Weight(tokens: 0), timeout: 1_500)
            Issue.record("it passed")
        } catch {
            #expect(error.code == .rateLimited && error.retryAfter == 2_000 && !error.wasSent)
        }
        // A pause that the server asks for later makes the one that waits fail as well.
        limiter.block(for: 10_000)
        await #expect(throws: ChatError.self) { try await waiter.value }
        #expect(limiter.waiting == 0)
    }

    @Test func whatWasNotUsedIsGivenBack() async throws {
        let time = VirtualClock()
        let base = ScriptedModel { _, _ in
            .success(ChatResponse(text: "", usage: TokenUsage(input: 10, output: 10)))
        }
        let limiter = RateLimiter("e", RateLimits(tokensPerMinute: 1_000), clock: time.clock)
        let model = RateLimitedModel(base: base, limiter: limiter)
        // Each takes some 640 of the 1,000 and gives back all but 20.
        for _ in 0..<15 { _ = try await model.respond(to: .sample(maximumOutput: 500, timeout: 0), onText: nil) }
        #expect(base.requests.count == 15)
        await #expect(throws: ChatError.self) {
            for _ in 0..<50 { _ = try await model.respond(to: .sample(maximumOutput: 500, timeout: 0), onText: nil) }
        }
    }

    @Test func whatWasNotSentIsGivenBack() async throws {
        let base = ScriptedModel { _, _ in .failure(ChatError(.unreachable, "", wasSent: false)) }
        let limiter = RateLimiter("e", RateLimits(requestsPerMinute: 1), clock: VirtualClock().clock)
        let model = RateLimitedModel(base: base, limiter: limiter)
        for _ in 0..<10 {
            do throws(ChatError) {
                _ = try await model.respond(to: .sample(timeout: 0), onText: nil)
            } catch {
                #expect(error.code == .unreachable)
            }
        }
        #expect(base.requests.count == 10)
    }

    @Test func theTimeWaitedIsPartOfTheTimeout() async throws {
        let time = VirtualClock()
        let base = ScriptedModel()
        let limiter = RateLimiter("e", RateLimits(requestsPerMinute: 60, requestBurst: 1), clock: time.clock)
        let model = RateLimitedModel(base: base, limiter: limiter)
        _ = try await model.respond(to: .sample(), onText: nil)
        let second = Task { try await model.respond(to: .sample(timeout: 5_000), onText: nil) }
        await eventually { time.nextWake != nil }
        time.advance(seconds: 1)
        _ = try await second.value
        #expect(base.requests.map(\.timeout) == [600_000, 4_000])
    }
}
