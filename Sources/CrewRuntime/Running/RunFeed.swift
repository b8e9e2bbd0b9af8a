import CrewCore
import Synchronization

/// Carries a run's updates from its executor to one observer, who may be slower.
///
/// No event is lost and the executor never waits. What can pile up is bounded by what the run itself says: pieces of text
/// that nobody has read yet are joined into one.
final class RunFeed: Sendable {
    private struct State {
        var updates: [RunUpdate] = []
        var head = 0
        var isFinished = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func publish(_ events: [Event]) {
        push { updates in updates.append(contentsOf: events.map { .event($0) }) }
    }

    func publish(_ text: String, of speaker: Speaker) {
        push { updates in
            if case .text(speaker, let earlier)? = updates.last {
                updates[updates.count - 1] = .text(speaker, earlier + text)
            } else {
                updates.append(.text(speaker, text))
            }
        }
    }

    func finish() {
        state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }?.resume()
    }

    private func push(_ change: (inout [RunUpdate]) -> Void) {
        state.withLock { state in
            if state.head == state.updates.count {
                state.updates.removeAll(keepingCapacity: true)
                state.head = 0
            }
            change(&state.updates)
            return state.waiter.take()
        }?.resume()
    }

    /// The next update; `nil` once the run has ended, or the observer was cancelled.
    func next() async -> RunUpdate? {
        while true {
            let (update, isOver): (RunUpdate?, Bool) = state.withLock { state in
                guard state.head < state.updates.count else { return (nil, state.isFinished) }
                let update = state.updates[state.head]
                state.head += 1
                if state.head == state.updates.count {
                    state.updates.removeAll(keepingCapacity: true)
                    state.head = 0
                }
                return (update, false)
            }
            if update != nil || isOver || Task.isCancelled { return update }
            await waitForMore()
        }
    }

    private func waitForMore() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.head < state.updates.count || state.isFinished || Task.isCancelled { return true }
                    state.waiter = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}
