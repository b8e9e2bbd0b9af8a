import Synchronization

/// What others ask of the engine thread, and the executor that runs tasks on it.
///
/// The thread is woken only while it sleeps or is about to, so whatever is posted from the thread itself, or while it
/// works, costs no system call. After the engine's end, jobs go to the global pool, so that no task is ever lost.
final class Mailbox: TaskExecutor, Sendable {
    enum Command: Sendable {
        case start(Exchange)
        case cancel(Exchange)
    }

    private enum Phase { case running, closing, ended }

    private struct State {
        var commands: [Command] = []
        var jobs: [UnownedJob] = []
        var phase = Phase.running
        var isAsleep = false
        var closers: [CheckedContinuation<Void, Never>] = []

        /// Whether the poster has to wake the thread.
        mutating func takeSleep() -> Bool {
            defer { isAsleep = false }
            return isAsleep
        }
    }

    private let state = Mutex(State())
    private let multi: MultiHandle
    /// Posters that decided to wake the thread and may not have done so yet.
    private let wakers = Atomic<Int>(0)

    init(waking multi: MultiHandle) {
        self.multi = multi
    }

    // MARK: For any thread

    /// Hands a command over; false when the engine takes no more.
    func post(_ command: Command) -> Bool {
        let (isTaken, wakes) = state.withLock { state in
            guard state.phase == .running else { return (false, false) }
            state.commands.append(command)
            return (true, decideToWake(&state))
        }
        if wakes { wake() }
        return isTaken
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (isTaken, wakes) = state.withLock { state in
            guard state.phase != .ended else { return (false, false) }
            state.jobs.append(job)
            return (true, decideToWake(&state))
        }
        if wakes { wake() }
        if !isTaken { globalConcurrentExecutor.enqueue(ExecutorJob(job)) }
    }

    func close() {
        let wakes = state.withLock { state in
            guard state.phase == .running else { return false }
            state.phase = .closing
            return decideToWake(&state)
        }
        if wakes { wake() }
    }

    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.phase != .ended { state.closers.append(continuation) }
                return state.phase == .ended
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func decideToWake(_ state: inout State) -> Bool {
        guard state.takeSleep() else { return false }
        wakers.add(1, ordering: .relaxed)
        return true
    }

    private func wake() {
        multi.wake()
        wakers.subtract(1, ordering: .releasing)
    }

    // MARK: For the engine thread

    /// Exchanges the empty array for the jobs that wait; the storage is used again and again.
    func take(_ jobs: inout [UnownedJob]) {
        state.withLock { state in
            state.isAsleep = false
            swap(&state.jobs, &jobs)
        }
    }

    /// Exchanges the empty array for the commands that wait; false when the engine is to end.
    func take(_ commands: inout [Command]) -> Bool {
        state.withLock { state in
            swap(&state.commands, &commands)
            return state.phase == .running
        }
    }

    /// Announces that the thread is about to sleep; false when there is something to do.
    func mayFallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.commands.isEmpty && state.jobs.isEmpty && state.phase == .running
            return state.isAsleep
        }
    }

    /// What nobody has done when the engine ends.
    struct Leftovers: Sendable {
        var commands: [Command]
        var jobs: [UnownedJob]
        var closers: [CheckedContinuation<Void, Never>]
    }

    /// Takes nothing more, and waits until nobody can touch the multi handle.
    func end() -> Leftovers {
        let leftovers = state.withLock { state in
            let leftovers = Leftovers(commands: state.commands, jobs: state.jobs, closers: state.closers)
            state = State()
            state.phase = .ended
            return leftovers
        }
        while wakers.load(ordering: .acquiring) != 0 { yieldThread() }
        return leftovers
    }
}
