public import ChatModel
public import CurlClient
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The models of an endpoint that speaks OpenAI's chat-completions protocol, or something close to it.
public struct OpenAIChatModel: ChatModel {
    /// The endpoint.
    public let endpoint: OpenAIEndpoint
    private let client: HTTPClient
    private let secrets: SecretFilter
    private let now: @Sendable () -> Int64
    // Made once and shared by all requests.
    private let url: String
    private let headers: [(name: String, value: String)]
    private let streamHeaders: [(name: String, value: String)]

    /// Makes a model.
    ///
    /// - Parameters:
    ///   - endpoint: Where the models are.
    ///   - client: What carries the requests; share one among all endpoints.
    public init(endpoint: OpenAIEndpoint, client: HTTPClient) {
        self.init(endpoint: endpoint, client: client, now: wallClockMilliseconds)
    }

    /// Makes a model with a clock of its own, in milliseconds since 1970; a date in `Retry-After` is held against it.
    package init(endpoint: OpenAIEndpoint, client: HTTPClient, now: @escaping @Sendable () -> Int64) {
        self.endpoint = endpoint
        secrets = endpoint.secrets
        self.client = client
        self.now = now
        url = endpoint.url.completions
        headers = endpoint.requestHeaders(accept: "application/json")
        streamHeaders = endpoint.requestHeaders(accept: "text/event-stream, application/json")
    }

    /// Performs one attempt; the answer is streamed when there is someone to hand its text to and the endpoint streams.
    public func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        if let onText, request.dialect.stream { return try await stream(request, onText) }
        let answer = try await whole(request)
        if !answer.text.isEmpty { onText?(answer.text) }
        return answer
    }

    private func whole(_ request: ChatRequest) async throws(ChatError) -> ChatResponse {
        let response: HTTPResponse
        do { response = try await client.send(httpRequest(for: request, stream: false)) } catch {
            throw chatError(error, for: request, atMost: request.bounds.body)
        }
        return try read(response, request)
    }

    // Apart from the function that waits, which otherwise keeps room for all of this as long as it does.
    @inline(never)
    private func read(_ response: HTTPResponse, _ request: ChatRequest) throws(ChatError) -> ChatResponse {
        let headers: HeaderLookup = { response.head.headers[$0] }
        let mapping = mapping(request, isStream: false)
        guard (200..<300).contains(response.head.status) else {
            throw mapping.error(status: response.head.status, headers: headers, body: response.body)
        }
        do throws(AnswerFault) {
            var answer = try wholeAnswer(response.body, request.bounds, isTaken: request.conversation.hasToolCall)
            answer.rateLimits = RateLimitReport(headers: headers)
            return secrets(answer.keepingWhatGoesBack(in: request.conversation))
        } catch {
            throw mapping.error(error, headers: headers, hasBegun: false)
        }
    }

    private func stream(
        _ request: ChatRequest,
        _ onText: @escaping @Sendable (String) -> Void
    ) async throws(ChatError) -> ChatResponse {
        let reception = Reception(secrets, request.bounds)
        var failure: HTTPError?
        do {
            _ = try await client.stream(
                httpRequest(for: request, stream: true),
                onHead: reception.take,
                onBody: { reception.take($0, onText) }
            )
        } catch {
            failure = error
        }
        if let rest = reception.rest { onText(rest) }
        return try read(reception.reader, failure, request)
    }

    @inline(never)
    private func read(
        _ reader: ResponseReader,
        _ failure: HTTPError?,
        _ request: ChatRequest
    ) throws(ChatError) -> ChatResponse {
        if let failure, failure.code != .stoppedByConsumer {
            // What breaks after the model has said that it is done takes nothing from its answer.
            let isHarmless = failure.code != .cancelled && reader.isAnswered
            if !isHarmless { throw chatError(failure, for: request, atMost: request.bounds.stream) }
        }
        let headers: HeaderLookup = { reader.head?.headers[$0] }
        let mapping = mapping(request, isStream: true)
        if let status = reader.head?.status, !(200..<300).contains(status) {
            throw mapping.error(status: status, headers: headers, body: reader.errorBody)
        }
        do throws(AnswerFault) {
            var answer = try reader.response(
                isTaken: request.conversation.hasToolCall,
                finishReasonIsOptional: endpoint.finishReasonIsOptional
            )
            answer.rateLimits = RateLimitReport(headers: headers)
            return secrets(answer.keepingWhatGoesBack(in: request.conversation))
        } catch {
            throw mapping.error(error, headers: headers, hasBegun: reader.hasBegun)
        }
    }

    private func mapping(_ request: ChatRequest, isStream: Bool) -> ErrorMapping {
        ErrorMapping(endpoint: endpoint, request: request, isStream: isStream, now: now())
    }

    @inline(never)
    private func httpRequest(for request: ChatRequest, stream: Bool) -> HTTPRequest {
        HTTPRequest(
            method: "POST",
            url: url,
            headers: stream ? streamHeaders : headers,
            body: requestBody(for: request, stream: stream),
            timeouts: HTTPTimeouts(
                connect: endpoint.timeouts.connect,
                // An answer that is not streamed begins when it is whole.
                firstByte: stream ? endpoint.timeouts.firstByte : request.timeout,
                idle: endpoint.timeouts.idle,
                total: request.timeout
            ),
            maximumResponseBytes: stream ? request.bounds.stream : request.bounds.body,
            reach: endpoint.reachesLocalServices ? .anywhere : .anywhereButLocalServices,
            certificateAuthorityFile: endpoint.certificateAuthorityFile
        )
    }

    private func chatError(_ error: HTTPError, for request: ChatRequest, atMost bytes: Int) -> ChatError {
        let code: ChatError.Code =
            switch error.code {
            case .cancelled, .closed: .cancelled
            // A proxy that wants credentials, or does not let anybody through to there, says the same again.
            case .proxy where [403, 407].contains(error.proxyStatus): .proxyRefused
            case .unresolved, .unreachable, .proxy: .unreachable
            case .untrusted: .untrusted
            case .tooLarge: .tooLarge
            case .invalidRequest: .invalidRequest
            case .protocolViolation: .malformed
            default: error.code.timeout == nil ? .interrupted : .timedOut
            }
        let message = code == .tooLarge ? request.bounds.message(bytes) : error.message
        return ChatError(code, Redaction(secrets: secrets)(message), wasSent: error.wasSent)
    }
}

