/// What an endpoint says is left of its rate limits, as it told with an answer.
public struct RateLimitReport: Sendable, Hashable, Codable {
    /// One limited quantity; what the endpoint did not say is `nil`.
    public struct Dimension: Sendable, Hashable, Codable {
        /// How much is allowed in a period.
        public var limit: Int?
        /// How much of it is left.
        public var remaining: Int?
        /// The time until all of it is there again, in milliseconds.
        public var resetMilliseconds: Int?

        /// Makes a statement about one quantity.
        public init(limit: Int? = nil, remaining: Int? = nil, resetMilliseconds: Int? = nil) {
            self.limit = limit
            self.remaining = remaining
            self.resetMilliseconds = resetMilliseconds
        }
    }

    /// Requests.
    public var requests: Dimension?
    /// Tokens, read and generated.
    public var tokens: Dimension?

    /// Makes a report.
    public init(requests: Dimension? = nil, tokens: Dimension? = nil) {
        self.requests = requests
        self.tokens = tokens
    }
}
