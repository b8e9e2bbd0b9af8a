import ChatModel
import Testing

@testable import OpenAIChat

/// Refusals in the words of the endpoints that say them, and what is given up for each.
struct FieldRefusalTests {
    /// What the refused request asked for.
    enum Asked: Sendable {
        case schema, strictSchema, object, forced, tools, toolsWithSchema, forcedWithTools, lastTurn, plain
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var asked: Asked
        var status = 400
        var body: String
        var code = ChatError.Code.unsupported
        var feature: Dialect.Feature?
        var concernsContent = false

        var testDescription: String { "\(asked) \(status) \(body)" }
    }

    static func request(_ asked: Asked) -> ChatRequest {
        var request = ChatRequest(model: "m", conversation: Conversation([.user("x")]), maximumOutput: 5)
        request.sampling = SamplingOptions(temperature: 0.2, topP: 0.9, seed: 1, reasoningEffort: "low")
        let own = ToolDeclaration(name: "look", summary: "", parameters: .object(properties: []))
        let answer = ToolDeclaration(name: "answer", summary: "", parameters: .object(properties: []))
        let format = ResponseFormat.jsonSchema(
            name: "a",
            schema: EncodedSchema(.object(properties: []), keywords: .full)
        )
        request.extraFields = ExtraFields(["own_field": true])
        switch asked {
        case .schema: request.responseFormat = format
        case .strictSchema:
            request.responseFormat = format
            request.dialect.schemaKeywords = .strictSubset
        case .object: request.responseFormat = .jsonObject
        case .forced:
            request.tools = ToolCatalog([answer])
            request.toolChoice = .tool("answer")
        case .tools: request.tools = ToolCatalog([own])
        case .toolsWithSchema:
            request.tools = ToolCatalog([own])
            request.toolChoice = .none
            request.responseFormat = format
        case .forcedWithTools:
            request.tools = ToolCatalog([own, answer])
            request.toolChoice = .tool("answer")
        case .lastTurn:
            request.tools = ToolCatalog([own])
            request.toolChoice = .none
        case .plain: break
        }
        return request
    }

    private static func error(_ message: String, param: String? = nil, code: String? = nil) -> String {
        let members: JSONValue = [
            "message": .string(message), "type": "invalid_request_error", "param": param.map(JSONValue.string) ?? .null,
            "code": code.map(JSONValue.string) ?? .null,
        ]
        return JSONValue.object(["error": members]).jsonText
    }

    private static let tooManyStates = error(
        "The specified schema produces a constraint that has too many states for serving. Typical causes of this error are "
            + "schemas with lots of text (for example, very long property or enum names), schemas with long array length "
            + "limits (especially when nested), or schemas using complex value matchers (for example, integers or numbers "
            + "with minimum/maximum bounds or strings with complex formats like date-time)"
    )

    private static let formats: [Case] = [
        Case(
            asked: .schema,
            status: 422,
            body:
                #"{"detail":[{"type":"literal_error","loc":["body","response_format","type"],"msg":"Input should be 'text' or 'json_object'","input":"json_schema"}]}"#,
            feature: .structuredOutput
        ),
        Case(
            asked: .schema,
            body:
                #"{"object":"error","message":"[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\", 'input': 'json_schema'}]","type":"BadRequestError","param":null,"code":400}"#,
            feature: .structuredOutput
        ),
        Case(
            asked: .object,
            body: #"{"error":"'response_format.type' must be 'json_schema' or 'text'"}"#,
            feature: .structuredOutput
        ),
        Case(asked: .schema, body: tooManyStates, feature: .schemaKeywords, concernsContent: true),
        Case(asked: .strictSchema, body: tooManyStates, feature: .structuredOutput, concernsContent: true),
        Case(asked: .forced, body: tooManyStates, feature: .structuredOutput, concernsContent: true),
        Case(
            asked: .schema,
            body: error(
                "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later"
            ),
            feature: .structuredOutput
        ),
        Case(asked: .schema, body: error("This model does not support response format"), feature: .structuredOutput),
        Case(
            asked: .schema,
            body: error("This model does not support response format `json_schema`."),
            feature: .structuredOutput
        ),
        Case(
            asked: .schema,
            body: error("'format' is not permitted", param: "response_format"),
            feature: .schemaKeywords
        ),
        Case(
            asked: .toolsWithSchema,
            body: error("json mode cannot be combined with tool/function calling"),
            feature: .formatWithTools
        ),
        Case(
            asked: .toolsWithSchema,
            body:
                #"[{"error":{"code":400,"message":"Function calling with a response mime type: 'application/json' is unsupported","status":"INVALID_ARGUMENT"}}]"#,
            feature: .formatWithTools
        ),
        Case(asked: .forced, body: error("tool_choice is not a field of ours"), feature: .structuredOutput),
        Case(
            asked: .forcedWithTools,
            body: error("unexpected value", param: "tool_choice"),
            feature: .structuredOutput
        ),
        Case(asked: .lastTurn, body: error("Invalid value: 'none'", param: "tool_choice"), feature: .toolChoice),
    ]

