/// How much an endpoint takes in a minute; what is `nil` is not limited until the endpoint says so.
public struct RateLimits: Sendable, Hashable {
    /// Requests a minute.
    public var requestsPerMinute: Int?
    /// Tokens a minute, read and generated together.
    public var tokensPerMinute: Int?
    /// The most requests at once; a minute's worth without it.
    public var requestBurst: Int?
    /// The most tokens at once; a minute's worth without it.
    public var tokenBurst: Int?

    /// Nothing is limited.
    public static let none = RateLimits()

    /// Sets limits.
    public init(
        requestsPerMinute: Int? = nil,
        tokensPerMinute: Int? = nil,
        requestBurst: Int? = nil,
        tokenBurst: Int? = nil
    ) {
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.requestBurst = requestBurst
        self.tokenBurst = tokenBurst
    }
}

/// What a server said about one of its limits with an answer.
public struct ObservedLimit: Sendable, Hashable {
    /// Units a minute.
    public var limit: Int?
    /// Units that are left.
    public var remaining: Int?
    /// How long until all are there again, in milliseconds.
    public var reset: Int?

    /// Makes an observation.
    public init(limit: Int? = nil, remaining: Int? = nil, reset: Int? = nil) {
        self.limit = limit
        self.remaining = remaining
        self.reset = reset
    }
}
