import ChatModel
import Testing

@testable import OpenAIChat

struct ErrorMappingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var status: Int
        var body: String
        var code: ChatError.Code
        var feature: Dialect.Feature?
        var dialect = Dialect.compatible

        init(
            _ status: Int,
            _ body: String,
            _ code: ChatError.Code,
            _ feature: Dialect.Feature? = nil,
            _ dialect: Dialect = .compatible
        ) {
            self.status = status
            self.body = body
            self.code = code
            self.feature = feature
            self.dialect = dialect
        }

        var testDescription: String { "\(status) \(body)" }
    }

    private static func openAI(
        _ message: String,
        type: String = "invalid_request_error",
        param: String? = nil,
        code: String? = nil
    ) -> String {
        let error: JSONValue = [
            "message": .string(message), "type": .string(type), "param": param.map(JSONValue.string) ?? .null,
            "code": code.map(JSONValue.string) ?? .null,
        ]
        return JSONValue.object(["error": error]).jsonText
    }

    private static let cases: [Case] = [
        Case(401, openAI("Incorrect API key provided", code: "invalid_api_key"), .credentials),
        Case(403, "", .credentials),
        Case(
            403,
            "{\"error\":{\"message\":\"m requires moderation on OpenAI. Your input was flagged for \\\"violence\\\".\",\"code\":403,\"metadata\":{\"reasons\":[\"violence\"]}}}",
            .filtered
        ),
        Case(403, openAI("no access to model", code: "model_not_found"), .unknownModel),
        Case(429, openAI("Rate limit reached", type: "requests", code: "rate_limit_exceeded"), .rateLimited),
        Case(
            429,
            openAI("You exceeded your current quota", type: "insufficient_quota", code: "insufficient_quota"),
            .quotaExhausted
        ),
        Case(
            429,
            "[{\"error\":{\"code\":429,\"message\":\"Quota exceeded\",\"status\":\"RESOURCE_EXHAUSTED\"}}]",
            .rateLimited
        ),
        Case(
            429,
            "{\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"m\",\"details\":{\"error_code\":\"enforced_spend_limit_reached\"}}}",
            .quotaExhausted
        ),
        Case(402, "{\"error\":{\"message\":\"Insufficient credits\",\"code\":402}}", .quotaExhausted),
        Case(
            400,
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance is too low\"}}",
            .quotaExhausted
        ),
        Case(404, openAI("The model `m` does not exist", code: "model_not_found"), .unknownModel),
        Case(404, "{\"error\":\"model \\\"m\\\" not found, try pulling it first\"}", .unknownModel),
        Case(404, "{\"detail\":\"Not Found\"}", .invalidRequest),
        Case(
            400,
            openAI("This model's maximum context length is 8192 tokens.", code: "context_length_exceeded"),
            .contextTooLong
        ),
        Case(
            400,
            "{\"error\":{\"code\":400,\"message\":\"request exceeds the available context size\",\"type\":\"exceed_context_size_error\",\"n_ctx\":4096}}",
            .contextTooLong
        ),
        Case(
            400,
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"prompt is too long: 9 tokens\"}}",
            .contextTooLong
        ),
        Case(413, "<html>Too large</html>", .contextTooLong), Case(408, "", .timedOut), Case(409, "", .serverFailed),
        Case(500, "", .serverFailed),
        Case(501, "", .invalidRequest), Case(503, "{\"message\":\"loading model\"}", .loading),
        Case(
            529,
            "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
            .serverFailed
        ),
        Case(
            422,
            "{\"detail\":[{\"loc\":[\"body\",\"messages\"],\"msg\":\"field required\",\"type\":\"missing\"}]}",
            .invalidRequest
        ),
        Case(302, "", .redirected),
        Case(
            400,
            openAI(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
                param: "max_tokens",
                code: "unsupported_parameter"
            ),
            .unsupported,
            .outputLimitField
        ),
        Case(
            400,
            openAI(
                "max_tokens is too large: 100000. At most 4096 is supported",
                param: "max_tokens",
                code: "invalid_value"
            ),
            .invalidRequest
        ),
        Case(
            422,
            "{\"detail\":[{\"loc\":[\"body\",\"stream_options\"],\"msg\":\"extra fields not permitted\"}]}",
            .unsupported,
            .streamUsage
        ),
        Case(400, openAI("Unrecognized request argument supplied: stream_options"), .unsupported, .streamUsage),
        Case(
            400,
            openAI(
                "'temperature' does not support 0.2 with this model.",
                param: "temperature",
                code: "unsupported_value"
            ),
            .unsupported,
            .sampling
        ),
        Case(400, "{\"error\":\"unknown field: seed\"}", .unsupported, .seed),
        Case(400, openAI("Unknown parameter: 'parallel_tool_calls'."), .unsupported, .parallelToolCalls),
        Case(
            400,
            openAI("'response_format' of type 'json_schema' is not supported with this model."),
            .unsupported,
            .structuredOutput
        ),
        Case(
            500,
            "{\"error\":{\"code\":500,\"message\":\"failed to parse grammar\",\"type\":\"server_error\"}}",
            .unsupported,
            // llama.cpp makes a grammar of the schema, and has bounds on how often something may repeat in it.
            .schemaKeywords
        ),
        Case(
            400,
            openAI(
                "Invalid schema for response_format 'a': In context=('properties', 'b'), 'maxLength' is not permitted.",
                param: "response_format"
            ),
            .unsupported,
            .schemaKeywords
        ),
        Case(
            400,
            openAI("Invalid schema for response_format 'a': 'maxLength' is not permitted.", param: "response_format"),
            .unsupported,
            .structuredOutput,
            Dialect(schemaKeywords: .strictSubset, outputLimitField: .maxTokens)
        ),
        Case(400, "{\"error\":\"m does not support tools\"}", .unsupported, .structuredOutput),
    ]

    private func mapping(_ dialect: Dialect = .compatible, key: String = "sk-secret-key-1234") -> ErrorMapping {
        var request = ChatRequest(model: "m", conversation: Conversation([.user("x")]), maximumOutput: 5)
        request.dialect = dialect
        request.sampling = SamplingOptions(temperature: 0.2, seed: 1)
        request.toolChoice = .tool("t")
        request.responseFormat = .jsonSchema(name: "a", schema: EncodedSchema(.object(properties: []), keywords: .full))
        let endpoint = OpenAIEndpoint(apiKey: Secret(key), headers: [.init("x-gateway", Secret("gateway-secret"))])
        return ErrorMapping(endpoint: endpoint, request: request, isStream: true, now: 0)
    }

    @Test(arguments: cases)
    func maps(_ example: Case) {
        let error = mapping(example.dialect).error(
            status: example.status,
            headers: { _ in nil },
            body: Array(example.body.utf8)
        )
        #expect(error.code == example.code)
        #expect(error.feature == example.feature)
        #expect(error.status == example.status)
        #expect(error.wasSent)
        #expect(!error.message.isEmpty)
    }

    @Test func blamesNoFeatureThatWasNotUsed() {
        var request = ChatRequest(model: "m", conversation: Conversation(), maximumOutput: 5)
        request.dialect.streamUsage = false
        let mapping = ErrorMapping(endpoint: OpenAIEndpoint(), request: request, isStream: true, now: 0)
        for name in [
            "stream_options", "temperature", "seed", "parallel_tool_calls", "response_format", "tool_choice",
            "max_completion_tokens",
        ] {
            let error = mapping.error(
                status: 400,
                headers: { _ in nil },
                body: Array("{\"error\":\"unsupported: \(name)\"}".utf8)
            )
            #expect(error.code == .invalidRequest)
        }
    }

    @Test func readsTheHeaders() {
        let headers = [
            "retry-after": "5", "retry-after-ms": "300", "x-should-retry": "false",
            "x-ratelimit-remaining-requests": "0",
        ]
        let error = mapping().error(status: 429, headers: { headers[$0] }, body: [])
        #expect(error.retryAfter == 300)
        #expect(error.serverSaysRetry == false)
        #expect(error.rateLimits?.requests?.remaining == 0)
    }

    @Test func tellsNoSecret() {
        let body =
            "{\"error\":{\"message\":\"Bad key sk-secret-key-1234, (sk-other-key-99) and gateway-secret. You sk-ip task-force\"}}"
        let error = mapping().error(status: 401, headers: { _ in nil }, body: Array(body.utf8))
        #expect(error.message == "Bad key ***, (sk-***) and ***. You sk-ip task-force")
    }

    @Test func showsTheWordsOfAPageOnOneBoundedLine() {
        let page =
            "<html><style>p{}</style><body>\n<h1>502</h1>\u{1B}[2J<p>Bad   Gateway</p>"
            + String(repeating: "x ", count: 900)
        let error = mapping().error(status: 502, headers: { _ in nil }, body: Array(page.utf8))
        #expect(error.message.hasPrefix("502 [2J Bad Gateway x x"))
        #expect(error.message.count < 450)
    }

    @Test(arguments: [
        ("{\"message\":\"slow down\",\"code\":429}", ChatError.Code.rateLimited),
        ("{\"message\":\"x\",\"type\":\"rate_limit_error\"}", .rateLimited),
        ("{\"message\":\"x\",\"code\":502}", .serverFailed), ("\"text\"", .serverFailed),
        ("{\"message\":\"x\",\"type\":\"insufficient_quota\"}", .quotaExhausted),
        ("{\"message\":\"x\",\"code\":\"context_length_exceeded\"}", .contextTooLong),
    ])
    func mapsErrorsWithinAStream(body: String, code: ChatError.Code) {
        #expect(mapping().error(.reported(Array(body.utf8)), headers: { _ in nil }, hasBegun: false).code == code)
    }
}
