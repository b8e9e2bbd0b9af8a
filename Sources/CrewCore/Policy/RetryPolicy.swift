import ChatModel

/// When a failed attempt is worth another, and how long to wait for it.
///
/// A failure is one of three kinds. What nothing can mend ends the call. What may pass is tried again, so many times in
/// all, after waits that are "full jitter" (M. Brooker, "Exponential Backoff and Jitter", 2015): uniform between nothing
/// and a bound that doubles, so that callers which failed together do not come back together. And a server that cannot
/// answer yet is waited for: that costs no attempt, and ends when the model's patience does; see ``RunState/isWaitedFor``.
enum RetryPolicy {
    /// A run's retries are bounded by its successes: a bucket of tenths of a retry, full at the start.
    static let fullBucket = 100
    /// What a failed attempt takes from the bucket; with less in it there is no retry.
    static let costOfFailure = 10
    /// What a success puts into it.
    static let gainOfSuccess = 2

    private static let base = 500
    private static let cap = 8_000
    /// The longest time between two looks at a server that does not say when it will be ready.
    private static let longestLook = 15_000

    /// Whether an attempt that failed like this may succeed when it is simply made again.
    static func isTransient(_ failure: CallFailed) -> Bool {
        // A server's no is taken; its yes only where nothing better is known than that it objected.
        if let word = failure.serverSaysRetry, !word || failure.code == .invalidRequest { return word }
        return switch failure.code {
        case .unreachable, .timedOut, .interrupted, .truncated, .malformed, .rateLimited, .serverFailed: true
        case .cancelled, .untrusted, .tooLarge, .redirected, .quotaExhausted, .credentials, .unknownModel,
            .contextTooLong, .unsupported, .invalidRequest, .circuitOpen, .loading, .proxyRefused,
            .filtered:
            false
        }
    }

    /// Whether the server itself says when to come back.
    ///
    /// Retries at its pace are no storm, so they take nothing from the bucket; many agents that run into a limit
    /// together would otherwise use it up at once.
    ///
    /// - Parameter patience: The longest wait that a server may ask for, in milliseconds.
    static func isPaced(_ failure: CallFailed, patience: Int) -> Bool {
        failure.code == .rateLimited && failure.retryAfter.map { $0 > 0 && $0 <= patience } ?? false
    }

    /// How many failures end the attempts: what may have been billed, whatever its kind, is asked for once more only.
    ///
    /// - Parameters:
    ///   - attempts: How many attempts the model gets.
    ///   - price: What it costs; one that costs nothing bills nothing, and one whose price is unknown may.
    static func maximumFailures(_ failure: CallFailed, attempts: Int, price: Price?) -> Int {
        failure.uncertain == .zero || price == .free ? attempts : min(2, attempts)
    }

    /// How long to wait before another attempt, in milliseconds; `nil` when the server asks for longer than is waited.
    ///
    /// - Parameters:
    ///   - failure: What went wrong.
    ///   - failures: How often, this time included.
    ///   - patience: The longest wait that a server may ask for, in milliseconds.
    ///   - seed: A number that differs between runs, calls and attempts, since the core rolls no dice.
    static func delay(after failure: CallFailed, failures: Int, patience: Int, seed: UInt64) -> Int? {
        let fraction = fraction(seed)
        if let asked = failure.retryAfter, asked > 0 {
            guard asked <= patience else { return nil }
            return asked.addingWithSaturation(Int(Double(asked) * 0.1 * fraction))
        }
        let bound = min(cap, base << min(failures - 1, 10))
        return Int(Double(bound) * fraction)
    }

    /// How long to wait for a server that cannot answer yet, in milliseconds; `nil` when it was waited for long enough.
    ///
    /// It is looked at as often as half of the time for which it has been waited, so that a short wait ends soon and a
    /// long one makes few requests.
    ///
    /// - Parameters:
    ///   - failure: What it said.
    ///   - waited: For how long it has been waited, in milliseconds.
    ///   - patience: For how long it may be.
    ///   - seed: As for ``delay(after:failures:patience:seed:)``.
    static func wait(after failure: CallFailed, waited: Int64, patience: Int, seed: UInt64) -> Int? {
        let left = patience - Int(clamping: max(0, waited))
        guard left > 0 else { return nil }
        if let asked = failure.retryAfter, asked > 0 {
            guard asked <= left else { return nil }
            return asked.addingWithSaturation(Int(Double(asked) * 0.1 * fraction(seed)))
        }
        let bound = min(longestLook, max(base, Int(clamping: waited) / 2))
        return min(left, bound / 2 + Int(Double(bound / 2) * fraction(seed)))
    }

    // The upper bits of a multiplied hash are well mixed; the fraction is uniform enough to spread callers.
    private static func fraction(_ seed: UInt64) -> Double {
        Double((seed &* 0x9E37_79B9_7F4A_7C15) >> 11) / Double(1 << 53)
    }
}