    /// What one schema holds, refused in whichever form it was sent.
    private static let schemas: [Case] = {
        let messages = [
            error(
                "Invalid schema for response_format 'one': Expected at most 100 object properties total, 2000 given.",
                param: "response_format"
            ),
            error(
                "Invalid schema for response_format 'one': In context=('properties', 'a'), 'required' is required to be "
                    + "supplied and to be an array including every key in properties. Missing 'zip'.",
                param: "text.format.schema"
            ),
            error("Invalid schema for function 'answer': 11 levels of nesting exceeds limit of 10.", param: "tools"),
            error("The JSON schema exceeds what can be compiled"),
            error("The provided JSON schema contains features not supported by xgrammar."),
            error("Failed to initialize samplers: failed to parse grammar"),
            error("additionalProperties is wrong at response_format.json_schema.schema.properties.a.items"),
        ]
        return messages.flatMap { body in
            [
                Case(asked: .schema, body: body, feature: .schemaKeywords, concernsContent: true),
                Case(asked: .strictSchema, body: body, feature: .structuredOutput, concernsContent: true),
                Case(asked: .forced, body: body, feature: .structuredOutput, concernsContent: true),
            ]
        }
    }()

    /// Words of any sentence that are names of fields as well, and fields that a person added.
    private static let everydayWords: [Case] = [
        Case(
            asked: .schema,
            body: error("create() got an unexpected keyword argument 'enable_thinking'"),
            code: .invalidRequest
        ),
        Case(
            asked: .forced,
            body: error("create() got an unexpected keyword argument 'own_field'"),
            code: .invalidRequest
        ),
        Case(asked: .schema, body: error("own_field: Extra inputs are not permitted"), code: .invalidRequest),
        Case(
            asked: .toolsWithSchema,
            body: error("Extra inputs are not permitted: tool_choice", param: "own_field"),
            code: .invalidRequest
        ),
        Case(
            asked: .schema,
            body: error("create() got an unexpected keyword argument 'seed' (see response_format)"),
            feature: .seed
        ),
        Case(
            asked: .schema,
            body: error("response_format json_schema is not supported when own_field is set"),
            feature: .structuredOutput
        ),
        Case(asked: .schema, body: error("Invalid database schema, cannot go on"), code: .invalidRequest),
        Case(asked: .schema, body: error("Unsupported field 'schema'"), feature: .structuredOutput),
        Case(asked: .schema, body: error("This server does not support grammar"), feature: .structuredOutput),
        Case(asked: .schema, body: error("Structured outputs are not supported"), feature: .structuredOutput),
        Case(asked: .schema, body: error("max_tokens exceeds what this model gives"), code: .invalidRequest),
    ]

    /// One bad answer, told in words.
    private static let generations: [Case] = [
        Case(
            asked: .schema,
            body: error("The model failed to generate JSON that matches the schema. Please try again."),
            code: .malformed
        ),
        Case(
            asked: .forced,
            body: error("Failed to parse tool call arguments as JSON", param: "tools"),
            code: .malformed
        ),
        Case(asked: .schema, body: error("The output did not match the schema of response_format"), code: .malformed),
        Case(asked: .schema, body: error("The tool or schema is unknown. Please try again."), code: .invalidRequest),
        Case(asked: .schema, status: 500, body: error("Failed to generate an answer"), code: .serverFailed),
    ]

