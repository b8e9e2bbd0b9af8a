/// The shape in which an answer is wanted.
public enum ResponseFormat: Sendable, Hashable {
    /// Prose.
    case text
    /// Any JSON object; what it holds stands in the prompt.
    case jsonObject
    /// A JSON object that follows the schema, enforced by the server.
    case jsonSchema(name: String, schema: EncodedSchema)
}

/// Which tools the model may or must call.
public enum ToolChoice: Sendable, Hashable {
    /// The model decides.
    case automatic
    /// The model may call none.
    case none
    /// The model must call this one.
    case tool(String)
}

/// How answers are sampled.
public struct SamplingOptions: Sendable, Hashable, Codable {
    /// The temperature, or the endpoint's default.
    public var temperature: Double?
    /// Nucleus sampling, or the endpoint's default.
    public var topP: Double?
    /// The seed, for endpoints that take one.
    public var seed: Int64?
    /// How long a reasoning model may think: `low`, `medium`, `high`, or the endpoint's default.
    public var reasoningEffort: String?

    /// Makes options; what is left out is the endpoint's default.
    public init(temperature: Double? = nil, topP: Double? = nil, seed: Int64? = nil, reasoningEffort: String? = nil) {
        self.temperature = temperature
        self.topP = topP
        self.seed = seed
        self.reasoningEffort = reasoningEffort
    }
}

/// One attempt to get an answer from a chat model.
public struct ChatRequest: Sendable, Hashable, Codable {
    /// The model's name at the endpoint.
    public var model: String
    /// What has been said so far.
    public var conversation: Conversation
    /// The tools on offer.
    public var tools: ToolCatalog
    /// Which of them may or must be called.
    public var toolChoice: ToolChoice
    /// The shape of the answer.
    public var responseFormat: ResponseFormat
    /// The most tokens that may be generated, reasoning included; always sent, since the budget rests on it.
    public var maximumOutput: Int
    /// How to sample.
    public var sampling: SamplingOptions
    /// What the endpoint takes.
    public var dialect: Dialect
    /// When to give up, in milliseconds from the start of the attempt; waiting for a rate limit counts.
    public var timeout: Int
    /// What the response cache may do for this request.
    public var cache: CachePolicy
    /// Further fields of the request's body.
    public var extraFields: ExtraFields

    /// Makes a request.
    public init(
        model: String,
        conversation: Conversation,
        tools: ToolCatalog = .none,
        toolChoice: ToolChoice = .automatic,
        responseFormat: ResponseFormat = .text,
        maximumOutput: Int,
        sampling: SamplingOptions = SamplingOptions(),
        dialect: Dialect = .compatible,
        timeout: Int = 600_000,
        cache: CachePolicy = .off,
        extraFields: ExtraFields = .none
    ) {
        self.model = model
        self.conversation = conversation
        self.tools = tools
        self.toolChoice = toolChoice
        self.responseFormat = responseFormat
        self.maximumOutput = maximumOutput
        self.sampling = sampling
        self.dialect = dialect
        self.timeout = timeout
        self.cache = cache
        self.extraFields = extraFields
    }

    /// An upper bound on the input tokens of this request: its bytes and a margin for templates.
    public var inputTokenBound: Int {
        var bound = conversation.tokenBound + tools.tokenBound + extraFields.tokenBound + 512
        if case .jsonSchema(_, let schema) = responseFormat { bound += schema.bytes.count }
        return bound
    }
}

/// What the response cache may do for a model's calls.
public enum CachePolicy: String, Sendable, Hashable, Codable, CaseIterable {
    /// Nothing.
    case off
    /// Answer from what is there; store nothing.
    case read
    /// Answer from what is there, and store what is new.
    case on
}
