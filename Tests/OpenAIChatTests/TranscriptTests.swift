import ChatModel
import Evidence
import Testing

@testable import OpenAIChat

/// Every shape in which real endpoints stream an answer, cut and cut off at every byte.
struct TranscriptTests {
    /// A recorded way of streaming: the events up to the one that makes the answer whole, and those after it.
    struct Shape: Sendable, CustomTestStringConvertible {
        var name: String
        var events: [String]
        var after: [String]
        var end = "\n"
        var prefix = ""
        var isOptional = false
        /// What it comes to; without one, no part of it is ever an answer.
        var answer: ChatResponse?

        init(
            _ name: String,
            _ events: [String],
            after: [String] = ["[DONE]"],
            end: String = "\n",
            prefix: String = "",
            isOptional: Bool = false,
            _ answer: ChatResponse?
        ) {
            self.name = name
            self.events = events
            self.after = after
            self.end = end
            self.prefix = prefix
            self.isOptional = isOptional
            self.answer = answer
        }

        var testDescription: String { name }

        var bytes: [UInt8] { Array((prefix + (events + after).map(written).joined()).utf8) }

        /// The number of bytes that make the answer whole: up to the first byte of the blank line behind the last event
        /// that counts.
        var wholeLength: Int {
            guard answer != nil else { return .max }
            return (prefix + events.map(written).joined()).utf8.count - end.utf8.count + 1
        }

        // A line of its own stands for itself, such as a comment.
        private func written(_ event: String) -> String {
            (event.hasPrefix(":") || event.hasPrefix("event:") ? event : "data: \(event)") + end + end
        }
    }

    private static func said(_ text: String, _ usage: TokenUsage? = nil) -> ChatResponse {
        ChatResponse(text: text, usage: usage)
    }

    private static func called(_ calls: ToolCall...) -> ChatResponse {
        ChatResponse(text: "", toolCalls: calls, finishReason: .toolCalls)
    }

    private static func thought(_ bytes: Int, _ response: ChatResponse) -> ChatResponse {
        var response = response
        response.thoughtBytes = bytes
        return response
    }

    private static func text(_ text: String, _ finish: String? = nil, usage: String? = nil) -> String {
        choice("\"delta\":{\"content\":\(JSONValue.string(text).jsonText)}", finish, usage: usage)
    }

    private static func tool(_ calls: String) -> String { choice("\"delta\":{\"tool_calls\":[\(calls)]}") }