/// Where the client's thread leaves what it receives.
private final class Reception: Sendable {
    private struct State {
        var reader: ResponseReader
        var shown: SecretFilter.Stream
    }

    private let state: Mutex<State>

    init(_ secrets: SecretFilter, _ bounds: AnswerBounds) {
        state = Mutex(State(reader: ResponseReader(bounds), shown: SecretFilter.Stream(secrets)))
    }

    var reader: ResponseReader { state.withLock { $0.reader } }

    /// The last of the text, held back until it was known that no secret begins there.
    var rest: String? {
        let text = state.withLock { $0.shown.end() }
        return text.isEmpty ? nil : text
    }

    func take(_ head: HTTPResponseHead) { state.withLock { $0.reader.take(head) } }

    func take(_ bytes: UnsafeRawBufferPointer, _ onText: (String) -> Void) -> Bool {
        let (isWanted, text) = state.withLock { state in
            let isWanted = state.reader.take(bytes)
            return (isWanted, state.reader.newText().map { state.shown.take($0) } ?? "")
        }
        if !text.isEmpty { onText(text) }
        return isWanted
    }
}

extension ChatResponse {
    /// The answer with what is to go back with it in this conversation.
    ///
    /// DeepSeek wants the reasoning of an exchange that uses tools, and its older reasoner refuses that of any other; so
    /// do others whose field has the same name.
    ///
    /// Source: https://api-docs.deepseek.com/guides/thinking_mode
    fileprivate func keepingWhatGoesBack(in conversation: Conversation) -> ChatResponse {
        guard let fields = opaque, toolCalls.isEmpty, !conversation.holdsToolCalls else { return self }
        var response = self
        response.opaque = fields.without("reasoning_content")
        return response
    }
}

extension ChatRequest {
    /// How large the answer may be.
    fileprivate var bounds: AnswerBounds { AnswerBounds(maximumOutput: maximumOutput) }
}

private func wallClockMilliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
}
