/// The engine's time, read once per turn, and the earliest moment at which a deadline can pass.
///
/// Deadlines only move away while an answer comes in, so `nextCheck` may be too early but never too late, and the
/// transfers need looking at only then.
final class EngineClock {
    private(set) var now = monotonicMilliseconds()
    private(set) var nextCheck = Int64.max

    func update() { now = monotonicMilliseconds() }

    func expectDeadline(at time: Int64) { nextCheck = min(nextCheck, time) }

    func forgetDeadlines() { nextCheck = .max }

    /// How long to sleep; libcurl shortens it for its own timers.
    var millisecondsToSleep: Int32 {
        Int32(clamping: min(max(0, nextCheck - now), 1_000_000))
    }
}
