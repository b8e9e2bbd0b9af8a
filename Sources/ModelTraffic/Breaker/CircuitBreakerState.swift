import ChatModel

/// The breaker's state and its transitions; time comes in as numbers.
struct CircuitBreakerState: Sendable {
    /// What a call says about its endpoint.
    enum Outcome: Sendable, Hashable, CaseIterable {
        /// It answered.
        case success
        /// It failed in a way that more calls make worse: an error of the server, a timeout, a broken connection.
        case failure
        /// It answered with an objection: it is alive, and nothing counts.
        case objection
        /// Nothing is known, since the caller gave up.
        case unknown
    }

    /// The right to make a call, under which its outcome is recorded.
    struct Permit: Sendable, Hashable {
        fileprivate let era: Int
        fileprivate let isProbe: Bool
    }

    /// What becomes of a call.
    enum Admission: Sendable, Hashable {
        case passes(Permit)
        /// It is refused, and may ask again after so many nanoseconds.
        case refused(Int64)
    }

    /// Where the breaker stands.
    enum Phase: Sendable, Hashable {
        /// Calls pass and are counted.
        case closed
        /// Calls are refused until the moment.
        case open(until: Int64)
        /// One call probes the endpoint, the others are refused.
        case halfOpen
    }

    static let window: Int64 = 30_000_000_000
    static let minimumCalls = 5
    static let failureRatio = 0.5
    static let shortestPause: Int64 = 5_000_000_000
    static let longestPause: Int64 = 60_000_000_000
    /// When to ask again while a probe is under way.
    static let probePause: Int64 = 1_000_000_000

    private(set) var phase = Phase.closed
    private var pause = shortestPause
    /// Grows with every change of phase, so that calls from before it do not count after it.
    private var era = 0
    private var counts = SlidingCounts(window: window)

    /// Lets a call pass or refuses it.
    mutating func admit(now: Int64) -> Admission {
        switch phase {
        case .closed: return .passes(Permit(era: era, isProbe: false))
        case .open(let until) where now < until: return .refused(until - now)
        case .open:
            enter(.halfOpen)
            return .passes(Permit(era: era, isProbe: true))
        case .halfOpen: return .refused(Self.probePause)
        }
    }

    /// Records how a call ended.
    mutating func record(_ outcome: Outcome, _ permit: Permit, now: Int64) {
        guard permit.era == era else { return }
        switch (phase, outcome) {
        case (.closed, .success): counts.add(isFailure: false, now: now)
        case (.closed, .failure):
            counts.add(isFailure: true, now: now)
            let (calls, failures) = counts.sums(now: now)
            if calls >= Self.minimumCalls, Double(failures) >= Self.failureRatio * Double(calls) {
                enter(.open(until: now + pause))
            }
        case (.halfOpen, .success), (.halfOpen, .objection):
            pause = Self.shortestPause
            counts = SlidingCounts(window: Self.window)
            enter(.closed)
        case (.halfOpen, .failure):
            pause = min(2 * pause, Self.longestPause)
            enter(.open(until: now + pause))
        case (.halfOpen, .unknown):
            // The next caller probes.
            enter(.open(until: now))
        case (.closed, .objection), (.closed, .unknown), (.open, _): break
        }
    }

    private mutating func enter(_ phase: Phase) {
        self.phase = phase
        era += 1
    }
}

extension CircuitBreakerState.Outcome {
    /// Judges a failed call.
    init(_ error: ChatError) {
        self =
            switch error.code {
            case .serverFailed, .timedOut, .unreachable, .interrupted, .truncated: .failure
            case .cancelled, .circuitOpen: .unknown
            // Too many requests are the limiter's matter; the others are objections to this one request.
            case .rateLimited, .quotaExhausted, .credentials, .unknownModel, .contextTooLong, .unsupported,
                .invalidRequest, .malformed, .tooLarge, .redirected, .untrusted, .loading, .proxyRefused,
                .filtered:
                .objection
            }
    }
}

/// Calls and failures of the recent past, in thirty slots.
private struct SlidingCounts: Sendable {
    private static let slots = 30
    private let slot: Int64
    private var entries: [(slot: Int64, calls: Int, failures: Int)] = []

    init(window: Int64) {
        slot = window / Int64(Self.slots)
    }

    mutating func add(isFailure: Bool, now: Int64) {
        let current = now / slot
        entries.removeAll { $0.slot <= current - Int64(Self.slots) }
        if entries.last?.slot != current { entries.append((current, 0, 0)) }
        entries[entries.count - 1].calls += 1
        if isFailure { entries[entries.count - 1].failures += 1 }
    }

    func sums(now: Int64) -> (calls: Int, failures: Int) {
        let oldest = now / slot - Int64(Self.slots)
        return entries.reduce((0, 0)) { sum, entry in
            entry.slot > oldest ? (sum.0 + entry.calls, sum.1 + entry.failures) : sum
        }
    }
}