    private static let fields: [Case] = [
        Case(asked: .plain, body: error("no", param: "reasoning_effort"), feature: .reasoningEffort),
        Case(asked: .plain, body: error("Unrecognized request argument: reasoning_effort"), feature: .reasoningEffort),
        Case(asked: .plain, body: error("no", param: "top_p"), feature: .sampling),
        Case(asked: .plain, body: error("no", param: "seed"), feature: .seed),
        Case(
            asked: .plain,
            body: error(
                "Your organization must be verified to stream this model.",
                param: "stream",
                code: "unsupported_value"
            ),
            feature: .stream
        ),
        Case(asked: .plain, body: error("Streaming is not supported by this model"), feature: .stream),
        Case(asked: .plain, status: 500, body: error("failed to create stream"), code: .serverFailed),
        Case(asked: .schema, status: 500, body: error("crashed with response_format"), code: .serverFailed),
        // What nobody can do without, and values that a person chose, are told in the endpoint's words.
        Case(asked: .tools, body: error("this model does not support tools"), code: .invalidRequest),
        Case(asked: .tools, body: error("Invalid schema for function 'look'", param: "tools"), code: .invalidRequest),
        Case(
            asked: .plain,
            body: error("temperature must be between 0 and 0.1", param: "temperature"),
            code: .invalidRequest
        ),
        Case(
            asked: .tools,
            body: error(
                "An assistant message with 'tool_calls' must be followed by tool messages",
                param: "messages.[1].role"
            ),
            code: .invalidRequest
        ),
    ]

    private static let others: [Case] = [
        Case(
            asked: .schema,
            body:
                #"{"error":{"message":"Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.","type":"invalid_request_error","code":"json_validate_failed","failed_generation":"{\"a\":"}}"#,
            code: .malformed
        ),
        Case(
            asked: .tools,
            body:
                #"{"error":{"message":"Failed to call a function. Please adjust your prompt. See 'failed_generation' for more details.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function=look>"}}"#,
            code: .malformed
        ),
        Case(
            asked: .plain,
            status: 403,
            body:
                #"{"error":{"code":403,"message":"m requires moderation on P. Your input was flagged.","metadata":{"reasons":["violence"],"flagged_input":"…","provider_name":"P","model_slug":"m"}}}"#,
            code: .filtered
        ),
        Case(
            asked: .plain,
            body: error("The response was filtered due to the prompt", param: "prompt", code: "content_filter"),
            code: .filtered
        ),
        Case(asked: .plain, status: 403, body: error("Your input was flagged."), code: .filtered),
        Case(asked: .plain, status: 403, body: error("Key may not do this"), code: .credentials),
        Case(asked: .plain, status: 407, body: "<html>Proxy Authentication Required</html>", code: .proxyRefused),
    ]

    @Test(arguments: formats + schemas + fields + everydayWords + generations + others)
    func reads(_ example: Case) {
        let mapping = ErrorMapping(
            endpoint: OpenAIEndpoint(),
            request: Self.request(example.asked),
            isStream: true,
            now: 0
        )
        let error = mapping.error(status: example.status, headers: { _ in nil }, body: Array(example.body.utf8))
        #expect(error.code == example.code)
        #expect(error.feature == example.feature)
        #expect(error.concernsContent == example.concernsContent)
        #expect(!error.message.isEmpty && error.message != "the server gave no reason")
    }

    @Test(
        "A request that is larger than a minute's limit is not made again",
        arguments: [
            (
                "Request too large for model `m` in organization `o` on tokens per minute (TPM): Limit 6000, Requested "
                    + "12345, please reduce your message size and try again.", false as Bool?
            ),
            ("The quota per minute does not allow this: Limit 6000, Requested 6001.", false),
            ("Rate limit reached for m on tokens per min (TPM): Limit 30000, Used 25000, Requested 9000.", nil),
            ("Rate limit reached for m on tokens per minute (TPM): Limit 6000, Used 0, Requested 7000", false),
            ("Rate limit reached for m on tokens per min (TPM): Limit 1,000,000, Used 990,000, Requested 35,000.", nil),
            ("Rate limit reached: limit: 1,000, requested: 1,001", false),
        ]
    )
    func tooLargeForAMinute(message: String, isWorthARetry: Bool?) {
        let mapping = ErrorMapping(
            endpoint: OpenAIEndpoint(),
            request: Self.request(.plain),
            isStream: true,
            now: 0
        )
        let body = Array(Self.error(message, code: "rate_limit_exceeded").utf8)
        let error = mapping.error(status: 429, headers: { _ in nil }, body: body)
        #expect(error.code == .rateLimited && error.serverSaysRetry == isWorthARetry)
    }

