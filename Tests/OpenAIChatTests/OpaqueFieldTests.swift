import ChatModel
import Testing

@testable import OpenAIChat

/// What endpoints put beside an answer and want back, as their references show it.
struct OpaqueFieldTests {
    private func answer(_ events: [String]) throws -> ChatResponse {
        let outcome = Transcript.readAtEveryCut(Transcript.events(events))
        return try #require(outcome.response, "\(outcome)")
    }

    /// The message as it goes back, read as JSON.
    private func sentBack(_ response: ChatResponse) throws -> JSONValue {
        let message = Message.assistant(response.text, toolCalls: response.toolCalls, opaque: response.opaque)
        return try JSONValue(parsing: Conversation([message]).encoded)
    }

    @Test("Gemini 3: the signature of a call, on the first of two calls")
    func thoughtSignature() throws {
        let call =
            #"{"extra_content":{"google":{"thought_signature":"c2ln+/A=="}},"function":{"arguments":"{\"flight\":\"AA100\"}","name":"check_flight"},"id":"function-call-1","type":"function","index":0}"#
        let second =
            #"{"function":{"arguments":"{}","name":"book_taxi"},"id":"function-call-2","type":"function","index":1}"#
        let response = try answer([
            Transcript.delta(#"{"role":"assistant","tool_calls":[\#(call),\#(second)]}"#),
            Transcript.delta(#"{"role":"assistant"}"#, finish: "tool_calls"),
        ])
        let calls = try #require(try sentBack(response)["tool_calls"]?.arrayValue)
        #expect(calls[0]["extra_content"] == ["google": ["thought_signature": "c2ln+/A=="]])
        #expect(calls[1]["extra_content"] == nil)
        #expect(calls.map { $0["id"]?.stringValue } == ["function-call-1", "function-call-2"])
    }

    @Test("The signature may come in a later piece than the call, and beside others")
    func lateSignature() throws {
        let response = try answer([
            Transcript.delta(
                #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":""},"extra_content":{"google":{"a":1}},"vendor":null}]}"#
            ),
            Transcript.delta(#"{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}"#),
            Transcript.delta(#"{"tool_calls":[{"index":0,"extra_content":{"google":{"thought_signature":"s"}}}]}"#),
            Transcript.delta("{}", finish: "tool_calls"),
        ])
        let fields = try #require(response.toolCalls.first?.opaque)
        #expect(fields.json == #"{"extra_content":{"google":{"a":1,"thought_signature":"s"}}}"#)
    }

    @Test("DeepSeek: reasoning_content in pieces, and also when it is empty")
    func reasoningContent() throws {
        let call = #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#
        let response = try answer([
            Transcript.delta(#"{"role":"assistant","content":null,"reasoning_content":""}"#),
            Transcript.delta(#"{"content":null,"reasoning_content":"Look \"up\"\n"}"#),
            Transcript.delta(#"{"content":null,"reasoning_content":"first. \ud83c\udf0a"}"#),
            Transcript.delta(call), Transcript.delta("{}", finish: "tool_calls"),
        ])
        #expect(try sentBack(response)["reasoning_content"] == "Look \"up\"\nfirst. 🌊")
        let silent = try answer([
            Transcript.delta(#"{"content":null,"reasoning_content":""}"#), Transcript.delta(call),
            Transcript.delta("{}", finish: "tool_calls"),
        ])
        #expect(try sentBack(silent)["reasoning_content"] == "")
        let plain = try answer([
            Transcript.delta(#"{"content":null,"reasoning_content":null}"#), Transcript.delta(call),
            Transcript.delta("{}", finish: "tool_calls"),
        ])
        #expect(plain.opaque == nil)
    }

    @Test("OpenRouter: pieces of reasoning_details are put together by index, signatures and all")
    func reasoningDetails() throws {
        let response = try answer([
            Transcript.delta(
                #"{"content":"","reasoning":"Let","reasoning_details":[{"type":"reasoning.text","text":"Let","format":"anthropic-claude-v1","index":0}]}"#
            ),
            Transcript.delta(
                #"{"reasoning_details":[{"type":"reasoning.text","text":" me compute","format":"anthropic-claude-v1","index":0}]}"#
            ),
            Transcript.delta(
                #"{"reasoning_details":[{"type":"reasoning.text","signature":"Et8B","format":"anthropic-claude-v1","index":0}]}"#
            ),
            Transcript.delta(
                #"{"reasoning_details":[{"type":"reasoning.encrypted","data":"x1","id":"tool_1","index":0},{"type":"reasoning.encrypted","data":"x2","id":"tool_2","index":0}]}"#
            ),
            Transcript.delta(
                #"{"reasoning_details":[{"type":"reasoning.encrypted","data":"x2","id":"tool_2","index":0},{"type":"reasoning.summary","summary":"S","index":1}]}"#
            ),
            Transcript.delta(#"{"reasoning_details":[{"type":"reasoning.summary","summary":"um","index":1}]}"#),
            Transcript.delta(#"{"content":"8"}"#, finish: "stop"),
        ])
        let details = try #require(try sentBack(response)["reasoning_details"]?.arrayValue)
        #expect(
            details == [
                [
                    "type": "reasoning.text", "text": "Let me compute", "format": "anthropic-claude-v1", "index": 0,
                    "signature": "Et8B",
                ],
                ["type": "reasoning.encrypted", "data": "x1", "id": "tool_1", "index": 0],
                ["type": "reasoning.encrypted", "data": "x2", "id": "tool_2", "index": 0],
                ["type": "reasoning.summary", "summary": "Sum", "index": 1],
            ]
        )
        // Their text is for people only.
        #expect(try sentBack(response)["reasoning"] == nil)
    }

    @Test("LiteLLM: pieces of thinking blocks end with their signature")
    func thinkingBlocks() throws {
        func piece(_ text: String, _ signature: String) -> String {
            Transcript.delta(
                #"{"thinking_blocks":[{"type":"thinking","thinking":"\#(text)","signature":\#(signature)}]}"#
            )
        }
        let response = try answer([
            piece("a", "null"), piece("b", #""""#), piece("", #""s1""#), piece("c", "null"), piece("c", #""s2""#),
            Transcript.delta(#"{"thinking_blocks":[{"type":"redacted_thinking","data":"zz"}]}"#),
            Transcript.delta(#"{"content":"x"}"#, finish: "stop"),
        ])
        #expect(
            try sentBack(response)["thinking_blocks"] == [
                ["type": "thinking", "thinking": "ab", "signature": "s1"],
                ["type": "thinking", "thinking": "c", "signature": "s2"],
                ["type": "redacted_thinking", "data": "zz"],
            ]
        )
    }

    @Test("What comes whole goes back as it came")
    func whole() throws {
        let message =
            #"{"role":"assistant","content":"8","reasoning_content":"r","reasoning_details":[{"type":"reasoning.text","text":"a"},{"type":"reasoning.text","text":"b"}],"thinking_blocks":[],"annotations":[],"audio":null,"provider_specific_fields":{"refusal":null},"reasoning_opaque":"q","tool_calls":[{"id":"a","type":"function","function":{"name":"f","arguments":"{}"},"provider_specific_fields":{"thought_signature":"s"},"z":1.50}]}"#
        let body = #"{"choices":[{"index":0,"message":\#(message),"finish_reason":"tool_calls"}]}"#
        let response = try wholeAnswer(Array(body.utf8), AnswerBounds(maximumOutput: 100_000), isTaken: { _ in false })
        #expect(
            response.opaque?.json
                == #"{"reasoning_content":"r","reasoning_details":[{"type":"reasoning.text","text":"a"},{"type":"reasoning.text","text":"b"}],"thinking_blocks":[],"reasoning_opaque":"q"}"#
        )
        #expect(
            response.toolCalls.first?.opaque?.json
                == #"{"provider_specific_fields":{"thought_signature":"s"},"z":1.5}"#
        )
    }

    @Test("More than is kept ends a call of tools, and is left out of a text")
    func tooMuch() {
        let thought = String(repeating: "t", count: OpaqueAssembly.maximumBytes + 1)
        func stream(_ end: String, _ finish: String) -> String {
            Transcript.events([
                Transcript.delta(#"{"reasoning_content":"\#(thought)"}"#), Transcript.delta(end, finish: finish),
            ])
        }
        let text = Transcript.read(stream(#"{"content":"x"}"#, "stop"))
        #expect(text.response?.text == "x" && text.response?.opaque == nil)
        let call = #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#
        guard case .tooLarge = Transcript.read(stream(call, "tool_calls")).fault else {
            Issue.record("a call of tools was taken without what must go back")
            return
        }
        let extra = #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"},"x":"\#(thought)"}]}"#
        guard case .tooLarge = Transcript.read(Transcript.events([Transcript.delta(extra, finish: "tool_calls")])).fault
        else {
            Issue.record("a call of tools was taken without what must go back")
            return
        }
    }

    @Test("A list of more thoughts than any answer has is not put together")
    func tooManyThoughts() {
        func stream(_ count: Int, _ end: String, _ finish: String) -> String {
            let thoughts = (0..<count).map { #"{"index":\#($0)}"# }.joined(separator: ",")
            return Transcript.events([
                Transcript.delta(#"{"reasoning_details":[\#(thoughts)]}"#), Transcript.delta(end, finish: finish),
            ])
        }
        let call = #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#
        let most = Transcript.read(stream(ThoughtList.maximumCount, call, "tool_calls")).response
        #expect(most?.opaque?.members["reasoning_details"]?.arrayValue?.count == ThoughtList.maximumCount)
        let text = Transcript.read(stream(ThoughtList.maximumCount + 1, #"{"content":"x"}"#, "stop"))
        #expect(text.response?.text == "x" && text.response?.opaque == nil)
        guard case .tooLarge = Transcript.read(stream(5_000, call, "tool_calls")).fault else {
            Issue.record("a call of tools was taken without what must go back")
            return
        }
    }

    @Test("What is written as escapes counts as what it says")
    func escapesAreDecoded() {
        // Each of these six bytes long sequences is three bytes of text.
        let thought = String(repeating: #"\u6f6e"#, count: OpaqueAssembly.maximumBytes / 5)
        for delta in [
            #"{"reasoning_content":"\#(thought)"}"#,
            #"{"reasoning_details":[{"type":"reasoning.text","text":"\#(thought)"}]}"#,
        ] {
            let response = Transcript.read(
                Transcript.events([Transcript.delta(delta), Transcript.delta(#"{"content":"x"}"#, finish: "stop")])
            ).response
            #expect(response?.opaque != nil)
        }
        // Reasoning that is not kept is bounded, too: by what an answer may say.
        let most = AnswerBounds(maximumOutput: 1).said
        let unkept = Transcript.delta(#"{"reasoning":"\#(String(repeating: #"\u6f6e"#, count: most / 4))"}"#)
        let stream = Transcript.events([unkept, Transcript.delta(#"{"content":"x"}"#, finish: "stop")])
        #expect(Transcript.read([Array(stream.utf8)[...]], maximumOutput: 1).response?.text == "x")
    }

    @Test("The name of a tool has an end")
    func endlessName() {
        let pieces = (0...ToolCallAssembly.maximumName / 4).map {
            Transcript.delta(#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"\#(1_000 + $0)"}}]}"#)
        }
        guard case .tooLarge = Transcript.read(Transcript.events(pieces)).fault else {
            Issue.record("an endless name was put together")
            return
        }
    }

    @Test("A signature in an identifier, as LiteLLM has it, is kept")
    func signedIdentifier() throws {
        let id = "call_1__thought__" + String(repeating: "Ab+/", count: 800)
        let response = try answer([
            Transcript.delta(
                #"{"tool_calls":[{"index":0,"id":"\#(id)","function":{"name":"f","arguments":"{}"}}]}"#,
                finish: "tool_calls"
            )
        ])
        #expect(response.toolCalls.first?.id == id)
    }

    @Test("A field of our own name is not written twice")
    func ownNames() {
        #expect(OpaqueFields(["role": "system", "content": "x", "tool_calls": [], "id": "y", "x": .null]) == nil)
        #expect(OpaqueFields(json: #"{"role":"system","s":1}"#)?.json == #"{"s":1}"#)
        #expect(OpaqueFields(json: "[1]") == nil && OpaqueFields(json: #"{"s":1"#) == nil)
    }
}
