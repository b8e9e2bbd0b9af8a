import CrewRuntime
import ModelTraffic
import Synchronization

/// A clock for whole crews with real connections: it stands still while anything moves, and then leaps to the moment at
/// which the next sleeper wants to be woken.
final class QuietClock: Sendable {
    private struct Sleeper {
        let id: Int
        let until: Int64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Int64
        var sleepers: [Sleeper] = []
        var lastID = 0
        /// Calls under way, which hold the clock.
        var busy = 0
        /// Grows with everything that moves.
        var moves = 0
        var isDriven = false
        var asked: [Int64] = []
    }

    private let state: Mutex<State>

    /// Makes a clock, in milliseconds since 1970.
    init(at now: Int64 = 1_000_000) { state = Mutex(State(now: now)) }

    var now: Int64 { state.withLock { $0.now } }

    /// When sleepers wanted to be woken, in the order in which they asked.
    var asked: [Int64] { state.withLock { $0.asked } }

    var run: RunClock { RunClock(now: { self.now }, sleep: { await self.sleep(until: $0) }) }

    var traffic: TrafficClock {
        TrafficClock(
            now: { self.now * 1_000_000 },
            sleep: { await self.sleep(until: ($0 + 999_999) / 1_000_000) }
        )
    }

    func advance(by milliseconds: Int64) {
        state.withLock { state in
            state.now += milliseconds
            state.moves += 1
        }
    }

    /// Holds the clock while something is under way.
    func hold() { change(by: 1) }

    /// Lets the clock go again.
    func release() { change(by: -1) }

    private func change(by count: Int) {
        state.withLock { state in
            state.busy += count
            state.moves += 1
        }
    }

    private func sleep(until moment: Int64) async {
        let id = state.withLock { state in
            state.lastID += 1
            state.moves += 1
            state.asked.append(moment)
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (isOver, drives) = state.withLock { state in
                    if state.now >= moment || Task.isCancelled { return (true, false) }
                    state.sleepers.append(Sleeper(id: id, until: moment, continuation: continuation))
                    defer { state.isDriven = true }
                    return (false, !state.isDriven)
                }
                if isOver { continuation.resume() }
                if drives { Task { await self.drive() } }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume()
        }
    }

    /// Leaps whenever nothing has moved for a while, until nobody sleeps.
    private func drive() async {
        while true {
            let before = state.withLock { $0.moves }
            for _ in 0..<200 { await Task.yield() }
            let due: [Sleeper]? = state.withLock { state in
                if state.sleepers.isEmpty {
                    state.isDriven = false
                    return nil
                }
                guard state.busy == 0, state.moves == before else { return [] }
                state.now = max(state.now, state.sleepers.map(\.until).min() ?? state.now)
                let due = state.sleepers.filter { $0.until <= state.now }
                state.sleepers.removeAll { $0.until <= state.now }
                state.moves += 1
                return due
            }
            guard let due else { return }
            for sleeper in due { sleeper.continuation.resume() }
        }
    }
}
