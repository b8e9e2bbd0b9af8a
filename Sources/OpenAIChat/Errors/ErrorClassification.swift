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

    /// The kind of failure, and the feature that was refused.
    ///
    /// - Parameter status: The status of the response, or the one named within a body that came with status 200.
    func code(status: Int?, _ body: ErrorBody) -> (code: ChatError.Code, feature: Dialect.Feature?) {
        let message = body.message.lowercased()
        let kinds = [body.code.lowercased(), body.type.lowercased()]
        if let status, (300..<400).contains(status) { return (.redirected, nil) }
        if status == 402 || kinds.contains(where: Self.quotaCodes.contains) || message.contains("credit balance")
            || message.contains("insufficient balance")
        {
            return (.quotaExhausted, nil)
        }
        if isUnknownModel(status, kinds, message) { return (.unknownModel, nil) }
        // OpenRouter's word for a prompt that was flagged: no key is at fault.
        if status == 403,
            ["moderation", "flagged", "content policy", "content_policy"].contains(where: message.contains)
        {
            return (.invalidRequest, nil)
        }
        if status == 401 || status == 403 || status == 407
            || kinds.contains(where: { ["invalid_api_key", "authentication_error", "permission_error"].contains($0) })
        {
            return (.credentials, nil)
        }
        if let status, [425, 500, 503, 529].contains(status), Self.loadingPhrases.contains(where: message.contains) {
            return (.loading, nil)
        }
        let isContext =
            status == 413
            || Self.contextPhrases.contains { phrase in
                message.contains(phrase) || kinds.contains { $0.contains(phrase) }
            }
        if isContext && status != 429 && (status ?? 400) < 500 { return (.contextTooLong, nil) }
        if let status, [400, 404, 405, 415, 422, 500, 501].contains(status), let feature = feature(body) {
            return (.unsupported, feature)
        }
        return (byStatus(status, kinds), nil)
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

    // A feature counts as refused only when the request used it: giving it up must change the next request.
    private func feature(_ body: ErrorBody) -> Dialect.Feature? {
        let message = body.message.lowercased()
        let named = Self.identifiers(body.param.lowercased())
        if let feature = feature(named: named, message: message) { return feature }
        return feature(named: Self.identifiers(message), message: message)
    }

    private static let objections = [
        "unsupported", "not support", "unknown", "unrecognized", "unexpected", "not permitted", "not allowed",
        "extra ", "extra_", "invalid", "unavailable", "not available", "cannot", "can't", "not compatible",
        "only the default", "instead", "failed", "not implemented", "not enabled", "requires", "deprecated", "not yet",
    ]

    private func feature(named: Set<String>, message: String) -> Dialect.Feature? {
        guard Self.objections.contains(where: message.contains) else { return nil }
        let dialect = request.dialect
        if isStream, dialect.streamUsage, !named.isDisjoint(with: ["stream_options", "include_usage"]) {
            return .streamUsage
        }
        if dialect.parallelToolCalls, case .tool = request.toolChoice, named.contains("parallel_tool_calls") {
            return .parallelToolCalls
        }
        if named.contains(dialect.outputLimitField.rawValue), !isAboutSize(message) { return .outputLimitField }
        if case .jsonSchema = request.responseFormat {
            let keywords = [
                "minlength", "maxlength", "pattern", "format", "default", "minimum", "maximum", "minitems", "maxitems",
            ]
            let isAboutSchema =
                named.contains("schema") || named.contains("json_schema") || named.contains("response_format")
            if isAboutSchema || message.contains("grammar") || message.contains("keyword") {
                let isKeyword =
                    !named.isDisjoint(with: keywords) || !Self.identifiers(message).isDisjoint(with: keywords)
                return isKeyword && dialect.schemaKeywords == .full ? .schemaKeywords : .structuredOutput
            }
        }
        if request.responseFormat != .text {
            let words: Set = ["response_format", "json_schema", "json_object", "guided_json", "grammar", "structured"]
            if !named.isDisjoint(with: words) { return .structuredOutput }
        }
        if case .tool = request.toolChoice,
            !named.isDisjoint(with: ["tool_choice", "tools", "tool", "function", "functions"])
        {
            return .structuredOutput
        }
        let usesSampling = request.sampling.temperature != nil || request.sampling.topP != nil
        if dialect.sampling, usesSampling, !named.isDisjoint(with: ["temperature", "top_p"]) { return .sampling }
        if dialect.seed, request.sampling.seed != nil, named.contains("seed") { return .seed }
        return nil
    }

    private func isAboutSize(_ message: String) -> Bool {
        ["too large", "at most", "less than", "greater than", "at least", "exceed", "maximum value"].contains(
            where: message.contains
        )
    }

    private static func identifiers(_ text: String) -> Set<String> {
        Set(
            text.utf8.split { byte in
                !((UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte))
            }.map { String(Substring($0)) }
        )
    }
}
