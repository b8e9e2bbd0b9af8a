import ChatModel

/// The limiter's state and its transitions; time comes in as numbers and nothing waits here.
struct RateLimiterState: Sendable {
    /// What a request takes of each quantity.
    struct Weight: Sendable, Hashable {
        var requests = 1
        var tokens: Int
    }

    /// What becomes of a request.
    enum Admission: Sendable, Hashable {
        /// It passes now, and its weight is taken.
        case passes
        /// It waits under this number; see ``advance(_:)``.
        case waits(Int)
        /// It could never pass.
        case tooLarge(limit: Int, need: Int)
        /// It would wait this many nanoseconds, which is longer than it may.
        case tooLong(Int64)
    }

    /// What the passing of time brought.
    struct Advance: Sendable, Hashable {
        /// The waiters that pass now, in order.
        var passing: [Int] = []
        /// Those that cannot pass in time any more, with how long they would have to wait.
        var failing: [Int: Int64] = [:]
        /// When to ask again.
        var next: Int64?
    }

    private struct Waiter: Sendable {
        let number: Int
        let weight: Weight
        let deadline: Int64
    }

    private var requests: TokenBucket?
    private var tokens: TokenBucket?
    /// Whether the token limit was set by the user, so that what does not fit it is an error.
    private let tokensAreConfigured: Bool
    private var blockedUntil: Int64 = .min
    private var waiters: [Waiter] = []
    /// The sum of what the waiters want.
    private var ahead = Weight(requests: 0, tokens: 0)
    private var nextNumber = 0

    init(_ limits: RateLimits) {
        requests = limits.requestsPerMinute.map { TokenBucket(limit: $0, burst: limits.requestBurst ?? $0) }
        tokens = limits.tokensPerMinute.map { TokenBucket(limit: $0, burst: limits.tokenBurst ?? $0) }
        tokensAreConfigured = limits.tokensPerMinute != nil
    }

    /// How many wait.
    var waiting: Int { waiters.count }

    /// Lets a request pass, queues it behind those that wait, or refuses it; a refusal takes nothing.
    ///
    /// - Parameter deadline: When it gives up, in nanoseconds.
    mutating func admit(_ weight: Weight, now: Int64, deadline: Int64) -> Admission {
        if let tokens, tokensAreConfigured, weight.tokens > tokens.burst {
            return .tooLarge(limit: tokens.burst, need: weight.tokens)
        }
        let weight = fitted(weight)
        let moment = moment(for: weight, after: ahead, now: now)
        if moment <= now, waiters.isEmpty {
            take(weight, now: now)
            return .passes
        }
        guard moment <= deadline else { return .tooLong(moment - now) }
        nextNumber += 1
        waiters.append(Waiter(number: nextNumber, weight: weight, deadline: deadline))
        ahead.requests += weight.requests
        ahead.tokens += weight.tokens
        return .waits(nextNumber)
    }

    /// Lets a request pass, if nobody waits and it is time; otherwise nothing is taken.
    mutating func takesAtOnce(_ weight: Weight, now: Int64) -> Bool {
        if let tokens, tokensAreConfigured, weight.tokens > tokens.burst { return false }
        let weight = fitted(weight)
        guard waiters.isEmpty, moment(for: weight, after: ahead, now: now) <= now else { return false }
        take(weight, now: now)
        return true
    }

    /// Lets all pass for which it is time, from the front; nobody overtakes.
    mutating func advance(now: Int64) -> Advance {
        var result = Advance()
        var passed = 0
        loop: for waiter in waiters {
            let weight = fitted(waiter.weight)
            let moment = moment(for: weight, after: Weight(requests: 0, tokens: 0), now: now)
            if moment <= now {
                take(weight, now: now)
                result.passing.append(waiter.number)
            } else if moment > waiter.deadline {
                result.failing[waiter.number] = moment - now
            } else {
                result.next = moment
                break loop
            }
            ahead.requests -= waiter.weight.requests
            ahead.tokens -= waiter.weight.tokens
            passed += 1
        }
        waiters.removeFirst(passed)
        return result
    }

    /// Removes a waiter that gave up; it had taken nothing.
    ///
    /// - Returns: Whether it was still waiting.
    mutating func remove(_ number: Int) -> Bool {
        guard let index = waiters.firstIndex(where: { $0.number == number }) else { return false }
        let waiter = waiters.remove(at: index)
        ahead.requests -= waiter.weight.requests
        ahead.tokens -= waiter.weight.tokens
        return true
    }

    /// Corrects what a request took to what it used.
    mutating func settle(_ taken: Weight, used: Weight, now: Int64) {
        let taken = fitted(taken)
        requests?.giveBack(taken.requests - used.requests, now: Double(now))
        tokens?.giveBack(taken.tokens.subtractingWithSaturation(used.tokens), now: Double(now))
    }

    /// Takes over what a server says about its limits, as far as it is tighter than what is known.
    mutating func observe(_ report: RateLimitReport, now: Int64) {
        for block in [
            Self.observe(report.requests, &requests, now: now),
            Self.observe(report.tokens, &tokens, now: now),
        ].compactMap({ $0 }) { self.block(until: block) }
    }

    /// Lets nobody pass for a while.
    mutating func block(until moment: Int64) {
        blockedUntil = max(blockedUntil, moment)
    }

    /// - Returns: Until when nothing passes.
    private static func observe(_ seen: RateLimitReport.Dimension?, _ bucket: inout TokenBucket?, now: Int64) -> Int64?
    {
        guard let seen else { return nil }
        if let limit = seen.limit, limit > 0 {
            if bucket == nil { bucket = TokenBucket(limit: limit, burst: limit) }
            bucket?.tighten(limit: limit, now: Double(now))
            if let remaining = seen.remaining { bucket?.tighten(remaining: remaining, now: Double(now)) }
        }
        guard seen.remaining == 0, let reset = seen.resetMilliseconds, reset > 0 else { return nil }
        // Where a minute's limit is known, the bucket lets the next pass as soon as there is room again: most servers
        // mean by their reset the time until everything is there. A longer reset is that of a longer limit, a day's.
        guard bucket == nil || reset > 60_000 else { return nil }
        return now + .nanoseconds(fromMilliseconds: min(reset, longestBlock))
    }

    /// A server that wants more patience than this gets the next request all the same, in milliseconds.
    static let longestBlock = 120_000

    // A request larger than a limit that the server told of, or has lowered since, takes all there is: the server
    // counts differently, and has the last word.
    private func fitted(_ weight: Weight) -> Weight {
        Weight(
            requests: min(weight.requests, requests?.burst ?? .max),
            tokens: min(weight.tokens, tokens?.burst ?? .max)
        )
    }

    /// The moment at which every quantity allows the weight, in nanoseconds.
    private func moment(for weight: Weight, after ahead: Weight, now: Int64) -> Int64 {
        var moment = max(now, blockedUntil)
        if let requests {
            moment = max(
                moment,
                rounded(requests.moment(for: weight.requests, after: ahead.requests, now: Double(now)))
            )
        }
        if let tokens {
            moment = max(moment, rounded(tokens.moment(for: weight.tokens, after: ahead.tokens, now: Double(now))))
        }
        return moment
    }

    // Rounded up to whole nanoseconds, but for the error of the sums behind it.
    private func rounded(_ moment: Double) -> Int64 {
        moment < 9e18 ? Int64((moment - 0.01).rounded(.up)) : .max
    }

    private mutating func take(_ weight: Weight, now: Int64) {
        requests?.take(weight.requests, now: Double(now))
        tokens?.take(weight.tokens, now: Double(now))
    }
}
