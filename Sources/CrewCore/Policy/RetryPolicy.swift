import ChatModel

/// When a failed attempt is worth another, and how long to wait for it.
///
/// Delays are "full jitter" (M. Brooker, "Exponential Backoff and Jitter", 2015): uniform between nothing and a bound
/// that doubles, so that callers which failed together do not come back together.
enum RetryPolicy {
    /// How many attempts there are at one model, the first included.
    static let maximumAttempts = 3
    /// The longest wait that a server may ask for, in milliseconds.
    static let longestWait = 120_000
    /// A run's retries are bounded by its successes: a bucket of tenths of a retry, full at the start.
    static let fullBucket = 100
    /// What a failed attempt takes from the bucket; with less in it there is no retry.
    static let costOfFailure = 10
    /// What a success puts into it.
    static let gainOfSuccess = 2

    private static let base = 500
    private static let cap = 8_000

    /// Whether an attempt that failed like this may succeed when it is simply made again.
    static func isTransient(_ failure: CallFailed) -> Bool {
        // A server's no is taken; its yes only where nothing better is known than that it objected.
        if let word = failure.serverSaysRetry, !word || failure.code == .invalidRequest { return word }
        return switch failure.code {
        case .unreachable, .timedOut, .interrupted, .truncated, .malformed, .rateLimited, .serverFailed, .circuitOpen:
            true
        case .cancelled, .untrusted, .tooLarge, .redirected, .quotaExhausted, .credentials, .unknownModel,
            .contextTooLong, .unsupported, .invalidRequest:
            false
        }
    }

    /// Whether the server itself says when to come back.
    ///
    /// Retries at its pace are no storm, so they take nothing from the bucket; many agents that run into a limit
    /// together would otherwise use it up at once.
    static func isPaced(_ failure: CallFailed) -> Bool {
        failure.code == .rateLimited && failure.retryAfter.map { (1...longestWait).contains($0) } ?? false
    }

    /// How many failures end the attempts: an answer cut off or garbled, which may have been billed, is asked for once
    /// more only.
    static func maximumFailures(_ failure: CallFailed) -> Int {
        switch failure.code {
        case .interrupted, .truncated, .malformed, .timedOut: failure.uncertain.money > .zero ? 2 : maximumAttempts
        default: maximumAttempts
        }
    }

    /// How long to wait, in milliseconds; `nil` when the server asks for longer than is waited.
    ///
    /// - Parameters:
    ///   - failure: What went wrong.
    ///   - failures: How often, this time included.
    ///   - seed: A number that differs between runs, calls and attempts, since the core rolls no dice.
    static func delay(after failure: CallFailed, failures: Int, seed: UInt64) -> Int? {
        // The upper bits of a multiplied hash are well mixed; the fraction is uniform enough to spread callers.
        let fraction = Double((seed &* 0x9E37_79B9_7F4A_7C15) >> 11) / Double(1 << 53)
        if let asked = failure.retryAfter, asked > 0 {
            guard asked <= longestWait else { return nil }
            return asked + Int(Double(asked) * 0.1 * fraction)
        }
        let bound = min(cap, base << min(failures - 1, 10))
        return Int(Double(bound) * fraction)
    }
}
