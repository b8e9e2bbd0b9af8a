public import ChatModel

/// A model that a crew may call: where it is, how it is asked, and what it costs.
public struct ModelDefinition: Sendable, Hashable, Codable {
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

    /// Defines a model.
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
        timeout: Int = 600_000,
        firstByteTimeout: Int = 120_000
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
        self.timeout = timeout
        self.firstByteTimeout = firstByteTimeout
    }
}

extension ModelDefinition {
    /// What tells its messages from those of others.
    var origin: Origin { Origin(endpoint: baseURL ?? "", model: model) }
}
