/// A complete answer of a chat model.
public struct ChatResponse: Sendable, Hashable {
    /// Why the model stopped.
    public enum FinishReason: String, Sendable, Hashable, Codable, CaseIterable {
        /// It was done.
        case stop
        /// It reached the output limit: the text is cut.
        case length
        /// It wants tools called.
        case toolCalls = "tool_calls"
        /// A filter of the provider stepped in.
        case contentFilter = "content_filter"
    }

    /// The text, possibly empty.
    public var text: String
    /// The tools it wants called.
    public var toolCalls: [ToolCall]
    /// What the endpoint wants back with this answer, should the conversation go on.
    public var opaque: OpaqueFields?
    /// The model's words of refusal, when it refused.
    public var refusal: String?
    /// Why it stopped.
    public var finishReason: FinishReason
    /// What it used, when the endpoint said so soundly.
    public var usage: TokenUsage?
    /// What the provider says that the call costs, where it says so.
    public var providerCost: Money?
    /// Whether the response cache answered: nothing was sent and nothing is owed.
    public var isCached: Bool
    /// What the endpoint said of its rate limits.
    public var rateLimits: RateLimitReport?
    /// The bytes of reasoning that came beside the text, kept or not: the tokens cannot be fewer than they need.
    package var thoughtBytes = 0

    /// Makes a response.
    public init(
        text: String,
        toolCalls: [ToolCall] = [],
        opaque: OpaqueFields? = nil,
        refusal: String? = nil,
        finishReason: FinishReason = .stop,
        usage: TokenUsage? = nil,
        providerCost: Money? = nil,
        isCached: Bool = false,
        rateLimits: RateLimitReport? = nil
    ) {
        self.text = text
        self.toolCalls = toolCalls
        self.opaque = opaque
        self.refusal = refusal
        self.finishReason = finishReason
        self.usage = usage
        self.providerCost = providerCost
        self.isCached = isCached
        self.rateLimits = rateLimits
    }
}

/// The tokens of one call, as the provider counted them.
public struct TokenUsage: Sendable, Hashable, Codable {
    /// All tokens read, cached ones included.
    public var input: Int
    /// Those of the input that came from the provider's prompt cache.
    public var cachedInput: Int
    /// Those of the input that were written to the provider's prompt cache.
    public var cacheWrites: Int
    /// All tokens generated, reasoning included.
    public var output: Int
    /// Those of the output that were reasoning.
    public var reasoning: Int

    /// Makes a count.
    public init(input: Int, cachedInput: Int = 0, cacheWrites: Int = 0, output: Int, reasoning: Int = 0) {
        self.input = input
        self.cachedInput = cachedInput
        self.cacheWrites = cacheWrites
        self.output = output
        self.reasoning = reasoning
    }

    /// Reads the counts; one that says nothing of writes to the cache has none.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        input = try values.decode(Int.self, forKey: .input)
        cachedInput = try values.decode(Int.self, forKey: .cachedInput)
        cacheWrites = try values.decodeIfPresent(Int.self, forKey: .cacheWrites) ?? 0
        output = try values.decode(Int.self, forKey: .output)
        reasoning = try values.decode(Int.self, forKey: .reasoning)
    }

    /// Input and output together.
    public var total: Int { input.addingWithSaturation(output) }
}

extension TokenUsage: AdditiveArithmetic {
    /// No tokens.
    public static let zero = TokenUsage(input: 0, output: 0)

    /// Adds kind by kind; a sum beyond the largest number is that number.
    public static func + (left: TokenUsage, right: TokenUsage) -> TokenUsage {
        TokenUsage(
            input: left.input.addingWithSaturation(right.input),
            cachedInput: left.cachedInput.addingWithSaturation(right.cachedInput),
            cacheWrites: left.cacheWrites.addingWithSaturation(right.cacheWrites),
            output: left.output.addingWithSaturation(right.output),
            reasoning: left.reasoning.addingWithSaturation(right.reasoning)
        )
    }

    /// Subtracts kind by kind, likewise.
    public static func - (left: TokenUsage, right: TokenUsage) -> TokenUsage {
        TokenUsage(
            input: left.input.subtractingWithSaturation(right.input),
            cachedInput: left.cachedInput.subtractingWithSaturation(right.cachedInput),
            cacheWrites: left.cacheWrites.subtractingWithSaturation(right.cacheWrites),
            output: left.output.subtractingWithSaturation(right.output),
            reasoning: left.reasoning.subtractingWithSaturation(right.reasoning)
        )
    }
}
