/// Why an attempt gave no answer.
public struct ChatError: Error, Sendable, Hashable {
    /// The kind of failure, which decides what may be done about it.
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        /// The caller gave up.
        case cancelled
        /// The host's name did not resolve, or nothing answered there: nothing was sent.
        case unreachable
        /// The server's certificate is not to be trusted, or TLS failed: nothing was sent.
        case untrusted = "untrusted_server"
        /// No answer, or none that went on, in time.
        case timedOut = "timed_out"
        /// The connection broke after the request was sent.
        case interrupted
        /// The answer ended without its terminal marker.
        case truncated
        /// The answer is not what the protocol says.
        case malformed = "malformed_answer"
        /// The answer is larger than allowed.
        case tooLarge = "answer_too_large"
        /// The server redirects, which is not followed: it would carry the key elsewhere.
        case redirected
        /// Too many requests or tokens in a time; see ``ChatError/retryAfter``.
        case rateLimited = "rate_limited"
        /// The account's quota or balance is used up; waiting does not help.
        case quotaExhausted = "quota_exhausted"
        /// The key is missing, wrong, or not allowed to do this.
        case credentials
        /// A proxy on the way wants credentials that it was not given, or refuses.
        case proxyRefused = "proxy_refused"
        /// A filter of the provider refused the request.
        case filtered = "content_filter"
        /// The model does not exist at the endpoint.
        case unknownModel = "unknown_model"
        /// The conversation is longer than the model reads.
        case contextTooLong = "context_too_long"
        /// The endpoint refuses a part of the protocol; see ``ChatError/feature``.
        case unsupported
        /// Any other objection to the request.
        case invalidRequest = "invalid_request"
        /// The server failed.
        case serverFailed = "server_failed"
        /// The endpoint failed so often that it is left alone for a while; nothing was sent.
        case circuitOpen = "circuit_open"
        /// The server is there and not ready yet: it starts, or loads its model.
        case loading
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, for a person; holds no secret.
    public var message: String
    /// The HTTP status, when there was one.
    public var status: Int?
    /// How long the server asked to wait, in milliseconds.
    public var retryAfter: Int?
    /// The server's own word on whether a retry is worth it (`x-should-retry`).
    public var serverSaysRetry: Bool?
    /// What the endpoint refused, when `code` is `unsupported`.
    public var feature: Dialect.Feature?
    /// Whether it refused what stood there this time, such as one schema, and not the thing itself.
    public var concernsContent = false
    /// Whether any of the request may have reached the server, so that it may be billed.
    public var wasSent: Bool
    /// Whether it may be billed all the same, where the wire knows better than status and kind tell.
    public var mayBeBilled: Bool?
    /// What the endpoint said of its rate limits.
    public var rateLimits: RateLimitReport?

    /// Makes an error.
    public init(
        _ code: Code,
        _ message: String,
        status: Int? = nil,
        retryAfter: Int? = nil,
        serverSaysRetry: Bool? = nil,
        feature: Dialect.Feature? = nil,
        wasSent: Bool,
        rateLimits: RateLimitReport? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
        self.serverSaysRetry = serverSaysRetry
        self.feature = feature
        self.wasSent = wasSent
        self.rateLimits = rateLimits
    }
}

extension ChatError {
    /// Whether the model was not reached, and may be if it is waited for: its server is loading, or this program's own
    /// breaker or rate limiter held the request back.
    public var isWait: Bool {
        switch code {
        case .loading, .circuitOpen: true
        case .rateLimited: !wasSent && retryAfter != nil
        default: false
        }
    }
}

extension ChatError: CustomStringConvertible {
    /// The message, with the status when there was one.
    public var description: String {
        if let status { "\(message) (HTTP \(status))" } else { message }
    }
}
