public import ChatModel
import Synchronization

/// Keeps the requests to one endpoint, with one key and for one model, within their limits.
///
/// All agents, runs and coordinators that use the same endpoint share one. Requests pass in the order in which they
/// came; each takes its requests and tokens together or waits for both.
public final class RateLimiter: Sendable {
    /// What a request takes of each quantity.
    typealias Weight = RateLimiterState.Weight

    private enum Verdict: Sendable {
        case passes
        case cancelled
        case tooLong(Int64)
    }

    private struct Shared {
        var state: RateLimiterState
        var continuations: [Int: CheckedContinuation<Verdict, Never>] = [:]
        /// When the timer goes off, and the task that waits for it.
        var alarm: (at: Int64, task: Task<Void, Never>)?
    }

    private let name: String
    private let clock: TrafficClock
    private let shared: Mutex<Shared>

    /// Makes a limiter.
    ///
    /// - Parameters:
    ///   - name: What is limited, for messages.
    ///   - limits: What is known of its limits.
    ///   - clock: The time.
    public init(_ name: String, _ limits: RateLimits, clock: TrafficClock = .continuous) {
        self.name = name
        self.clock = clock
        shared = Mutex(Shared(state: RateLimiterState(limits)))
    }

    /// How many requests wait.
    package var waiting: Int { shared.withLock { $0.state.waiting } }

    /// Waits until a request may be sent, and takes its weight.
    ///
    /// A cancelled request leaves the queue and has taken nothing.
    ///
    /// - Parameters:
    ///   - weight: What the request takes.
    ///   - timeout: How long it may wait, in milliseconds.
    /// - Returns: How long it waited, in nanoseconds.
    /// - Throws: `rateLimited` at once when it could not be sent in time, or never; `cancelled`. Nothing was sent.
    func acquire(_ weight: Weight, timeout: Int) async throws(ChatError) -> Int64 {
        let now = clock.now()
        let admission = shared.withLock {
            $0.state.admit(weight, now: now, deadline: now + .nanoseconds(fromMilliseconds: timeout))
        }
        switch admission {
        case .passes: return 0
        case .tooLarge(let limit, let need): throw tooLarge(limit: limit, need: need)
        case .tooLong(let wait): throw tooLong(wait)
        case .waits(let number):
            switch await verdict(number) {
            case .passes: return clock.now() - now
            case .cancelled:
                throw ChatError(.cancelled, "cancelled while waiting for the rate limit of \(name)", wasSent: false)
            case .tooLong(let wait): throw tooLong(wait)
            }
        }
    }

    /// Takes a request's weight, if it may be sent now.
    func takesAtOnce(_ weight: Weight) -> Bool {
        let now = clock.now()
        return shared.withLock { $0.state.takesAtOnce(weight, now: now) }
    }

    /// Corrects what a request took to what it used.
    func settle(_ taken: Weight, used: Weight) {
        guard taken != used else { return }
        change { $0.settle(taken, used: used, now: $1) }
    }

    /// Takes over what a server says about its limits, as far as it is tighter than what is known.
    public func observe(_ report: RateLimitReport) {
        change { $0.observe(report, now: $1) }
    }

    /// Lets nobody pass for a while, as a server asked.
    ///
    /// - Parameter milliseconds: How long; at most two minutes count.
    public func block(for milliseconds: Int) {
        let bounded = min(milliseconds, RateLimiterState.longestBlock)
        change { $0.block(until: $1 + .nanoseconds(fromMilliseconds: bounded)) }
    }

    private func verdict(_ number: Int) async -> Verdict {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // Checked under the lock: a cancellation that came earlier found nobody to resume.
                let isCancelled = shared.withLock { shared in
                    if Task.isCancelled, shared.state.remove(number) { return true }
                    shared.continuations[number] = continuation
                    return false
                }
                if isCancelled { continuation.resume(returning: .cancelled) }
                advance()
                // Only now: what wakes the caller is under way itself.
                if !isCancelled { clock.underWay(-1) }
            }
        } onCancel: {
            let continuation = shared.withLock { shared in
                shared.continuations[number] != nil && shared.state.remove(number)
                    ? shared.continuations.removeValue(forKey: number) : nil
            }
            if let continuation {
                clock.underWay(1)
                continuation.resume(returning: .cancelled)
            }
            advance()
        }
    }

    private func change(_ body: (inout RateLimiterState, _ now: Int64) -> Void) {
        let now = clock.now()
        let someoneWaits = shared.withLock { shared in
            body(&shared.state, now)
            return shared.state.waiting > 0
        }
        if someoneWaits { advance() }
    }

    /// Resumes those whose time has come and sets the timer for the next.
    private func advance() {
        let now = clock.now()
        let verdicts = shared.withLock { shared in
            var verdicts: [(CheckedContinuation<Verdict, Never>, Verdict)] = []
            // A waiter that has its number but not yet its continuation asks again once it has.
            guard shared.state.waiting == shared.continuations.count else { return verdicts }
            let advance = shared.state.advance(now: now)
            for number in advance.passing {
                if let waiter = shared.continuations.removeValue(forKey: number) { verdicts.append((waiter, .passes)) }
            }
            for (number, wait) in advance.failing {
                if let waiter = shared.continuations.removeValue(forKey: number) {
                    verdicts.append((waiter, .tooLong(wait)))
                }
            }
            setAlarm(&shared, advance.next)
            return verdicts
        }
        for (waiter, verdict) in verdicts {
            clock.underWay(1)
            waiter.resume(returning: verdict)
        }
    }

    private func setAlarm(_ shared: inout Shared, _ next: Int64?) {
        if let alarm = shared.alarm, alarm.at == next { return }
        shared.alarm?.task.cancel()
        shared.alarm = next.map { at in
            clock.underWay(1)
            return (
                at,
                Task { [self] in
                    await clock.sleep(at)
                    if !Task.isCancelled { ring(at) }
                    clock.underWay(-1)
                }
            )
        }
    }

    private func ring(_ at: Int64) {
        shared.withLock { if $0.alarm?.at == at { $0.alarm = nil } }
        advance()
    }

    private func tooLarge(limit: Int, need: Int) -> ChatError {
        ChatError(
            .rateLimited,
            "a request of about \(need) tokens never fits the limit of \(limit) tokens at once of \(name)",
            wasSent: false
        )
    }

    private func tooLong(_ wait: Int64) -> ChatError {
        ChatError(
            .rateLimited,
            "the rate limit of \(name) would let the request pass only in \(wait.milliseconds) ms, after its timeout",
            retryAfter: wait.milliseconds,
            wasSent: false
        )
    }
}