    private static func choice(_ members: String, _ finish: String? = nil, usage: String? = nil) -> String {
        "{\"choices\":[{\"index\":0,\(members),\"finish_reason\":\(finish.map { "\"\($0)\"" } ?? "null")}]"
            + (usage.map { ",\"usage\":\($0)" } ?? "") + "}"
    }

    private static func end(_ finish: String) -> String { choice("\"delta\":{}", finish) }

    private static func usage(_ input: Int, _ output: Int) -> String {
        "{\"prompt_tokens\":\(input),\"completion_tokens\":\(output)}"
    }

    private static func usageChunk(_ input: Int, _ output: Int) -> String {
        "{\"choices\":[],\"usage\":\(usage(input, output))}"
    }

    private static let sea = ToolCall(id: "a", name: "look", arguments: "{\"at\":\"sea {\"}")
    private static let moon = ToolCall(id: "b", name: "note", arguments: "{\"n\":[1]}")

    private static func piece(_ index: Int?, _ id: String?, _ name: String?, _ arguments: String) -> String {
        let members = [
            index.map { "\"index\":\($0)" }, id.map { "\"id\":\"\($0)\"" },
            "\"function\":{" + (name.map { "\"name\":\"\($0)\"," } ?? "")
                + "\"arguments\":\(JSONValue.string(arguments).jsonText)}",
        ]
        return "{\(members.compactMap(\.self).joined(separator: ","))}"
    }

    private static let texts: [Shape] = [
        Shape(
            "usage last",
            [text("The tide "), text("is 🌊é."), end("stop")],
            after: [usageChunk(9, 4), "[DONE]"],
            said("The tide is 🌊é.", TokenUsage(input: 9, output: 4))
        ),
        Shape(
            "usage on every chunk",
            [text("a", usage: usage(9, 1)), text("b", usage: usage(9, 2)), choice("\"delta\":{}", "stop")],
            after: [usageChunk(9, 3), "[DONE]"],
            said("ab", TokenUsage(input: 9, output: 3))
        ),
        Shape(
            "usage in the last chunk with content",
            [text("a"), text("b", "stop", usage: usage(9, 2))],
            said("ab", TokenUsage(input: 9, output: 2))
        ),
        Shape("usage missing", [text("a"), end("stop")], said("a")),
        Shape(
            "usage of another form, and null",
            [text("a", usage: "null"), end("stop")],
            after: [usageChunk(9, 2), "{\"choices\":[],\"usage\":{\"total\":\"many\"}}", "[DONE]"],
            said("a", TokenUsage(input: 9, output: 2))
        ),
        Shape("finish reason but no [DONE]", [text("ab"), end("stop")], after: [], said("ab")),
        Shape(
            "[DONE] and usage in place of a finish reason, where that is how the server ends",
            [text("ab"), usageChunk(1, 2), "[DONE]"],
            after: [],
            isOptional: true,
            said("ab", TokenUsage(input: 1, output: 2))
        ),
        Shape(
            "data after [DONE]",
            [text("a"), end("stop")],
            after: ["[DONE]", text("b"), "{broken", "[DONE]"],
            said("a")
        ),
        Shape(
            "keep-alive comments",
            [": OPENROUTER PROCESSING", text("a"), ":", ": ping", text("b"), end("stop")],
            after: [": bye", "[DONE]"],
            said("ab")
        ),
        Shape("named events", ["event: ping", text("a"), end("stop")], said("a")),
        Shape("byte order mark", [text("a"), end("stop")], prefix: "\u{FEFF}", said("a")),
        Shape("CRLF", [text("a\r\n"), end("stop")], end: "\r\n", said("a\r\n")),
        Shape("CR", [text("a\n"), end("stop")], end: "\r", said("a\n")),
        Shape(
            "stopped at the output limit",
            [text("The tide i"), end("length")],
            ChatResponse(text: "The tide i", finishReason: .length)
        ),
        Shape(
            "content filter",
            [text("The t"), end("content_filter")],
            ChatResponse(text: "The t", finishReason: .contentFilter)
        ),
        Shape(
            "refusal",
            [
                choice("\"delta\":{\"content\":null,\"refusal\":\"I \"}"), choice("\"delta\":{\"refusal\":\"won't\"}"),
                end("stop"),
            ],
            ChatResponse(text: "", refusal: "I won't")
        ),
        Shape(
            "several choices, interleaved",
            [
                "{\"choices\":[{\"index\":1,\"delta\":{\"content\":\"B\"}},{\"index\":0,\"delta\":{\"content\":\"A\"}}]}",
                "{\"choices\":[{\"index\":2,\"delta\":{\"content\":\"C\"},\"finish_reason\":\"stop\"}]}",
                "{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"length\"}]}",
                text("a", "stop"),
            ],
            said("Aa")
        ),
        Shape(
            "reasoning beside content",
            [choice("\"delta\":{\"reasoning_content\":\"hm\",\"content\":null}"), text("a"), end("stop")],
            thought(2, ChatResponse(text: "a", opaque: OpaqueFields(["reasoning_content": "hm"])))
        ),
        Shape(
            "content in parts",
            [choice("\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},\"b\"]}"), end("stop")],
            said("ab")
        ),
        Shape("escapes in two parts", [text("\u{1F30A}\u{0}\"\\"), end("stop")], said("\u{1F30A}\u{0}\"\\")),
    ]

    private static let calls: [Shape] = [
        Shape(
            "parallel calls, interleaved",
            [
                tool(piece(0, "a", "look", "")), tool(piece(1, "b", "note", "{\"n\"")),
                tool(piece(0, nil, nil, "{\"at\":\"se") + "," + piece(1, nil, nil, ":[1")),
                tool(piece(1, nil, nil, "]}")), tool(piece(0, nil, nil, "a {\"}")), end("tool_calls"),
            ],
            called(sea, moon)
        ),
        Shape(
            "no index",
            [
                tool(piece(nil, "a", "look", sea.arguments)), tool(piece(nil, "b", "note", moon.arguments)),
                end("tool_calls"),
            ],
            called(sea, moon)
        ),
        Shape(
            "index 0 for every call",
            [tool(piece(0, "a", "look", sea.arguments)), tool(piece(0, "b", "note", moon.arguments)), end("stop")],
            called(sea, moon)
        ),
        Shape(
            "indices with gaps, the later first",
            [
                tool(piece(7, "b", "note", moon.arguments)), tool(piece(3, "a", "look", "{\"at\":")),
                tool(piece(3, nil, nil, "\"sea {\"}")), end("tool_calls"),
            ],
            called(sea, moon)
        ),
        Shape(
            "a name in fragments",
            [
                tool(piece(0, "a", "lo", "")), tool(piece(0, nil, "ok", "")), tool(piece(0, nil, nil, sea.arguments)),
                end("tool_calls"),
            ],
            called(sea)
        ),
        Shape(
            "an identifier that comes late, and a name that is repeated",
            [
                tool(piece(0, nil, "look", "{\"at\"")), tool(piece(0, "a", "look", ":\"sea {\"}")),
                end("function_call"),
            ],
            called(sea)
        ),
        Shape(
            "text before a call",
            [text("Let me look."), tool(piece(0, "a", "look", sea.arguments)), end("tool_calls")],
            after: [usageChunk(5, 6), "[DONE]"],
            ChatResponse(
                text: "Let me look.",
                toolCalls: [sea],
                finishReason: .toolCalls,
                usage: TokenUsage(input: 5, output: 6)
            )
        ),
        Shape(
            "a call that the output limit cut",
            [tool(piece(0, "a", "look", "{\"at\":\"se")), end("length")],
            ChatResponse(text: "", finishReason: .length)
        ),
    ]

    /// What no part of is an answer.
    private static let failures: [Shape] = [
        Shape("[DONE] without a finish reason", [text("ab")], nil),
        Shape("neither [DONE] nor a finish reason", [text("ab"), usageChunk(1, 1)], after: [], nil),
        Shape("an error within the stream", [text("ab"), "{\"error\":{\"message\":\"busy\"}}"], nil),
        Shape("a call without a finish reason", [tool(piece(0, "a", "look", sea.arguments))], nil),
        Shape("a garbled chunk", [text("ab"), "{\"choices\":[{\"index\":0,\"delta\":{\"cont"], nil),
        Shape(
            "the reason of another choice",
            ["{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}"],
            nil
        ),
        Shape(
            "a call that arrives in pieces of no call",
            [tool(piece(0, "a", "look", "{}")), tool(piece(0, nil, nil, "{}")), end("stop")],
            nil
        ),
    ]

    @Test("A stream comes to the same answer wherever it is cut", arguments: texts + calls + failures)
    func cuts(_ shape: Shape) throws {
        let bytes = shape.bytes
        let whole = Transcript.read([bytes[...]], finishReasonIsOptional: shape.isOptional)
        #expect(whole.response == shape.answer, "\(whole)")
        #expect((whole.fault == nil) == (shape.answer != nil))
        for cut in bytes.indices.dropFirst() {
            let halves = Transcript.read([bytes[..<cut], bytes[cut...]], finishReasonIsOptional: shape.isOptional)
            #expect(halves == whole, "cut at \(cut)")
        }
        let bytewise = bytes.indices.map { bytes[$0...$0] }
        #expect(Transcript.read(bytewise, finishReasonIsOptional: shape.isOptional) == whole)
        try Evidence.record(
            .neverTruncated,
            "streams of every shape that endpoints send, cut in two at every byte and read byte by byte: the same answer",
            cases: bytes.count
        )
    }

    @Test("A stream that is cut off is no answer before it is whole", arguments: texts + calls + failures)
    func truncation(_ shape: Shape) throws {
        let bytes = shape.bytes
        var reader = Transcript.Reader()
        for end in 0...bytes.count {
            let outcome = reader.outcome(finishReasonIsOptional: shape.isOptional)
            if end < shape.wholeLength {
                #expect(outcome.response == nil, "\(end) of \(bytes.count) bytes gave \(outcome)")
            } else {
                // What follows may bring the usage, and takes nothing from the answer.
                var answer = outcome.response
                answer?.usage = shape.answer?.usage
                #expect(answer == shape.answer, "\(end) of \(bytes.count) bytes gave \(outcome)")
            }
            if end < bytes.count { reader.take(bytes[end...end]) }
        }
        try Evidence.record(
            .neverTruncated,
            "the same streams, cut off at every byte: no answer before the server has said why the model stopped",
            cases: bytes.count + 1
        )
    }

    @Test(
        "A document that is cut off is no answer",
        arguments: [
            #"{"choices":[{"message":{"role":"assistant","content":"a }"},"finish_reason":"stop"}],"usage":{}}"#,
            #" {"error":null,"choices":[{"finish_reason":"tool_calls","message":{"content":null,"tool_calls":[{"id":"a","#
                + #""type":"function","function":{"name":"look","arguments":"{}"}}]}}]}"#,
        ]
    )
    func documents(body: String) throws {
        let bytes = Array(body.utf8)
        #expect(Transcript.readAtEveryCut(body).response != nil)
        for end in bytes.indices {
            #expect(Transcript.read([bytes[..<end]]).response == nil, "\(end) of \(bytes.count) bytes")
            #expect(throws: AnswerFault.self) {
                try wholeAnswer(Array(bytes[..<end]), AnswerBounds(maximumOutput: 100), isTaken: { _ in false })
            }
        }
        try Evidence.record(
            .neverTruncated,
            "documents in place of a stream, cut off at every byte",
            cases: bytes.count
        )
    }

    @Test func bytesThatAreNoTextAreReplaced() {
        let start = Array("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a".utf8)
        let rest = Array("b\"},\"finish_reason\":\"stop\"}]}\n\n".utf8)
        #expect(Transcript.read([(start + [0xFF, 0xC3] + rest)[...]]).response?.text == "a\u{FFFD}\u{FFFD}b")
    }
}
