import Synchronization

/// Wakes whoever waits for something about a run, and holds nothing but who waits.
///
/// A listener that is slow is told once of all that it has missed: it looks for itself at what there is.
package final class RunBell: Sendable {
    private struct State {
        var listeners: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
        var last = 0
    }

    private let state = Mutex(State())

    /// Nobody waits yet.
    package init() {}

    /// What rings from now on for a run, until the stream is let go of or its reader is cancelled.
    package func listen(to run: String) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let listener = state.withLock { state in
            state.last += 1
            state.listeners[run, default: [:]][state.last] = continuation
            return state.last
        }
        continuation.onTermination = { [weak self] _ in self?.remove(listener, of: run) }
        return stream
    }

    /// Wakes all who listen to a run.
    package func ring(_ run: String) {
        let listeners = state.withLock { state in
            // Nearly always nobody listens.
            state.listeners.isEmpty ? [] : state.listeners[run].map { Array($0.values) } ?? []
        }
        for listener in listeners { listener.yield() }
    }

    /// The runs to which somebody listens.
    package var runs: [String] { state.withLock { Array($0.listeners.keys) } }

    private func remove(_ listener: Int, of run: String) {
        // Let go of outside of the lock: it may be the last who holds it.
        _ = state.withLock { state in
            let removed = state.listeners[run]?.removeValue(forKey: listener)
            if state.listeners[run]?.isEmpty == true { state.listeners[run] = nil }
            return removed
        }
    }
}
