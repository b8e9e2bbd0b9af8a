import ChatModel
import Synchronization

/// Lets only so many requests be under way at once at one endpoint with one key.
///
/// Servers with few places often queue without a word what is too much for them, so that those at the end of the queue
/// seem to get no answer. Here they wait before they are sent, in the order in which they came, and no timeout runs: each
/// waits for others that have theirs. A cancelled request leaves the queue.
final class ConcurrencyLimiter: Sendable {
    private struct Shared {
        var state = ConcurrencyLimiterState()
        var continuations: [Int: CheckedContinuation<Bool, Never>] = [:]
        /// Those whose turn came before they had begun to wait.
        var passed: Set<Int> = []
    }

    /// After how many milliseconds a request that found the queue full may ask again.
    static let waitOfRefused = 1_000

    private let name: String
    private let shared = Mutex(Shared())

    init(_ name: String) { self.name = name }

    /// How many wait.
    var waiting: Int { shared.withLock { $0.state.waiting } }

    /// Makes a call once there is a place for it.
    ///
    /// - Parameter limit: How many there may be at once, this one included.
    /// - Throws: `cancelled` while it waited, or `rateLimited` when far too many wait; then nothing was sent.
    func call<Value>(
        limit: Int,
        _ body: () async throws(ChatError) -> Value
    ) async throws(ChatError) -> Value {
        switch shared.withLock({ $0.state.admit(limit: limit) }) {
        case .passes: break
        case .refused:
            throw ChatError(
                .rateLimited,
                "too many requests wait for a place at \(name)",
                retryAfter: Self.waitOfRefused,
                wasSent: false
            )
        case .waits(let number):
            guard await place(number) else {
                throw ChatError(.cancelled, "cancelled while waiting for a place at \(name)", wasSent: false)
            }
        }
        defer { resume { $0.state.leave() } }
        return try await body()
    }

    private func place(_ number: Int) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                var verdict: Bool?
                resume { shared in
                    if shared.passed.remove(number) != nil {
                        verdict = true
                    } else if Task.isCancelled {
                        // Checked under the lock: a cancellation that came earlier found nobody to resume.
                        verdict = false
                        return shared.state.remove(number)
                    } else {
                        shared.continuations[number] = continuation
                    }
                    return []
                }
                if let verdict { continuation.resume(returning: verdict) }
            }
        } onCancel: {
            var waiter: CheckedContinuation<Bool, Never>?
            resume { shared in
                // Who has its place already goes on, and notices the cancellation there.
                waiter = shared.continuations.removeValue(forKey: number)
                return waiter == nil ? [] : shared.state.remove(number)
            }
            waiter?.resume(returning: false)
        }
    }

    /// Changes what is shared, and lets those go on that have a place now.
    private func resume(_ change: (inout Shared) -> [Int]) {
        let waiters = shared.withLock { shared in
            change(&shared).compactMap { number in
                if let waiter = shared.continuations.removeValue(forKey: number) { return waiter }
                shared.passed.insert(number)
                return nil
            }
        }
        for waiter in waiters { waiter.resume(returning: true) }
    }
}
