import ChatModel
import Testing

@testable import OpenAIChat

/// Why a model stopped, in the words of many servers.
struct FinishWordTests {
    private static let call = #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}"#

    private func read(_ word: String, delta: String = "{\"content\":\"The tide \"}") -> Transcript.Outcome {
        Transcript.readAtEveryCut(Transcript.events([Transcript.delta(delta), Transcript.delta("{}", finish: word)]))
    }

    @Test(arguments: [
        "stop", "STOP", "eos", "eos_token", "stop_sequence", "end_turn", "COMPLETE", "tool_calls", "function_call",
        "TOOL_CALL", "tool_use", "FUNCTION_CALL",
    ])
    func completes(word: String) {
        #expect(read(word).response?.finishReason == .stop)
        #expect(read(word).response?.text == "The tide ")
        #expect(read(word, delta: Self.call).response?.finishReason == .toolCalls)
    }

    @Test(arguments: [
        "length", "LENGTH", "MAX_TOKENS", "max_tokens", "max_output_tokens", "model_length",
        "model_context_window_exceeded",
    ])
    func isCutOff(word: String) {
        #expect(read(word).response?.finishReason == .length)
        #expect(read(word, delta: Self.call).response?.toolCalls == [])
    }

    @Test(arguments: [
        "content_filter", "content_filter: RECITATION", "RECITATION", "SAFETY", "safety", "sensitive",
        "PROHIBITED_CONTENT", "refusal",
    ])
    func isFiltered(word: String) {
        #expect(read(word).response?.finishReason == .contentFilter)
        #expect(read(word, delta: Self.call).response?.toolCalls == [])
    }

    @Test(arguments: [
        "abort", "insufficient_system_resource", "network_error", "timeout", "cancelled", "error", "ERROR", "unknown",
        "incomplete", "pause_turn",
    ])
    func isAborted(word: String) throws {
        for delta in ["{\"content\":\"The tide \"}", Self.call, "{}"] {
            guard case .truncated(let message) = try #require(read(word, delta: delta).fault) else {
                throw try #require(read(word, delta: delta).fault)
            }
            #expect(message.contains("\"\(word)\""))
        }
    }

    @Test(arguments: ["MALFORMED_FUNCTION_CALL", "finish_reason_7", "stopp", "完", "null", " "])
    func isNoAnswer(word: String) throws {
        for delta in ["{\"content\":\"The tide \"}", Self.call] {
            guard case .malformed(let message) = try #require(read(word, delta: delta).fault) else {
                throw try #require(read(word, delta: delta).fault)
            }
            #expect(message.contains("\"\(word)\""))
        }
    }

    @Test func whatBrokeOffStaysBrokenOff() {
        let chunks = [
            Transcript.delta("{\"content\":\"The tide \"}", finish: "abort"), Transcript.delta("{}", finish: "stop"),
        ]
        #expect(Transcript.readAtEveryCut(Transcript.events(chunks)).response == nil)
        let cut = [
            Transcript.delta("{\"content\":\"x\"}", finish: "stop"), Transcript.delta("{}", finish: "length"),
        ]
        #expect(Transcript.read(Transcript.events(cut)).response?.finishReason == .length)
    }

    @Test(
        "What stands for a word and is none does not say that the answer is whole",
        arguments: ["7", "{}", "true", "\"\""]
    )
    func isNoWord(reason: String) throws {
        let body = #"{"choices":[{"message":{"content":"hi"},"finish_reason":\#(reason)}]}"#
        guard case .malformed(let message) = try #require(Transcript.read(body).fault) else {
            throw try #require(Transcript.read(body).fault)
        }
        #expect(message.contains(reason))
        // In a stream the word may follow.
        func stream(_ end: String) -> String {
            Transcript.events([
                #"{"choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":\#(reason)}]}"#, end,
                #"{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1}}"#,
            ])
        }
        #expect(Transcript.read(stream(Transcript.delta("{}", finish: "stop"))).response?.text == "hi")
        let end = Transcript.read(stream(Transcript.delta("{}")), finishReasonIsOptional: true)
        #expect((end.response == nil) == (reason != "\"\""))
    }

    @Test func anAnswerInOnePieceMayHaveNoWord() {
        let body = #"{"choices":[{"message":{"content":"hi"},"finish_reason":null}]}"#
        #expect(Transcript.read(body).response?.finishReason == .stop)
        let aborted = #"{"choices":[{"message":{"content":"hi"},"finish_reason":"abort"}]}"#
        #expect(Transcript.read(aborted).response == nil)
    }
}
