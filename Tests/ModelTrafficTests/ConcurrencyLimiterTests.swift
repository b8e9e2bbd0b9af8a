import ChatModel
import Synchronization
import Testing

@testable import ModelTraffic

/// Requests at once at one endpoint and key.
@Suite(.timeLimit(.minutes(1)))
struct ConcurrencyLimiterTests {
    /// Answers only when it is told to, and knows how many it had at once.
    private final class Gate: Sendable {
        private struct State {
            var active = 0
            var most = 0
            var begun: [String] = []
            var waiters: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var active: Int { state.withLock { $0.active } }
        var most: Int { state.withLock { $0.most } }
        var begun: [String] { state.withLock { $0.begun } }

        func pass(_ name: String) async {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    state.active += 1
                    state.most = max(state.most, state.active)
                    state.begun.append(name)
                    state.waiters.append(continuation)
                }
            }
        }

        func open() {
            let waiter = state.withLock { state in
                state.active -= 1
                return state.waiters.removeFirst()
            }
            waiter.resume()
        }
    }

    /// How many are at work.
    private final class Counter: Sendable {
        private let value = Mutex(0)

        func change(by amount: Int) -> Int {
            value.withLock { value in
                value += amount
                return value
            }
        }
    }

    private static func model(_ gate: Gate, _ limit: Int, _ traffic: TrafficControl, key: String = "k") -> any ChatModel
    {
        let base = ScriptedModel { _, request in
            await gate.pass(request.conversation.messages.last?.text ?? "")
            return .success(ChatResponse(text: "yes"))
        }
        return traffic.model(wrapping: base, endpoint: "e", keyIdentity: key, model: "m", concurrent: limit)
    }

    @Test func fewAtOnceInTheOrderInWhichTheyCame() async throws {
        let gate = Gate()
        let limiter = ConcurrencyLimiter("e")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    _ = try await limiter.call(limit: 2) { () async throws(ChatError) -> ChatResponse in
                        await gate.pass("\(number)")
                        return ChatResponse(text: "yes")
                    }
                }
                // One after the other, so that there is an order to keep.
                await eventually { gate.active + limiter.waiting == number + 1 }
            }
            for left in (0..<20).reversed() {
                await eventually { gate.active == min(2, left + 1) }
                gate.open()
            }
            try await group.waitForAll()
        }
        #expect(gate.most == 2)
        #expect(gate.begun == (0..<20).map(String.init))
        #expect(limiter.waiting == 0)
    }

    @Test func agentsAndRunsWithOneKeyShareThePlaces() async throws {
        let gate = Gate()
        let traffic = TrafficControl()
        let models = (0..<6).map { _ in Self.model(gate, 3, traffic) }
        let other = Self.model(gate, 3, traffic, key: "other")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for model in models { group.addTask { _ = try await model.respond(to: .sample("own"), onText: nil) } }
            await eventually { gate.active == 3 }
            group.addTask { _ = try await other.respond(to: .sample("other"), onText: nil) }
            await eventually { gate.active == 4 }
            for _ in 0..<7 {
                await eventually { gate.active > 0 }
                gate.open()
            }
            try await group.waitForAll()
        }
        #expect(gate.begun.count == 7)
        #expect(gate.most == 4)
    }

    @Test func whoIsCancelledLeavesTheQueueAndNoPlaceIsLost() async throws {
        let gate = Gate()
        let limiter = ConcurrencyLimiter("e")
        @Sendable func call(_ name: String) async throws(ChatError) {
            _ = try await limiter.call(limit: 1) { () async throws(ChatError) -> ChatResponse in
                await gate.pass(name)
                return ChatResponse(text: "yes")
            }
        }
        let first = Task { try await call("first") }
        await eventually { gate.active == 1 }
        let second = Task { try await call("second") }
        await eventually { limiter.waiting == 1 }
        let third = Task { try await call("third") }
        await eventually { limiter.waiting == 2 }
        second.cancel()
        do {
            try await second.value
            Issue.record("a cancelled request was made")
        } catch {
            #expect((error as? ChatError)?.code == .cancelled)
            #expect((error as? ChatError)?.wasSent == false)
        }
        #expect(limiter.waiting == 1)
        gate.open()
        await eventually { gate.active == 1 }
        gate.open()
        try await first.value
        try await third.value
        #expect(gate.begun == ["first", "third"])
        // A request that fails gives its place back, too.
        for _ in 0..<3 {
            await #expect(throws: ChatError.self) {
                _ = try await limiter.call(limit: 1) { () async throws(ChatError) -> ChatResponse in
                    throw ChatError(.serverFailed, "no", wasSent: true)
                }
            }
        }
    }

    /// Cancellations at any moment, against many threads: at the end every place is free.
    @Test func noPlaceIsLostInAStorm() async throws {
        let limiter = ConcurrencyLimiter("e")
        let active = Counter()
        @Sendable func call() async {
            _ = try? await limiter.call(limit: 4) { () async throws(ChatError) -> ChatResponse in
                #expect(active.change(by: 1) <= 4)
                await Task.yield()
                _ = active.change(by: -1)
                return ChatResponse(text: "yes")
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2_000 {
                group.addTask {
                    let task = Task { await call() }
                    if number % 3 == 0 { task.cancel() }
                    await task.value
                }
            }
        }
        #expect(limiter.waiting == 0)
        // All four can be had at once again.
        let gate = Gate()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<4 {
                group.addTask {
                    _ = try? await limiter.call(limit: 4) { () async throws(ChatError) -> ChatResponse in
                        await gate.pass("\(number)")
                        return ChatResponse(text: "yes")
                    }
                }
            }
            await eventually { gate.active == 4 }
            for _ in 0..<4 { gate.open() }
        }
    }

    @Test func noPlaceIsKeptByWhoMaySendNothing() async throws {
        let time = VirtualClock()
        let traffic = TrafficControl(clock: time.clock)
        let busy = ScriptedModel { number, _ in
            number == 1
                ? .failure(ChatError(.rateLimited, "slow down", retryAfter: 60_000, wasSent: true))
                : .success(ChatResponse(text: "late"))
        }
        func model(_ base: any ChatModel, _ name: String) -> any ChatModel {
            traffic.model(wrapping: base, endpoint: "e", keyIdentity: "k", model: name, concurrent: 1)
        }
        let (first, other) = (model(busy, "a"), model(ScriptedModel(), "b"))
        await #expect(throws: ChatError.self) { try await first.respond(to: .sample(), onText: nil) }
        let waiting = Task { try await first.respond(to: .sample(), onText: nil) }
        await eventually { time.nextWake != nil }
        #expect(try await other.respond(to: .sample(), onText: nil).text == "yes")
        #expect(busy.requests.count == 1)
        time.advance(seconds: 60)
        #expect(try await waiting.value.text == "late")
        // What it waited for the limiter is part of its time.
        #expect((busy.requests.last?.timeout ?? 0) <= 600_000 - 60_000)
    }

    @Test func whoLeavesTheMiddleIsForgotten() {
        var state = ConcurrencyLimiterState()
        #expect(state.admit(limit: 1) == .passes)
        for number in 1...1_000 { #expect(state.admit(limit: 1) == .waits(number)) }
        for number in 1...1_000 where number % 10 != 0 { #expect(state.remove(number) == []) }
        // Once more, and one that never was.
        #expect(state.remove(1) == [] && state.remove(2_000) == [] && state.waiting == 100)
        for number in 1...100 { #expect(state.leave() == [number * 10]) }
        #expect(state.leave() == [] && state.waiting == 0 && state.active == 0)
        #expect(state.admit(limit: 1) == .passes)
    }

    @Test func theQueueIsBounded() {
        var state = ConcurrencyLimiterState()
        #expect(state.admit(limit: 1) == .passes)
        for number in 1...ConcurrencyLimiterState.longestQueue { #expect(state.admit(limit: 1) == .waits(number)) }
        #expect(state.admit(limit: 1) == .refused)
        #expect(state.leave() == [1])
    }
}
