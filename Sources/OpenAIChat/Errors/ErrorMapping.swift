internal import ChatModel

/// Makes a ``ChatError`` of whatever went wrong on the wire.
struct ErrorMapping {
    let endpoint: OpenAIEndpoint
    let request: ChatRequest
    let isStream: Bool
    /// The present time, in milliseconds since 1970.
    let now: Int64

    private var secrets: SecretFilter { endpoint.secrets }
    private var redact: Redaction { Redaction(secrets: secrets) }

    /// The error for a response whose status is no success.
    func error(status: Int, headers: HeaderLookup, body: [UInt8]) -> ChatError {
        var read = ErrorBody(redacted(body))
        if (300..<400).contains(status), read.message.isEmpty {
            read.message = "the server redirects, which is not followed"
        }
        return error(read, status: status, effective: status, headers: headers)
    }

    /// The body without the secrets, before an excerpt can cut one in two.
    private func redacted(_ body: [UInt8]) -> [UInt8] {
        secrets.isEmpty ? body : Array(secrets(String(decoding: body, as: UTF8.self)).utf8)
    }

    /// The error for a fault in a response whose status was a success.
    func error(_ fault: AnswerFault, headers: HeaderLookup) -> ChatError {
        var error: ChatError
        switch fault {
        case .malformed(let message): error = ChatError(.malformed, redact(message), wasSent: true)
        case .tooLarge(let message): error = ChatError(.tooLarge, message, wasSent: true)
        case .truncated(let message): error = ChatError(.truncated, message, wasSent: true)
        case .reported(let body):
            let read = ErrorBody(redacted(body))
            return self.error(read, status: read.status, effective: read.status, headers: headers)
        }
        error.rateLimits = RateLimitReport(headers: headers)
        return error
    }

    private func error(_ body: ErrorBody, status: Int?, effective: Int?, headers: HeaderLookup) -> ChatError {
        let (code, feature) = ErrorClassification(request: request, isStream: isStream).code(status: effective, body)
        let message = Excerpt.cleaned(redact(body.message))
        var error = ChatError(
            code,
            message.isEmpty ? "the server gave no reason" : message,
            status: status,
            wasSent: true
        )
        error.feature = feature
        error.retryAfter =
            (headers("retry-after-ms").flatMap(RetryAfter.parseMilliseconds)
            ?? headers("retry-after").flatMap { RetryAfter.parse($0, now: now) }).map { Int($0) }
        switch headers("x-should-retry") {
        case "true": error.serverSaysRetry = true
        case "false": error.serverSaysRetry = false
        default: break
        }
        error.rateLimits = RateLimitReport(headers: headers)
        return error
    }
}
