import ModelTraffic
import Synchronization

/// A clock that stands still until a test moves it.
final class VirtualClock: Sendable {
    private struct Sleeper {
        let id: Int
        let until: Int64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Int64 = 0
        var nextID = 0
        var sleepers: [Sleeper] = []
    }

    private let state = Mutex(State())

    var clock: TrafficClock {
        TrafficClock(now: { [self] in now }, sleep: { [self] in await sleep(until: $0) })
    }

    var now: Int64 { state.withLock { $0.now } }

    /// When the first sleeper wants to be woken.
    var nextWake: Int64? { state.withLock { $0.sleepers.map(\.until).min() } }

    /// Moves the time and wakes those whose time has come.
    func advance(to moment: Int64) {
        let due = state.withLock { state in
            state.now = max(state.now, moment)
            let due = state.sleepers.filter { $0.until <= state.now }
            state.sleepers.removeAll { $0.until <= state.now }
            return due
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    func advance(seconds: Double) {
        advance(to: now + Int64(seconds * 1e9))
    }

    private func sleep(until moment: Int64) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.now >= moment || Task.isCancelled { return true }
                    state.sleepers.append(Sleeper(id: id, until: moment, continuation: continuation))
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume()
        }
    }
}

/// Yields until something holds; the suite's time limit bounds it.
func eventually(_ condition: () -> Bool) async {
    while !condition() { await Task.yield() }
}

let second: Int64 = 1_000_000_000
