public import ChatModel

/// A model that a crew may call: where it is, how it is asked, and what it costs.
public struct ModelDefinition: Sendable, Hashable {
    /// The name used inside the crew.
    public var name: String
    /// The model's name at its endpoint.
    public var model: String
    /// The endpoint, up to and including `/v1`; without one, the environment's or OpenAI's.
    public var baseURL: String?
    /// The environment variable that holds the key; a key itself never stands in a crew.
    public var keyVariable: String?
    /// How to sample.
    public var sampling: SamplingOptions
    /// The most tokens one answer may have, reasoning included.
    public var maximumOutput: Int
    /// What it costs; without one, the built-in table's price for this model name, if there is one.
    public var price: Price?
    /// What the response cache may do.
    public var cache: CachePolicy
    /// Requests a minute that this endpoint, key and model may get; learned from the endpoint's answers if not given.
    public var requestsPerMinute: Int?
    /// Tokens a minute, likewise.
    public var tokensPerMinute: Int?
    /// The model to turn to when this one fails for good.
    public var fallback: String?
    /// When to give up an attempt, in milliseconds.
    public var timeout: Int
    /// How long to wait for the first byte of an answer, in milliseconds.
    public var firstByteTimeout: Int
    /// How long an answer that has begun may pause, in milliseconds; a reasoning model thinks after its first bytes, too.
    public var idleTimeout: Int
    /// How many attempts a call gets at this model, the first included.
    public var maximumAttempts: Int
    /// How long a server that is starting, or that leaves nobody through, is waited for within one call, in milliseconds.
    public var patience: Int
    /// Whether a server that was never reached in the run is waited for as well: so where somebody chose the patience.
    public var awaitsStart: Bool
    /// How many requests this endpoint and key may have at once, over all runs of the process; `nil` for any number.
    public var concurrentRequests: Int?
    /// Header fields of every request.
    public var headers: [RequestParameter]
    /// Query parameters of every request.
    public var query: [RequestParameter]
    /// Further fields of every request's body, for what an endpoint knows beyond the common protocol.
    public var body: JSONObject
    /// A file of certificates in PEM to trust instead of the system's, for an endpoint with a private authority.
    public var certificateAuthorities: String?
    /// The organization to bill, for keys of OpenAI's that belong to several.
    public var organization: String?
    /// The project to bill, likewise.
    public var project: String?
    /// The way to structured output that is used and not given up; found out if not given.
    public var structuredOutput: Dialect.StructuredOutput?
    /// Whether answers may be streamed.
    public var streams: Bool
    /// The name of the role in which the operator's rules are sent; `system` if not given.
    public var systemRole: Dialect.SystemRole?

    /// How many attempts a call gets unless said otherwise.
    public static let defaultMaximumAttempts = 3
    /// How long a server is waited for unless said otherwise, in milliseconds.
    public static let defaultPatience = 120_000
    /// How long an answer may pause unless said otherwise, in milliseconds.
    public static let defaultIdleTimeout = 300_000

    /// Defines a model.
    ///
    /// - Parameter patience: How long a server is waited for; where it is given, one that was never reached
    ///   is waited for, too.
    public init(
        name: String = "default",
        model: String,
        baseURL: String? = nil,
        keyVariable: String? = nil,
        sampling: SamplingOptions = SamplingOptions(),
        maximumOutput: Int = 2_000,
        price: Price? = nil,
        cache: CachePolicy = .off,
        requestsPerMinute: Int? = nil,
        tokensPerMinute: Int? = nil,
        fallback: String? = nil,
        timeout: Duration = .seconds(600),
        firstByteTimeout: Duration = .seconds(120),
        idleTimeout: Duration = .milliseconds(ModelDefinition.defaultIdleTimeout),
        maximumAttempts: Int = ModelDefinition.defaultMaximumAttempts,
        patience: Duration? = nil,
        concurrentRequests: Int? = nil,
        headers: [RequestParameter] = [],
        query: [RequestParameter] = [],
        body: JSONObject = [:],
        certificateAuthorities: String? = nil,
        organization: String? = nil,
        project: String? = nil,
        structuredOutput: Dialect.StructuredOutput? = nil,
        streams: Bool = true,
        systemRole: Dialect.SystemRole? = nil
    ) {
        self.name = name
        self.model = model
        self.baseURL = baseURL
        self.keyVariable = keyVariable
        self.sampling = sampling
        self.maximumOutput = maximumOutput
        self.price = price
        self.cache = cache
        self.requestsPerMinute = requestsPerMinute
        self.tokensPerMinute = tokensPerMinute
        self.fallback = fallback
        self.timeout = timeout.wholeMilliseconds
        self.firstByteTimeout = firstByteTimeout.wholeMilliseconds
        self.idleTimeout = idleTimeout.wholeMilliseconds
        self.maximumAttempts = maximumAttempts
        self.patience = patience?.wholeMilliseconds ?? Self.defaultPatience
        self.awaitsStart = (patience ?? .zero) > .zero
        self.concurrentRequests = concurrentRequests
        self.headers = headers
        self.query = query
        self.body = body
        self.certificateAuthorities = certificateAuthorities
        self.organization = organization
        self.project = project
        self.structuredOutput = structuredOutput
        self.streams = streams
        self.systemRole = systemRole
    }
}

extension ModelDefinition {
    /// What tells its messages from those of others.
    var origin: Origin { Origin(endpoint: baseURL ?? "", model: model) }
}
