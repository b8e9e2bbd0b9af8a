import ChatModel
import Testing

@testable import CrewCore

/// What an answer holds, of what a model wrote around it.
struct AnswerReadingTests {
    private func document(_ text: String) -> JSONValue? { try? Answer.document(in: text).get() }

    @Test(arguments: [
        "{\"a\":1}", " \n{\"a\":1}\n", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}\n```",
        "Here it is:\n\n```json\n{\"a\":1}\n```\n\nTell me if you need more [1].", "Sure! {\"a\":1}",
        "{\"a\":1} That is all.",
        "In {braces} and [1], [2, 3]: {\"a\":1} (see [x](y), [ ])", "{}\n{\"a\":1}", "{ \"b\": nothing }\n{\"a\":1}",
        "{\"a\":1}}", "{ \"b\": { \"c\": nothing } } but {\"a\":1}", "{\"b\": \"}\", c} {\"a\":1}",
        "{\"a\":1} is what {\"b\": {\"c\":2} began as",
    ])
    func theOneDocumentIsMeant(text: String) {
        #expect(document(text) == ["a": 1])
    }

    @Test(arguments: [
        "", "nothing", "{\"a\":1}{\"a\":2}", "{\"a\":1}\n{\"a\":1}", "One {\"a\":1} or [\"b\"].", "{\"a\":1", "{'a':1}",
        "42 apples",
        "\"text\" and more", "{\"a\":1,\"a\":2}", "true or false", "[1] and [2]",
    ])
    func twoAreNoneAndNothingIsGuessed(text: String) {
        #expect(document(text) == nil)
    }

    @Test(
        "What stands within something broken or unfinished is a part of it",
        arguments: [
            #"{"draft": {"text": "An example that is not the answer"}, "final": {"text": "The real answer""#,
            #"{"example": {"text": "not the answer"}, text: "the answer"}"#, #"{"answer": {"text": "a draft"},}"#,
            #"{answer: {"text": "a draft"}}"#, #"{'answer': {"text": "a draft"}}"#, #"[{"text": "one"}, two]"#,
            #"[{"text": "one"}, {"text": "#, #"Here: ```json{"answer": {"text": "a draft"},}```"#,
            // A quotation mark that was not escaped makes an end of what is none.
            #"{"a": "said "b} and", "c": {"text": "a draft"}}"#,
            "{\"a\": \"two\nlines\", \"c\": {\"text\": \"a draft\"}}",
            #"{"a": {"b": 1}, "a": {"text": "a draft"}}"#, #"{"a" : } "b": {"text": "a draft"}]"#,
        ]
    )
    func aPartIsNoAnswer(text: String) {
        #expect(document(text) == nil)
    }

    @Test func whatIsLeftOfAnswersMayBeSmall() {
        #expect(document("An empty one: {}") == [:])
        #expect(document("The numbers [1, 2] are it") == [1, 2])
        #expect(document("The list: [{\"a\":1},{\"a\":2}].") == [["a": 1], ["a": 2]])
        guard case .failure(let error) = Answer.document(in: "{\"a\":1} and {\"b\":2}") else { return }
        #expect("\(error)" == "another document begins where one alone is wanted, at byte 12")
    }

    @Test func endlessBeginningsAreGivenUp() {
        #expect(document(String(repeating: "{\"a\":", count: 60_000)) == nil)
        #expect(document(String(repeating: "[", count: 300_000)) == nil)
        #expect(document(String(repeating: "{\"a\":\"", count: 60_000)) == nil)
    }

    @Test(arguments: [
        "<tool_call>\n{\"name\": \"look\", \"arguments\": {\"at\": \"sea\"}}\n</tool_call>",
        "<tool_call>{\"name\":\"look\"", "<|python_tag|>look.call(at=\"sea\")", "[TOOL_CALLS] [{\"name\":\"look\"}]",
        "I will look.\n<tool_call>{}</tool_call>\n", "<function=look>{\"at\": \"sea\"}</function>",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>look", "<|tool_calls_section_begin|>",
        "{\"name\": \"look\", \"parameters\": {\"at\": \"sea\"}}",
        "```json\n{\"name\": \"look\", \"arguments\": {}}\n```",
        "<|channel|>commentary to=functions.look <|constrain|>json<|message|>{}",
    ])
    func aToolCallInWordsIsOne(text: String) {
        #expect(ToolCallText.isToolCall(text, tools: ["look"]))
    }

    @Test(arguments: [
        "The tide.", "Models write <tool_call>{}</tool_call> to call.",
        "```\n<tool_call>{}</tool_call>\n```", "<tool_call>{}</tool_call>\nis how a model calls, and it is read so.",
        "{\"name\": \"Ada\", \"arguments\": {}}", "{\"name\": \"look\"}", "{\"name\": \"look\", \"at\": \"sea\"}", "",
    ])
    func otherTextsAreNone(text: String) {
        #expect(!ToolCallText.isToolCall(text, tools: ["look"]))
    }
}
