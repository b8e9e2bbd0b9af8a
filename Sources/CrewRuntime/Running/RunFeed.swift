import CrewCore
import Synchronization

/// Carries a run's updates from its executor to one observer, who may be slower.
///
/// No event is lost and the executor never waits. What can pile up is bounded by what the run itself says: pieces of text
/// that nobody has read yet are joined into one, and of what a tool says of its progress the last is kept. An observer who waits gets a text at once when it is the first for a
/// while; what follows gathers for some milliseconds, since waking somebody for each token costs more than the token.
final class RunFeed: Sendable {
    fileprivate struct State {
        var updates: [RunUpdate] = []
        var head = 0
        /// Where what tools say of their progress waits among the updates, by their calls.
        var progress: [String: Int] = [:]
        /// The text that came after all updates, joined.
        var text = ""
        /// Who says it.
        var seat = Seat.coordinator(of: nil)
        var isFinished = false
        var waiter: CheckedContinuation<Void, Never>? { didSet { isAwaited = waiter != nil } }
        /// Whether there is a waiter; told apart, since looking at a continuation copies it.
        var isAwaited = false
        /// Until when text gathers.
        var quietUntil: ContinuousClock.Instant?
        var isWakeDue = false
    }

    /// How long text gathers.
    private static let pause = Duration.milliseconds(8)

    private let state = Mutex(State())

    func publish(_ events: [Event]) {
        state.withLock { state in
            state.closeText()
            state.updates.append(contentsOf: events.lazy.map { .event($0) })
            return state.waiter.take()
        }?.resume()
    }

    func publish(waitingFor reason: String?) {
        state.withLock { state in
            state.closeText()
            state.updates.append(.waiting(reason))
            return state.waiter.take()
        }?.resume()
    }

    func publish(_ progress: ToolProgress) {
        state.withLock { state in
            // A call that was given up may go on speaking.
            guard !state.isFinished else { return CheckedContinuation<Void, Never>?.none }
            state.closeText()
            state.put(progress)
            return state.waiter.take()
        }?.resume()
    }

    func publish(_ text: String, of seat: Seat) {
        let (waiter, mustWakeLater) = state.withLock { state in
            state.append(text, of: seat)
            guard state.isAwaited, !state.isWakeDue else {
                return (CheckedContinuation<Void, Never>?.none, false)
            }
            let now = ContinuousClock.now
            if let quiet = state.quietUntil, now < quiet {
                state.isWakeDue = true
                return (nil, true)
            }
            state.quietUntil = now + Self.pause
            return (state.waiter.take(), false)
        }
        waiter?.resume()
        if mustWakeLater { wakeLater() }
    }

    private func wakeLater() {
        Task {
            try? await Task.sleep(for: Self.pause)
            state.withLock { state in
                state.isWakeDue = false
                return state.isEmpty ? nil : state.waiter.take()
            }?.resume()
        }
    }

    func finish() {
        state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }?.resume()
    }

    /// The next update; `nil` once the run has ended, or the observer was cancelled.
    func next() async -> RunUpdate? {
        while true {
            let (update, isOver): (RunUpdate?, Bool) = state.withLock { state in
                if state.head == state.updates.count { state.closeText() }
                guard state.head < state.updates.count else { return (nil, state.isFinished) }
                let update = state.updates[state.head]
                state.head += 1
                if case .progress(let progress) = update { state.progress[progress.call] = nil }
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
                    if !state.isEmpty || state.isFinished || Task.isCancelled { return true }
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

extension RunFeed.State {
    /// Whether there is nothing to tell.
    fileprivate var isEmpty: Bool { head == updates.count && text.isEmpty }

    /// Joins the text to the piece before it, where that waits still.
    fileprivate mutating func append(_ text: String, of seat: Seat) {
        if seat != self.seat {
            closeText()
            self.seat = seat
        }
        self.text += text
    }

    /// Puts what a tool says in the place of what it said before, where nobody has read that yet.
    fileprivate mutating func put(_ said: ToolProgress) {
        if let place = progress[said.call] {
            updates[place] = .progress(said)
        } else {
            progress[said.call] = updates.count
            updates.append(.progress(said))
        }
    }

    /// Puts the text behind the updates.
    fileprivate mutating func closeText() {
        guard !text.isEmpty else { return }
        updates.append(.text(seat, text))
        text = ""
    }
}