    @Test("Who objects to nothing in particular and asks for another attempt gets one")
    func askedForAnotherAttempt() {
        func word(_ message: String, header: String? = nil) -> Bool? {
            let mapping = ErrorMapping(
                endpoint: OpenAIEndpoint(),
                request: Self.request(.plain),
                isStream: true,
                now: 0
            )
            let body = Array(Self.error(message).utf8)
            return mapping.error(status: 400, headers: { $0 == "x-should-retry" ? header : nil }, body: body)
                .serverSaysRetry
        }
        #expect(word("Something went wrong. Please try again.") == true)
        #expect(word("Something went wrong. Please try again.", header: "false") == false)
        #expect(word("Something went wrong.") == nil)
        #expect(word("temperature is unsupported, please try again without") == nil)
    }

    @Test("A failed generation within a stream is worth another attempt")
    func failedGenerationInStream() {
        let mapping = ErrorMapping(
            endpoint: OpenAIEndpoint(),
            request: Self.request(.tools),
            isStream: true,
            now: 0
        )
        let body = #"{"message":"Failed","type":"invalid_request_error","code":"tool_use_failed","status_code":400}"#
        #expect(mapping.error(.reported(Array(body.utf8)), headers: { _ in nil }, hasBegun: false).code == .malformed)
    }

    @Test("A name that was not sent is nobody's refusal", arguments: Asked.allUsed)
    func blamesNothingThatWasNotSent(asked: Asked) {
        var request = Self.request(asked)
        request.sampling = SamplingOptions()
        for name in [
            "temperature", "top_p", "seed", "reasoning_effort", "stream_options", "stream", "reasoning_content",
        ] {
            let mapping = ErrorMapping(endpoint: OpenAIEndpoint(), request: request, isStream: false, now: 0)
            let body = Self.error("unsupported", param: name)
            let error = mapping.error(status: 400, headers: { _ in nil }, body: Array(body.utf8))
            #expect(error.code == .invalidRequest && error.feature == nil, "\(name)")
        }
    }

    // MARK: - Messages

    private static let tools: [(message: String, feature: Dialect.Feature?)] = [
        (
            "Tool call id was call_1 but must be a-z, A-Z, 0-9, with a length of 9.", .toolCallIdentifiers
        ),
        (
            "Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a "
                + "string with length 500 instead.", .toolCallIdentifiers
        ),
        (
            "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'", .toolCallIdentifiers
        ),
        (
            "Function call is missing a thought_signature in functionCall parts. This is required for tools to work "
                + "correctly", .unsignedCalls
        ),
        ("The `reasoning_content` in the thinking mode must be passed back to the API.", .unreasonedCalls),
        (
            "'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property "
                + "'reasoning_content' is unsupported)]", .opaqueFields
        ),
        ("messages.2.tool_calls.0.extra_content: Extra inputs are not permitted", .opaqueFields),
        ("messages.2.tool_calls.0.status: Extra inputs are not permitted", .opaqueFields),
        ("Unknown field 'status' in a tool call", .opaqueFields),
        ("Invalid request: the status of the batch is unavailable", nil),
        ("The reasoning_content was read", nil),
        ("messages: roles must alternate between \"user\" and \"assistant\"", nil),
    ]

    @Test(arguments: tools.indices)
    func readsWhatIsSaidOfMessages(index: Int) {
        let (message, feature) = Self.tools[index]
        var request = Self.request(.tools)
        request.conversation = Conversation([
            .user("x"),
            .assistant(
                "",
                toolCalls: [
                    ToolCall(
                        id: "call_1",
                        name: "look",
                        arguments: "{}",
                        opaque: OpaqueFields(["extra_content": 1, "status": "completed"])
                    )
                ],
                opaque: OpaqueFields(["reasoning_content": "hm"])
            ), .toolResult("R", for: "call_1"),
        ])
        for param in [nil, "messages"] {
            let mapping = ErrorMapping(endpoint: OpenAIEndpoint(), request: request, isStream: true, now: 0)
            let body = Self.error(message, param: param)
            let error = mapping.error(status: 400, headers: { _ in nil }, body: Array(body.utf8))
            #expect(error.feature == feature)
            #expect(error.code == (feature == nil ? .invalidRequest : .unsupported))
        }
        // Where nothing of the kind was sent, nothing is given up.
        let plain = ErrorMapping(endpoint: OpenAIEndpoint(), request: Self.request(.tools), isStream: true, now: 0)
        let error = plain.error(status: 400, headers: { _ in nil }, body: Array(Self.error(message).utf8))
        #expect(error.feature == nil)
    }
}

extension FieldRefusalTests.Asked {
    static let allUsed: [Self] = [.schema, .object, .forced, .tools, .toolsWithSchema, .lastTurn, .plain]
}
