internal import ChatModel

/// Says what an error of a server means for the request that it answers.
struct ErrorClassification {
    let request: ChatRequest
    let isStream: Bool

    private static let quotaCodes: Set<String> = [
        "insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached", "billing_not_active",
        "enforced_spend_limit_reached", "insufficient_balance", "insufficient_user_quota", "insufficient_credits",
    ]
    private static let contextPhrases = [
        "context_length_exceeded", "exceed_context_size", "maximum context length", "context length", "context window",
        "available context size", "prompt is too long", "input is too long", "reduce the length of",
        "input token count exceeds", "too large for model",
    ]

    /// What servers say while they start: llama.cpp, Ollama, vLLM, TGI, Hugging Face, and proxies before one.
    private static let loadingPhrases = [
        "loading model", "model is loading", "currently loading", "still loading", "being loaded", "is loading",
        "model loading", "not ready", "starting up", "is starting", "warming up", "no healthy upstream",
        "no live upstreams", "upstream connect error",
    ]

    /// Words of providers for a request or an answer that their filters stopped.
    private static let filterCodes: Set<String> = [
        "content_filter", "content_policy_violation", "moderation_blocked", "data_inspection_failed", "invalid_prompt",
        "responsibleaipolicyviolation", "content_filtered",
    ]
    /// Groq's words for an answer that came out wrong; the next one need not.
    private static let generationCodes: Set<String> = [
        "json_validate_failed", "tool_use_failed", "output_parse_failed",
    ]
    /// The same in words, where no code tells it.
    private static let generationPhrases = [
        "failed to generate", "failed to call a function", "failed to validate json", "failed to parse tool call",
        "failed to parse function call", "failed to parse the tool call", "failed to parse output",
        "failed to parse the output", "failed to parse the model", "failed to parse model", "did not match the schema",
        "did not match the expected schema",
    ]
    private static let refusingStatuses: Set<Int> = [400, 404, 405, 415, 422, 500, 501]

    /// What an error means.
    struct Verdict: Equatable {
        var code: ChatError.Code
        var refusal: FieldRefusal.Finding?

        init(_ code: ChatError.Code, _ refusal: FieldRefusal.Finding? = nil) {
            self.code = code
            self.refusal = refusal
        }
    }

    /// The kind of failure, and what was refused.
    ///
    /// - Parameter status: The status of the response, or the one named within a body that came with status 200.
    func verdict(status: Int?, _ body: ErrorBody) -> Verdict {
        let message = body.message.lowercased()
        let kinds = [body.code.lowercased(), body.type.lowercased()]
        if let status, (300..<400).contains(status) { return Verdict(.redirected) }
        if status == 407 { return Verdict(.proxyRefused) }
        if body.isFailedGeneration || kinds.contains(where: Self.generationCodes.contains) {
            return Verdict(.malformed)
        }
        if let status, (400..<500).contains(status), Self.refusingStatuses.contains(status),
            Self.generationPhrases.contains(where: message.contains), !message.contains("grammar")
        {
            return Verdict(.malformed)
        }
        if body.isModeration || kinds.contains(where: Self.filterCodes.contains) { return Verdict(.filtered) }
        if status == 402 || kinds.contains(where: Self.quotaCodes.contains) || message.contains("credit balance")
            || message.contains("insufficient balance")
        {
            return Verdict(.quotaExhausted)
        }
        let refusal = FieldRefusal(request: request, isStream: isStream)
        let mayRefuse = status.map(Self.refusingStatuses.contains) ?? false
        if mayRefuse, let found = refusal.pointedTo(body) { return Verdict(.unsupported, found) }
        if isUnknownModel(status, kinds, message) { return Verdict(.unknownModel) }
        // OpenRouter's word for a prompt that was flagged: no key is at fault.
        if status == 403,
            ["moderation", "flagged", "content policy", "content_policy"].contains(where: message.contains)
        {
            return Verdict(.filtered)
        }
        if status == 401 || status == 403
            || kinds.contains(where: { ["invalid_api_key", "authentication_error", "permission_error"].contains($0) })
        {
            return Verdict(.credentials)
        }
        if let status, [425, 500, 503, 529].contains(status), Self.loadingPhrases.contains(where: message.contains) {
            return Verdict(.loading)
        }
        let isContext =
            status == 413
            || Self.contextPhrases.contains { phrase in
                message.contains(phrase) || kinds.contains { $0.contains(phrase) }
            }
        if isContext && status != 429 && (status ?? 400) < 500 { return Verdict(.contextTooLong) }
        if mayRefuse, let found = refusal.named(body, isServerError: (status ?? 400) >= 500) {
            return Verdict(.unsupported, found)
        }
        return Verdict(byStatus(status, kinds))
    }

    private func byStatus(_ status: Int?, _ kinds: [String]) -> ChatError.Code {
        if status == 429 { return .rateLimited }
        if status.map({ $0 == 200 }) ?? true {
            if kinds.contains(where: { $0.contains("rate_limit") || $0 == "resource_exhausted" || $0 == "429" }) {
                return .rateLimited
            }
            return kinds.contains { $0.hasPrefix("invalid_") } ? .invalidRequest : .serverFailed
        }
        switch status ?? 500 {
        case 408: return .timedOut
        case 409, 425: return .serverFailed
        case 501, 505: return .invalidRequest
        case 400..<500: return .invalidRequest
        default: return .serverFailed
        }
    }

    private func isUnknownModel(_ status: Int?, _ kinds: [String], _ message: String) -> Bool {
        let names = ["model_not_found", "model_not_exist", "model_not_available", "unknown_model", "invalid_model"]
        if kinds.contains(where: names.contains) { return true }
        guard message.contains("model") else { return false }
        if message.contains("not a valid model") || message.contains("invalid model") { return true }
        let isMissing = ["not found", "does not exist", "not exist", "unknown model", "no such model"].contains {
            message.contains($0)
        }
        return isMissing && (status == 404 || (status == 400 && message.contains(request.model.lowercased())))
    }
}
