internal import ChatModel

/// What a server's word for why the model stopped means for its answer.
///
/// The protocol knows five such words; the servers that speak it send those of many others beside them, and their own. An
/// answer counts as whole only where its word is known to say so: the list is the one below, whatever the case of its
/// letters, and what is not on it is a failure. A word such as `content_filter: RECITATION` is known by its first part.
enum FinishWord: Hashable {
    /// The model said all that it wanted to say.
    case complete
    /// The model, or the server, stopped it at a length.
    case cutOff
    /// A filter of the provider stepped in.
    case filtered
    /// The server broke the answer off for reasons of its own, which may be gone at the next attempt.
    case aborted
    /// The model began a tool call that the server could not read, which it may write better at the next attempt.
    case garbled
    /// No word that is known here.
    case unknown

    /// Reads the word; an empty one is unknown.
    init(_ word: some StringProtocol) {
        let first = word.split(separator: ":", maxSplits: 1).first ?? ""
        let plain = String(first).trimmed.lowercased()
        self = Self.meanings[plain.split { " -".contains($0) }.joined(separator: "_")] ?? .unknown
    }

    private static let meanings: [String: FinishWord] = {
        let words: [(FinishWord, String)] = [
            // OpenAI, text-generation-inference, Anthropic, Bedrock, Cohere, Gemini, Ollama.
            (
                .complete,
                "stop eos eos_token stop_sequence stop_token end_turn complete completed finished done tool_calls tool_call"
                    + " tool_use function_call"
            ),
            // OpenAI and its Responses, Anthropic, Mistral, watsonx, GLM.
            (
                .cutOff,
                "length max_tokens max_output_tokens max_output max_length model_length token_limit"
                    + " model_context_window_exceeded"
            ),
            // OpenAI, Gemini, Bedrock, Anthropic, GLM, Cohere.
            (
                .filtered,
                "content_filter content_filtered recitation safety image_safety sensitive blocklist prohibited_content spii"
                    + " language guardrail_intervened refusal error_toxic"
            ),
            // vLLM and SGLang, DeepSeek, GLM, watsonx, Cohere, OpenAI's Responses, Gemini, converters.
            (
                .aborted,
                "abort aborted insufficient_system_resource network_error timeout time_limit cancelled canceled error"
                    + " error_limit server_error failed incomplete not_finished pause_turn other unknown"
            ),
            (.garbled, "malformed_function_call unexpected_tool_call"),
        ]
        return Dictionary(
            words.flatMap { meaning, words in words.split(separator: " ").map { (String($0), meaning) } },
            uniquingKeysWith: { first, _ in first }
        )
    }()
}
