import ChatModel
import Synchronization

/// Leaves an endpoint alone for a while when half of its recent calls failed.
///
/// At least half of the calls of 30 seconds, and five of them, must have failed. It then refuses calls for 5 seconds,
/// lets one through, and doubles the pause up to a minute as long as that one fails.
public final class CircuitBreaker: Sendable {
    private let name: String
    private let clock: TrafficClock
    private let state = Mutex(CircuitBreakerState())

    /// Makes a breaker.
    ///
    /// - Parameters:
    ///   - name: The endpoint, for messages.
    ///   - clock: The time.
    public init(_ name: String, clock: TrafficClock = .continuous) {
        self.name = name
        self.clock = clock
    }

    /// Makes a call unless the endpoint is left alone.
    ///
    /// - Throws: `circuitOpen` with the time until the next probe; the call's own errors.
    func call(
        _ body: () async throws(ChatError) -> ChatResponse
    ) async throws(ChatError) -> ChatResponse {
        let now = clock.now()
        switch state.withLock({ $0.admit(now: now) }) {
        case .refused(let wait):
            throw ChatError(
                .circuitOpen,
                "\(name) failed repeatedly and is left alone for another \(wait.milliseconds) ms",
                retryAfter: wait.milliseconds,
                wasSent: false
            )
        case .passes(let permit):
            do throws(ChatError) {
                let response = try await body()
                record(.success, permit)
                return response
            } catch {
                record(CircuitBreakerState.Outcome(error), permit)
                throw error
            }
        }
    }

    private func record(_ outcome: CircuitBreakerState.Outcome, _ permit: CircuitBreakerState.Permit) {
        let now = clock.now()
        state.withLock { $0.record(outcome, permit, now: now) }
    }
}

/// A chat model behind a breaker.
struct BreakingModel: ChatModel {
    let base: any ChatModel
    let breaker: CircuitBreaker

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        try await breaker.call { () async throws(ChatError) -> ChatResponse in
            try await base.respond(to: request, onText: onText)
        }
    }
}
