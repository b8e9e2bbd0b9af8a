internal import Synchronization

/// The time limits of many calls, watched by one sleeping task.
///
/// A timer of its own costs a call more than a small tool does, and nearly all calls end long before their limit. So a
/// limit that is not the next one to come is only noted down.
final class Deadlines: Sendable {
    /// Sets a limit and returns what takes it away again.
    typealias Arm = @Sendable (Duration, @escaping @Sendable () -> Void) -> @Sendable () -> Void

    private struct State {
        var limits: [Int: (time: ContinuousClock.Instant, action: @Sendable () -> Void)] = [:]
        var lastNumber = 0
        /// When the watching task looks next.
        var look: ContinuousClock.Instant?
    }

    /// The limits of the process.
    static let shared = Deadlines()

    private let state = Mutex(State())

    /// Has `action` performed after a time, unless what this returns is called before.
    func arm(_ limit: Duration, _ action: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let time = ContinuousClock.now + limit
        let (number, isNext) = state.withLock { state in
            state.lastNumber += 1
            state.limits[state.lastNumber] = (time, action)
            let isNext = state.look.map { time < $0 } ?? true
            if isNext { state.look = time }
            return (state.lastNumber, isNext)
        }
        if isNext { look(at: time) }
        return { self.state.withLock { _ = $0.limits.removeValue(forKey: number) } }
    }

    /// Sets limits by a sleep of one's own, a task for each.
    static func sleeping(_ sleep: @escaping @Sendable (Duration) async throws -> Void) -> Arm {
        { limit, action in
            let task = Task(executorPreference: globalConcurrentExecutor) {
                do {
                    try await sleep(limit)
                } catch {
                    return
                }
                action()
            }
            return { task.cancel() }
        }
    }

    private func look(at time: ContinuousClock.Instant) {
        Task(executorPreference: globalConcurrentExecutor) {
            try? await Task.sleep(until: time, clock: .continuous)
            self.endDue(time)
        }
    }

    private func endDue(_ time: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        let (due, next) = state.withLock { state in
            let due = state.limits.filter { $0.value.time <= now }
            for number in due.keys { state.limits[number] = nil }
            // Another look has been set before this one; it goes on from there.
            guard state.look == time else { return (due, ContinuousClock.Instant?.none) }
            state.look = state.limits.values.map(\.time).min()
            return (due, state.look)
        }
        for limit in due.values { limit.action() }
        if let next { look(at: next) }
    }
}
