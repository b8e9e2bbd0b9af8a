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
