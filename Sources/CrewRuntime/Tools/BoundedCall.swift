internal import Synchronization

/// A race of a call against its time limit and its cancellation; the first to end it decides the outcome.
///
/// A task group would wait for all its children, so that a tool that ignores its cancellation would hold up the run for
/// good. The call is therefore a task of its own: it is cancelled when the race is lost, and its late outcome is dropped.
final class BoundedCall<Outcome: Sendable>: Sendable {
    private struct State {
        var outcome: Outcome?
        var continuation: CheckedContinuation<Outcome, Never>?
        var task: Task<Void, Never>?
        var disarm: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    private init() {}

    /// Runs a call within a time limit.
    ///
    /// - Parameters:
    ///   - timeout: The limit.
    ///   - arm: Sets the limit.
    ///   - timedOut: The outcome when the limit comes first.
    ///   - cancelled: The outcome when the caller is cancelled first.
    ///   - work: The call, which runs on the global executor whatever the caller prefers.
    /// - Returns: The outcome of the call, or of what came first.
    static func run(
        timeout: Duration,
        arm: Deadlines.Arm,
        timedOut: Outcome,
        cancelled: Outcome,
        work: @escaping @Sendable () async -> Outcome
    ) async -> Outcome {
        let race = BoundedCall()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard race.begin(continuation) else { return }
                let disarm = arm(timeout) { race.end(timedOut) }
                // The caller may prefer the thread that serves the network, which tools must never keep busy.
                race.own(Task(executorPreference: globalConcurrentExecutor) { race.end(await work()) }, disarm)
            }
        } onCancel: {
            race.end(cancelled)
        }
    }

    private func begin(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let outcome = state.withLock { state in
            if state.outcome == nil { state.continuation = continuation }
            return state.outcome
        }
        guard let outcome else { return true }
        continuation.resume(returning: outcome)
        return false
    }

    private func own(_ task: Task<Void, Never>, _ disarm: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            if state.outcome == nil { (state.task, state.disarm) = (task, disarm) }
            return state.outcome != nil
        }
        guard isOver else { return }
        task.cancel()
        disarm()
    }

    private func end(_ outcome: Outcome) {
        let before = state.withLock { state in
            let before = state
            if state.outcome == nil { state = State(outcome: outcome) }
            return before
        }
        guard before.outcome == nil else { return }
        before.task?.cancel()
        before.disarm?()
        before.continuation?.resume(returning: outcome)
    }
}
