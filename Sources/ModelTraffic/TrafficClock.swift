/// The time by which waits are measured: monotonic, and replaceable, so that tests need not wait.
public struct TrafficClock: Sendable {
    /// Nanoseconds since some fixed moment.
    public let now: @Sendable () -> Int64
    /// Returns once ``now`` has reached the given moment, or earlier when the task is cancelled.
    public let sleep: @Sendable (_ until: Int64) async -> Void
    /// Told how much more is under way than before, or how much less.
    ///
    /// Counted are callers that begin to wait, and go on, and the task that wakes them; one that sleeps by this clock is the
    /// clock's own to leave out meanwhile.
    package let underWay: @Sendable (_ change: Int) -> Void

    /// Makes a clock.
    public init(now: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (_ until: Int64) async -> Void) {
        self.init(now: now, sleep: sleep, underWay: { _ in })
    }

    package init(
        now: @escaping @Sendable () -> Int64,
        sleep: @escaping @Sendable (_ until: Int64) async -> Void,
        underWay: @escaping @Sendable (Int) -> Void
    ) {
        self.now = now
        self.sleep = sleep
        self.underWay = underWay
    }

    /// The machine's clock, which goes on while the machine sleeps, as the servers' clocks do.
    public static let continuous: TrafficClock = {
        let start = ContinuousClock.now
        return TrafficClock(
            now: { start.duration(to: .now).wholeNanoseconds },
            sleep: { until in
                try? await Task.sleep(until: start.advanced(by: .nanoseconds(until)), clock: .continuous)
            }
        )
    }()
}

extension Duration {
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}

extension Int64 {
    /// Milliseconds as nanoseconds; what is too large stays at a century.
    static func nanoseconds(fromMilliseconds milliseconds: Int) -> Int64 {
        let century: Int = 100 * 365 * 86_400 * 1_000
        return Int64(Swift.min(Swift.max(0, milliseconds), century)) * 1_000_000
    }

    /// Nanoseconds as milliseconds, rounded up, so that nobody comes too early.
    var milliseconds: Int { Int(self / 1_000_000 + (self % 1_000_000 > 0 ? 1 : 0)) }
}
