public import CrewRuntime
public import ModelTraffic
import Synchronization

/// A clock that stands still while anything is under way, and then is where the next sleeper wants it.
///
/// So a run that waits a minute for its provider takes no time at all, and nothing depends on how busy the machine is: the
/// clock counts what is under way in the runs that go by it (their calls, what came of them and is not yet recorded), and moves
/// when the last of these sleeps on it. The time limit of a run is kept as on any other clock.
///
/// ```swift
/// let clock = TestClock()
/// let engine = try CrewEngine(models: ScriptedProvider(model), clock: clock.run)
/// _ = try await engine.run(crew)
/// #expect(clock.elapsed == .seconds(60))
/// ```
///
/// A call that takes its time sleeps on the clock: `await clock.sleep(for: .seconds(30))` in the rule of a model or in a tool.
/// One that never answers waits there ``untilCancelled()``, and whoever waits for something else does so in
/// ``withoutHolding(_:)``. What goes on
/// outside of runs is not counted; where the clock is to wait for it, ``hold()`` it.
public final class TestClock: Sendable {
    private struct Sleeper {
        let id: Int
        let until: Int64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now: Int64
        var sleepers: [Sleeper] = []
        var lastID = 0
        /// How much is under way that goes on without the clock.
        var underWay = 0
        var asked: [Int64] = []

        /// Moves on if nothing is under way, to the first moment at which somebody wants to be woken.
        ///
        /// - Returns: Those who are to be woken; they are under way from now on.
        mutating func leap() -> [Sleeper] {
            guard underWay == 0, let next = sleepers.map(\.until).min(), next < .max else { return [] }
            return move(to: next)
        }

        mutating func move(to moment: Int64) -> [Sleeper] {
            now = max(now, moment)
            let due = sleepers.filter { $0.until <= now }
            sleepers.removeAll { $0.until <= now }
            underWay += due.count
            return due
        }
    }

    private let state: Mutex<State>
    private let start: Int64

    /// Makes a clock.
    ///
    /// - Parameter now: Where it stands, in milliseconds since 1970 UTC.
    public init(at now: Int64 = 1_000_000) {
        state = Mutex(State(now: now))
        start = now
    }

    /// The time, in milliseconds since 1970 UTC.
    public var now: Int64 { state.withLock { $0.now } }

    /// How far it has moved.
    public var elapsed: Duration { .milliseconds(now - start) }

    /// When sleepers wanted to be woken, in milliseconds since 1970 UTC, in the order in which they asked.
    public var asked: [Int64] { state.withLock { $0.asked } }

    /// The clock for an engine.
    public var run: RunClock {
        RunClock(now: { self.now }, sleep: { await self.sleep(until: $0) }, underWay: { self.change(by: $0) })
    }

    /// The clock for what limits the requests of all runs.
    public var traffic: TrafficClock {
        TrafficClock(
            now: { self.now * 1_000_000 },
            // Rounded up, so that nobody comes too early.
            sleep: { await self.sleep(until: $0 / 1_000_000 + ($0 % 1_000_000 > 0 ? 1 : 0)) },
            underWay: { self.change(by: $0) }
        )
    }

    /// Moves the clock, whatever is under way.
    public func advance(by duration: Duration) {
        let milliseconds =
            duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
        resume(state.withLock { $0.move(to: $0.now + milliseconds) })
    }

    /// Keeps the clock where it is until ``release()``; may be called several times.
    public func hold() { change(by: 1) }

    /// Takes back one ``hold()``.
    public func release() { change(by: -1) }

    /// Waits for something that nothing under way brings about, so that the clock may move meanwhile.
    ///
    /// For what runs within a run: the rule of a model, a tool.
    public func withoutHolding<Value, Failure: Error>(
        _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        change(by: -1)
        defer { change(by: 1) }
        return try await body()
    }

    /// Sleeps on the clock; returns at once when the task is cancelled.
    ///
    /// For what runs within a run: the rule of a model, a tool.
    public func sleep(for duration: Duration) async {
        let milliseconds =
            duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
        await sleep(until: now + milliseconds)
    }

    /// Sleeps on the clock until the task is cancelled.
    ///
    /// For what runs within a run: the rule of a model, a tool.
    public func untilCancelled() async { await sleep(until: .max) }

    private func change(by count: Int) {
        resume(
            state.withLock { state in
                state.underWay += count
                return state.leap()
            }
        )
    }

    private func sleep(until moment: Int64) async {
        let id = state.withLock { state in
            state.lastID += 1
            if moment < .max { state.asked.append(moment) }
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let due: [Sleeper]? = state.withLock { state in
                    if state.now >= moment || Task.isCancelled { return nil }
                    state.sleepers.append(Sleeper(id: id, until: moment, continuation: continuation))
                    state.underWay -= 1
                    return state.leap()
                }
                if let due { resume(due) } else { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let index = state.sleepers.firstIndex { $0.id == id }
                if index != nil { state.underWay += 1 }
                return index.map { state.sleepers.remove(at: $0) }
            }
            sleeper?.continuation.resume()
        }
    }

    private func resume(_ due: [Sleeper]) {
        for sleeper in due { sleeper.continuation.resume() }
    }
}
