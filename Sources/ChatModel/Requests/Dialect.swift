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
    public enum SchemaKeywords: String, Sendable, Hashable, Codable, CaseIterable {
        /// All, among them `minLength` and `maxLength`, without which small models may never close a string.
        case full
        /// The subset that OpenAI's strict mode takes.
        case strictSubset = "strict_subset"
    }

    /// The request field that bounds the output.
    public enum OutputLimitField: String, Sendable, Hashable, Codable, CaseIterable {
        /// OpenAI's present name.
        case maxCompletionTokens = "max_completion_tokens"
        /// The older name, which most other servers take.
        case maxTokens = "max_tokens"
    }

    /// What the identifiers of tool calls may look like.
    public enum ToolCallIdentifiers: String, Sendable, Hashable, Codable, CaseIterable {
        /// As an endpoint gave them.
        case any
        /// Nine letters and digits, as Mistral's models want them.
        case nineCharacters = "nine_characters"
    }

    /// What an endpoint wants beside tool calls that another endpoint's model made.
    public enum ForeignCalls: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing.
        case plain
        /// The word by which Gemini passes over a missing signature.
        ///
        /// Source: https://ai.google.dev/gemini-api/docs/thought-signatures
        case signed
        /// An empty `reasoning_content`, as DeepSeek's thinking mode wants it.
        case reasoned
    }

    /// The name of the role in which the operator's rules are sent.
    public enum SystemRole: String, Sendable, Hashable, Codable, CaseIterable {
        /// What every endpoint takes.
        case system
        /// What OpenAI calls it for its reasoning models.
        case developer
    }

    /// A part of the protocol that an endpoint can refuse.
    public enum Feature: String, Sendable, Hashable, Codable, CaseIterable {
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
        /// `reasoning_effort`.
        case reasoningEffort = "reasoning_effort"
        /// `response_format` in a request that offers tools.
        case formatWithTools = "format_with_tools"
        /// `tool_choice: none`.
        case toolChoice = "tool_choice"
        /// `stream`.
        case stream
        /// What the endpoint itself put beside its messages and tool calls.
        case opaqueFields = "opaque_fields"
        /// Identifiers of tool calls that are not of nine letters and digits.
        case toolCallIdentifiers = "tool_call_ids"
        /// Tool calls of other endpoints without a signature.
        case unsignedCalls = "unsigned_calls"
        /// Tool calls of other endpoints without `reasoning_content`.
        case unreasonedCalls = "unreasoned_calls"
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
    /// Whether `reasoning_effort` may be sent.
    public var reasoningEffort: Bool
    /// Whether a format may be asked for in a request that offers tools.
    public var formatWithTools: Bool
    /// Whether `tool_choice: none` may be sent.
    public var toolChoice: Bool
    /// Whether an answer may be asked for as a stream.
    public var stream: Bool
    /// Whether a message goes back with the opaque fields it came with.
    public var opaqueFields: Bool
    /// What the identifiers of tool calls may look like.
    public var toolCallIdentifiers: ToolCallIdentifiers
    /// What is wanted beside another endpoint's tool calls.
    public var foreignCalls: ForeignCalls
    /// The name of the role in which the operator's rules are sent.
    public var systemRole: SystemRole

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
        reasoningEffort = true
        formatWithTools = true
        toolChoice = true
        stream = true
        opaqueFields = true
        toolCallIdentifiers = .any
        foreignCalls = .plain
        systemRole = .system
    }

    /// Reads a dialect; what an earlier version of this program did not write is as a new dialect has it.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            structuredOutput: try values.decode(StructuredOutput.self, forKey: .structuredOutput),
            schemaKeywords: try values.decode(SchemaKeywords.self, forKey: .schemaKeywords),
            outputLimitField: try values.decode(OutputLimitField.self, forKey: .outputLimitField)
        )
        func flag(_ key: CodingKeys) throws -> Bool { try values.decodeIfPresent(Bool.self, forKey: key) ?? true }
        streamUsage = try flag(.streamUsage)
        sampling = try flag(.sampling)
        parallelToolCalls = try flag(.parallelToolCalls)
        seed = try flag(.seed)
        reasoningEffort = try flag(.reasoningEffort)
        formatWithTools = try flag(.formatWithTools)
        toolChoice = try flag(.toolChoice)
        stream = try flag(.stream)
        opaqueFields = try flag(.opaqueFields)
        toolCallIdentifiers =
            try values.decodeIfPresent(ToolCallIdentifiers.self, forKey: .toolCallIdentifiers) ?? .any
        foreignCalls = try values.decodeIfPresent(ForeignCalls.self, forKey: .foreignCalls) ?? .plain
        systemRole = try values.decodeIfPresent(SystemRole.self, forKey: .systemRole) ?? .system
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
        case .reasoningEffort: reasoningEffort = false
        case .formatWithTools: formatWithTools = false
        case .toolChoice: toolChoice = false
        case .stream: stream = false
        case .opaqueFields: opaqueFields = false
        case .toolCallIdentifiers: toolCallIdentifiers = .nineCharacters
        case .unsignedCalls: foreignCalls = .signed
        case .unreasonedCalls: foreignCalls = .reasoned
        }
        return self != before
    }
}
