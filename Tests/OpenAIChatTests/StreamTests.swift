import ChatModel
import Testing

@testable import OpenAIChat

struct StreamTests {
    @Test func readsPlainText() {
        let stream = Transcript.events([
            Transcript.delta("{\"role\":\"assistant\",\"content\":\"\"}"),
            Transcript.delta("{\"content\":\"Grü\\u00dfe \"}"),
            Transcript.delta("{\"content\":\"\\ud83d\\ude00 \\\"😀\\\"\\n\"}"), Transcript.delta("{}", finish: "stop"),
            "{\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":4,\"total_tokens\":13}}",
        ])
        let outcome = Transcript.readAtEveryCut(stream)
        #expect(outcome.response?.text == "Grüße 😀 \"😀\"\n")
        #expect(outcome.streamed == outcome.response?.text)
        #expect(outcome.response?.finishReason == .stop)
        #expect(outcome.response?.usage == TokenUsage(input: 9, output: 4))
    }

    @Test func readsAnyOrderWhiteSpaceAndUnknownMembers() {
        let stream =
            ": OPENROUTER PROCESSING\r\n\r\n" + """
                data: { "x" : [ { "choices" : [1, {"delta":"no"}] }, NaN, -1.5e3 ], "choices" : [ { "finish_reason" : null ,\
                 "delta" : { "reasoning_content":"hm" , "content" : "a" , "tool_calls" : null , "refusal": null } , "index" : 0 } ] }\r
                \r
                data: {"choices":[{"\\u0064elta":{"content":"b"},"logprobs":null,"index":0,"finish_reason":"stop"}],"usage":null}\r
                \r

                """
        let outcome = Transcript.readAtEveryCut(stream)
        #expect(outcome.response?.text == "ab")
    }

    @Test func readsContentInParts() {
        let stream = Transcript.events([
            Transcript.delta(
                "{\"content\":[{\"type\":\"thinking\",\"thinking\":[]},{\"text\":\"a\",\"type\":\"text\"},\"b\"]}"
            ),
            Transcript.delta("{\"content\":[]}", finish: "stop"),
        ])
        #expect(Transcript.readAtEveryCut(stream).response?.text == "ab")
    }

    @Test(arguments: [
        ("stop", ChatResponse.FinishReason.stop), ("length", .length), ("content_filter", .contentFilter),
        ("eos", .stop),
        ("model_length", .length), ("tool_calls", .stop),
    ])
    func mapsFinishReasons(reason: String, expected: ChatResponse.FinishReason) {
        let stream = Transcript.events([Transcript.delta("{\"content\":\"x\"}", finish: reason)])
        #expect(Transcript.read(stream).response?.finishReason == expected)
    }

    @Test func takesAStreamWithoutDoneMarkerAsWhole() {
        let stream = Transcript.events([Transcript.delta("{\"content\":\"x\"}", finish: "stop")], done: false)
        #expect(Transcript.read(stream).response?.text == "x")
    }

    @Test(arguments: [true, false])
    func takesNoStreamWithoutFinishReasonAsWhole(done: Bool) throws {
        let stream = Transcript.events([Transcript.delta("{\"content\":\"x\"}")], done: done)
        let fault = try #require(Transcript.readAtEveryCut(stream).fault)
        guard case .truncated = fault else { throw fault }
    }

    @Test func acceptsAMissingFinishReasonFromServersThatNeverSendOne() {
        let usage = "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}"
        let chunks = [Transcript.delta("{\"content\":\"x\"}"), usage]
        #expect(Transcript.read(Transcript.events(chunks), finishReasonIsOptional: true).response?.text == "x")
        #expect(Transcript.read(Transcript.events(chunks, done: false), finishReasonIsOptional: true).response == nil)
    }

    @Test func neverTakesAPrefixForTheWhole() {
        let stream = Transcript.events([
            Transcript.delta("{\"content\":\"one two\"}"), Transcript.delta("{\"content\":\" three\"}", finish: "stop"),
        ])
        let bytes = Array(stream.utf8)
        for end in bytes.indices {
            let response = Transcript.read([bytes[..<end]]).response
            #expect(response == nil || response?.text == "one two three", "cut at \(end)")
        }
    }

    @Test func keepsChoicesApart() {
        let stream = Transcript.events([
            "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"B\"}},{\"index\":0,\"delta\":{\"content\":\"A\"}}]}",
            "{\"choices\":[{\"delta\":{\"content\":\"C\"},\"index\":2}]}",
            "{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}",
            Transcript.delta("{\"content\":\"a\"}", finish: "stop"),
        ])
        let response = Transcript.readAtEveryCut(stream).response
        #expect(response?.text == "Aa")
        #expect(response?.finishReason == .stop)
    }

    @Test func ignoresWhatFollowsTheDoneMarker() {
        let stream = Transcript.events([Transcript.delta("{\"content\":\"x\"}", finish: "stop")]) + "data: {broken\n\n"
        #expect(Transcript.read(stream).response?.text == "x")
        let endless = stream + String(repeating: ": keep-alive\n\n", count: 10_000)
        let bytes = Array(endless.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 1_000).map { bytes[$0..<min($0 + 1_000, bytes.count)] }
        #expect(Transcript.read(pieces).response?.text == "x")
    }

