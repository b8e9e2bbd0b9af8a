import ChatModel
import Testing

@testable import OpenAIChat

/// Where servers say how long to wait, in their published words.
struct RequestedWaitTests {
    // 2023-11-14 22:13:20 GMT.
    private static let now: Int64 = 1_700_000_000_000

    private static func error(
        _ status: Int,
        _ body: String,
        _ headers: [String: String] = [:]
    ) -> ChatError {
        let request = ChatRequest(model: "m", conversation: Conversation([.user("x")]), maximumOutput: 5)
        let mapping = ErrorMapping(endpoint: OpenAIEndpoint(), request: request, isStream: true, now: now)
        return mapping.error(status: status, headers: { headers[$0] }, body: Array(body.utf8))
    }

    @Test func geminiTellsItInTheBody() {
        let body = #"""
            [{"error": {"code": 429, "message": "You exceeded your current quota, please check your plan. Please retry in 6.500000000s.",
              "status": "RESOURCE_EXHAUSTED", "details": [
                {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaValue": "5"}]},
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "6s"}]}}]
            """#
        #expect(Self.error(429, body).retryAfter == 6_000)
        let words =
            #"{"error":{"code":429,"message":"Quota exceeded. Please retry in 6.5s.","status":"RESOURCE_EXHAUSTED"}}"#
        #expect(Self.error(429, words).retryAfter == 6_500)
    }

    @Test(
        arguments: [
            (
                "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29500, Requested 900. "
                    + "Please try again in 1.2s. Visit https://platform.openai.com/account/rate-limits", 1_200
            ),
            ("Rate limit reached on requests per min. Please try again in 20ms.", 20),
            ("Please try again in 6m0s.", 360_000), ("Please try again in 7m12.5s", 432_500),
            ("Requests have exceeded the call rate limit. Please retry after 26 seconds.", 26_000),
            ("try again in 2 minutes", 120_000), ("Please wait 1 second and try again", 1_000),
            ("Please try again later.", nil), ("Please try again in a moment", nil), ("retry in 5", nil),
            ("try again in -3 seconds", nil), ("", nil),
        ] as [(String, Int?)]
    )
    func wordsTellIt(message: String, expected: Int?) {
        let body = JSONValue.object(["error": ["message": .string(message)]]).jsonText
        #expect(Self.error(429, body).retryAfter == expected)
    }

    @Test(
        arguments: [
            (["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"], 360_000),
            (
                [
                    "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1.5s",
                    "x-ratelimit-remaining-requests": "99", "x-ratelimit-reset-requests": "8h",
                ], 1_500
            ),
            (["x-ratelimit-reset-requests": "20"], 20_000),
            (["x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000030"], 30_000),
            (["x-ratelimit-reset": "1700000030000"], 30_000),
            (["x-ratelimit-reset": "1600000000"], nil),
            (["x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "6m0s"], nil),
            (["x-ratelimit-reset": "nan"], nil), (["x-ratelimit-reset": "1e400"], nil),
            (["retry-after": "2", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"], 2_000),
        ] as [([String: String], Int?)]
    )
    func headersTellIt(headers: [String: String], expected: Int?) {
        #expect(Self.error(429, #"{"error":{"message":"slow down"}}"#, headers).retryAfter == expected)
        // A server that failed for another reason does not speak of its limits.
        if headers["retry-after"] == nil { #expect(Self.error(500, "", headers).retryAfter == nil) }
    }

    @Test(
        arguments: [
            (#"{"error":"Model m is currently loading","estimated_time":20.5}"#, 503, 20_500),
            (#"{"error":{"message":"busy","retry_after":3}}"#, 429, 3_000),
            (#"{"retryDelay":{"seconds":"2","nanos":500000000},"message":"m"}"#, 503, 2_500),
            (
                #"{"error":{"message":"Rate limited","code":429,"metadata":{"headers":{"X-RateLimit-Reset":"1700000060000"}}}}"#,
                429, 60_000
            ),
            (#"{"error":{"message":"busy","retry_after":-1}}"#, 429, nil),
            (#"{"error":{"message":"busy","retry_after":1e300}}"#, 429, 31_536_000_000),
            (#"{"error":{"message":"bad","retry_after":3}}"#, 400, nil),
        ] as [(String, Int, Int?)]
    )
    func fieldsTellIt(body: String, status: Int, expected: Int?) {
        #expect(Self.error(status, body).retryAfter == expected)
    }

    @Test(
        arguments: [
            (503, #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, true),
            (503, #"{"error":"Model Qwen/Qwen3 is currently loading","estimated_time":20.0}"#, true),
            (500, #"{"error":{"message":"llm server loading model","type":"api_error"}}"#, true),
            (503, "no healthy upstream", true),
            (503, #"{"error":{"message":"The engine is currently overloaded"}}"#, false),
            (503, "", false), (400, #"{"error":"loading model m failed"}"#, false),
            (500, #"{"error":"Failed to initialize samplers"}"#, false),
        ] as [(Int, String, Bool)]
    )
    func loadingServersAreKnown(status: Int, body: String, isLoading: Bool) {
        let error = Self.error(status, body)
        #expect((error.code == .loading) == isLoading, "\(error.code)")
        #expect(error.isWait == isLoading)
    }

    @Test func whatNeverFitsIsNotAskedForAgain() {
        let message =
            "Request too large for gpt-4o in organization org-1 on tokens per min (TPM): Limit 10000, Requested 17000."
        let error = Self.error(429, JSONValue.object(["error": ["message": .string(message)]]).jsonText)
        #expect(error.code == .rateLimited)
        #expect(error.serverSaysRetry == false)
    }

    /// The response was a success, and what broke off in it may have been answered.
    @Test func errorsWithinAStreamMayBeBilled() {
        let request = ChatRequest(model: "m", conversation: Conversation([.user("x")]), maximumOutput: 5)
        let mapping = ErrorMapping(endpoint: OpenAIEndpoint(), request: request, isStream: true, now: Self.now)
        func error(_ body: String, hasBegun: Bool) -> ChatError {
            mapping.error(.reported(Array(body.utf8)), headers: { _ in nil }, hasBegun: hasBegun)
        }
        #expect(error(#"{"message":"Provider failed","code":502}"#, hasBegun: false).mayBeBilled == true)
        #expect(error(#"{"message":"overloaded","code":500}"#, hasBegun: true).mayBeBilled == true)
        #expect(error(#"{"message":"slow down","code":429}"#, hasBegun: true).mayBeBilled == true)
        #expect(error(#"{"message":"slow down","code":429}"#, hasBegun: false).mayBeBilled == false)
    }
}
