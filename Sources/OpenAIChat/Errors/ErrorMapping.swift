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
    func error(status: Int, headers: @escaping HeaderLookup, body: [UInt8]) -> ChatError {
        var read = ErrorBody(redacted(body))
        if (300..<400).contains(status), read.message.isEmpty {
            read.message = "the server redirects, which is not followed"
        }
        let wait = wait(headers, body, read)
        return error(read, status: status, effective: status, headers: headers, wait)
    }

    private func wait(_ headers: @escaping HeaderLookup, _ body: [UInt8], _ read: ErrorBody) -> RequestedWait {
        RequestedWait(headers: headers, body: try? JSONValue(parsing: body), message: read.message, now: now)
    }

    /// The body without the secrets, before an excerpt can cut one in two.
    private func redacted(_ body: [UInt8]) -> [UInt8] {
        secrets.isEmpty ? body : Array(secrets(String(decoding: body, as: UTF8.self)).utf8)
    }

    /// The error for a fault in a response whose status was a success.
    ///
    /// - Parameter hasBegun: Whether something of an answer came before it.
    func error(_ fault: AnswerFault, headers: @escaping HeaderLookup, hasBegun: Bool) -> ChatError {
        var error: ChatError
        switch fault {
        case .malformed(let message): error = ChatError(.malformed, redact(message), wasSent: true)
        case .tooLarge(let message): error = ChatError(.tooLarge, message, wasSent: true)
        case .truncated(let message): error = ChatError(.truncated, message, wasSent: true)
        case .reported(let body):
            let read = ErrorBody(redacted(body))
            let wait = wait(headers, body, read)
            var error = self.error(read, status: read.status, effective: read.status, headers: headers, wait)
            // The response itself was a success: what broke off in it may have been answered, unless the server only
            // objected.
            error.mayBeBilled = hasBegun || !error.code.isObjection
            return error
        }
        error.rateLimits = RateLimitReport(headers: headers)
        return error
    }

    private func error(
        _ body: ErrorBody,
        status: Int?,
        effective: Int?,
        headers: HeaderLookup,
        _ wait: RequestedWait
    ) -> ChatError {
        let verdict = ErrorClassification(request: request, isStream: isStream).verdict(status: effective, body)
        let message = Excerpt.cleaned(redact(body.message))
        var error = ChatError(
            verdict.code,
            message.isEmpty ? "the server gave no reason" : message,
            status: status,
            wasSent: true
        )
        error.feature = verdict.refusal?.feature
        error.concernsContent = verdict.refusal?.isAboutContent ?? false
        error.retryAfter = wait.ofHeaders.map { Int($0) }
        if error.retryAfter == nil, [.rateLimited, .serverFailed, .loading].contains(verdict.code) {
            error.retryAfter = wait.elsewhere(isRateLimit: verdict.code == .rateLimited).map { Int($0) }
        }
        switch headers("x-should-retry") {
        case "true": error.serverSaysRetry = true
        case "false": error.serverSaysRetry = false
        default: break
        }
        // A server that objects to nothing in particular and asks for another attempt is taken at its word.
        if verdict.code == .invalidRequest, error.serverSaysRetry == nil, body.asksForTheSameAgain {
            error.serverSaysRetry = true
        }
        // What is larger than the whole limit never fits, however long it waits.
        if verdict.code == .rateLimited, body.isAboutOneRequestTooLarge { error.serverSaysRetry = false }
        error.rateLimits = RateLimitReport(headers: headers)
        return error
    }
}

extension ErrorBody {
    /// Whether the server asks for another attempt, and not for a changed one.
    var asksForTheSameAgain: Bool {
        let message = message.lowercased()
        return message.contains("please try again.") || message.contains("please try again later")
            || message.hasSuffix("please try again")
    }

    /// Whether a single request is larger than what a limit lets through in its whole time, as OpenAI and Groq say it:
    /// "Request too large for … on tokens per min (TPM): Limit 10000, Requested 17000".
    fileprivate var isAboutOneRequestTooLarge: Bool {
        let message = message.lowercased()
        if message.contains("request too large") { return true }
        guard let limit = Self.number(after: "limit", in: message),
            let requested = Self.number(after: "requested", in: message)
        else { return false }
        return requested > limit
    }

    /// The last number that follows on a word, with or without a colon between; digits may stand in groups.
    private static func number(after word: String, in message: String) -> Int? {
        var number: Int?
        var rest = message[...]
        while let found = rest.firstRange(of: word) {
            rest = rest[found.upperBound...]
            let digits = rest.drop { $0 == " " || $0 == ":" }.prefix { $0.isASCII && $0.isNumber || $0 == "," }
            // A comma that ends the clause is none of the number's.
            if let value = Int(digits.filter { $0 != "," }) { number = value }
        }
        return number
    }
}

extension ChatError.Code {
    /// Whether a server says by it that it has not begun to answer.
    fileprivate var isObjection: Bool {
        switch self {
        case .rateLimited, .quotaExhausted, .credentials, .unknownModel, .contextTooLong, .unsupported, .invalidRequest,
            .loading, .proxyRefused, .filtered:
            true
        default: false
        }
    }
}