    @Test func reportsRefusals() {
        let stream = Transcript.events([
            Transcript.delta("{\"refusal\":\"I can\"}"), Transcript.delta("{\"refusal\":\"not\"}", finish: "stop"),
        ])
        let response = Transcript.readAtEveryCut(stream).response
        #expect(response?.refusal == "I cannot")
        #expect(response?.text == "")
    }

    @Test(arguments: [
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"}}",
        "{\"choices\":[{\"index\":0,\"delta\":{\"content\":5}}]}", "garbage",
        "{\"choices\":{}}", "{\"choices\":[]} x", "{\"choices\":[{\"delta\":{\"content\":\"\\q\"}}]}", "{\"a\":tru}",
        "{\"choices\":[{\"delta\":{\"content\":\"\\ud8\"}}]}",
    ])
    func refusesMalformedChunks(chunk: String) throws {
        let outcome = Transcript.readAtEveryCut(Transcript.events([chunk, Transcript.delta("{}", finish: "stop")]))
        let fault = try #require(outcome.fault)
        guard case .malformed = fault else { throw fault }
    }

    @Test(arguments: [
        "{\"error\":{\"message\":\"overloaded\",\"code\":502},\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"error\"}]}",
        "{\"object\":\"error\",\"message\":\"overloaded\",\"code\":502}", "{\"error\":\"overloaded\"}",
    ])
    func reportsErrorsWithinTheStream(chunk: String) throws {
        let fault = Transcript.readAtEveryCut(Transcript.events([Transcript.delta("{\"content\":\"x\"}"), chunk])).fault
        guard case .reported(let body) = try #require(fault) else { throw try #require(fault) }
        #expect(ErrorBody(body).message == "overloaded")
    }

    @Test func refusesDepthsAndEventsBeyondTheLimits() throws {
        let deep = "{\"x\":" + String(repeating: "[", count: 100_000)
        #expect(Transcript.read(Transcript.events([deep])).response == nil)
        let huge = "data: " + String(repeating: "x", count: 33 << 20)
        guard case .tooLarge? = Transcript.read(huge).fault else { throw try #require(Transcript.read(huge).fault) }
    }

    @Test(
        arguments: [
            ("{\"prompt_tokens\":5,\"completion_tokens\":2}", TokenUsage(input: 5, output: 2)),
            (
                "{\"prompt_tokens\":9,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":5,"
                    + "\"audio_tokens\":0,\"cache_write_tokens\":3}}",
                TokenUsage(input: 9, cachedInput: 5, cacheWrites: 3, output: 2)
            ),
            (
                "{\"prompt_tokens\":9,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cache_write_tokens\":8,"
                    + "\"cached_tokens\":5}}",
                nil
            ),
            (
                "{\"prompt_tokens\":5,\"completion_tokens\":2,\"prompt_cache_hit_tokens\":3}",
                TokenUsage(input: 5, cachedInput: 3, output: 2)
            ),
            ("{}", nil), ("null", nil), ("[]", nil), ("{\"prompt_tokens\":-5,\"completion_tokens\":2}", nil),
            ("{\"prompt_tokens\":NaN,\"completion_tokens\":2}", nil),
            ("{\"prompt_tokens\":\"5\",\"completion_tokens\":2}", nil),
            ("{\"prompt_tokens\":5.5,\"completion_tokens\":2}", nil),
            ("{\"prompt_tokens\":5,\"completion_tokens\":99999999999999999}", nil),
        ] as [(String, TokenUsage?)]
    )
    func readsUsage(usage: String, expected: TokenUsage?) {
        let chunk =
            "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],\"usage\":\(usage)}"
        let outcome = Transcript.read(Transcript.events([chunk]))
        #expect(outcome.response?.text == "x")
        #expect(outcome.response?.usage == expected)
    }

    @Test func takesTheLastUsageAndAddsNothingUp() {
        let stream = Transcript.events(
            (1...3).map {
                "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"x\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":\($0)}}"
            } + ["{\"choices\":[],\"usage\":null}"]
        )
        #expect(Transcript.read(stream).response?.usage == TokenUsage(input: 5, output: 3))
    }

    @Test func acceptsAWholeCompletionInPlaceOfAStream() {
        let body =
            "{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"hi\"},\"finish_reason\":\"stop\"}]}"
        #expect(Transcript.readAtEveryCut(body).response?.text == "hi")
    }

    @Test(arguments: [
        "", "  \n", "<html><title>Log in</title></html>", "Bad Gateway", "{}", "{\"choices\":[]}",
        "{\"choices\":[{\"message\":null,\"finish_reason\":\"stop\"}]}",
        "{\"choices\":[{\"message\":{\"content\":null},\"finish_reason\":\"stop\"}]}",
    ])
    func refusesWhatIsNoAnswer(body: String) throws {
        let fault = try #require(Transcript.read(body).fault)
        guard case .malformed = fault else { throw fault }
    }
}
