/// What an endpoint's version of the protocol takes; servers that call themselves compatible differ here.
///
/// The engine starts from a guess, lowers it when an endpoint objects (see ``withdraw(_:)``), and remembers the result.
public struct Dialect: Sendable, Hashable, Codable {
    /// The ways to get an answer that follows a schema, best first.
    public enum StructuredOutput: String, Sendable, Hashable, Codable, CaseIterable {
        /// `response_format: json_schema` with `strict: true`: the server constrains the output.
        case jsonSchema = "json_schema"
        /// One function is offered and forced by `tool_choice`.
        case toolCall = "tool_call"
        /// `response_format: json_object`, the schema in the prompt.
        case jsonObject = "json_object"
        /// Nothing but the schema in the prompt.
        case plainText = "plain_text"
    }

    /// Which schema keywords the endpoint takes.
    public enum SchemaKeywords: String, Sendable, Hashable, Codable {
        /// All, among them `minLength` and `maxLength`, without which small models may never close a string.
        case full
        /// The subset that OpenAI's strict mode takes.
        case strictSubset = "strict_subset"
    }

    /// The request field that bounds the output.
    public enum OutputLimitField: String, Sendable, Hashable, Codable {
        /// OpenAI's present name.
        case maxCompletionTokens = "max_completion_tokens"
        /// The older name, which most other servers take.
        case maxTokens = "max_tokens"
    }

    /// A part of the protocol that an endpoint can refuse.
    public enum Feature: String, Sendable, Hashable, Codable {
        /// The present way to get structured output.
        case structuredOutput = "structured_output"
        /// Schema keywords beyond the strict subset.
        case schemaKeywords = "schema_keywords"
        /// The present name of the output limit.
        case outputLimitField = "output_limit_field"
        /// `stream_options.include_usage`.
        case streamUsage = "stream_usage"
        /// `temperature` and `top_p`.
        case sampling
        /// `parallel_tool_calls`.
        case parallelToolCalls = "parallel_tool_calls"
        /// `seed`.
        case seed
    }

    /// The best way to structured output that is known to work.
    public var structuredOutput: StructuredOutput
    /// The schema keywords that may be sent.
    public var schemaKeywords: SchemaKeywords
    /// The name of the output limit.
    public var outputLimitField: OutputLimitField
    /// Whether a stream may be asked to end with its usage.
    public var streamUsage: Bool
    /// Whether `temperature` and `top_p` may be sent.
    public var sampling: Bool
    /// Whether `parallel_tool_calls` may be sent.
    public var parallelToolCalls: Bool
    /// Whether `seed` may be sent.
    public var seed: Bool

    /// OpenAI's own endpoint.
    public static let openAI = Dialect(schemaKeywords: .strictSubset, outputLimitField: .maxCompletionTokens)
    /// Any other endpoint, until it objects.
    public static let compatible = Dialect(schemaKeywords: .full, outputLimitField: .maxTokens)

    /// Makes a dialect that takes everything but what is said otherwise.
    public init(
        structuredOutput: StructuredOutput = .jsonSchema,
        schemaKeywords: SchemaKeywords,
        outputLimitField: OutputLimitField
    ) {
        self.structuredOutput = structuredOutput
        self.schemaKeywords = schemaKeywords
        self.outputLimitField = outputLimitField
        streamUsage = true
        sampling = true
        parallelToolCalls = true
        seed = true
    }

    /// Gives up a feature that the endpoint refused.
    ///
    /// - Returns: Whether anything changed; when not, sending the request again would be refused again.
    public mutating func withdraw(_ feature: Feature) -> Bool {
        let before = self
        switch feature {
        case .structuredOutput:
            let ladder = StructuredOutput.allCases
            if let rung = ladder.firstIndex(of: structuredOutput), rung + 1 < ladder.count {
                structuredOutput = ladder[rung + 1]
            }
        case .schemaKeywords: schemaKeywords = .strictSubset
        case .outputLimitField:
            // Each name has endpoints that refuse it. One change only: an endpoint that refuses both takes neither.
            if outputLimitField == .maxTokens { outputLimitField = .maxCompletionTokens }
        case .streamUsage: streamUsage = false
        case .sampling: sampling = false
        case .parallelToolCalls: parallelToolCalls = false
        case .seed: seed = false
        }
        return self != before
    }
}
