import ChatModel

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The time that a run goes by, injected so that tests can turn it.
public struct RunClock: Sendable {
    /// The time now, in milliseconds since 1970 UTC.
    public let now: @Sendable () -> Int64
    /// Returns at the given time or earlier, and at once when the task is cancelled; whoever wakes looks at the time.
    public let sleep: @Sendable (_ until: Int64) async -> Void
    /// Told how much more is under way in a run than before, or how much less.
    ///
    /// Counted is each task that a run waits for, until what came of it is taken in; one that sleeps by this clock is the
    /// clock's own to leave out meanwhile. So a clock of a test knows when nothing but sleeping is left.
    package let underWay: @Sendable (_ change: Int) -> Void

    /// Makes a clock.
    public init(now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Int64) async -> Void) {
        self.init(now: now, sleep: sleep, underWay: { _ in })
    }

    package init(
        now: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (Int64) async -> Void,
        underWay: @escaping @Sendable (Int) -> Void
    ) {
        self.now = now
        self.sleep = sleep
        self.underWay = underWay
    }

    /// The machine's clock.
    public static let system = RunClock(
        now: systemTime,
        // A day at most, since a time limit may be longer than a duration that can be slept.
        sleep: { until in
            try? await Task.sleep(
                for: .milliseconds(min(86_400_000, max(0, until.subtractingWithSaturation(systemTime()))))
            )
        }
    )

    private static func systemTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
