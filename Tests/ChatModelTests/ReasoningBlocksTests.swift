import ChatModel
import Testing

struct ReasoningBlocksTests {
    @Test(arguments: [
        ("", ""), ("The tide.", "The tide."), (" The tide. ", " The tide. "),
        ("<think>hm</think>The tide.", "The tide."), ("\n<think>\nhm\n</think>\n\nThe tide.\n", "The tide.\n"),
        ("<thinking>a < b</thinking>\n{\"a\":1}", "{\"a\":1}"), ("<Reasoning>x</REASONING>y", "y"),
        ("<thought>x</thought>y", "y"), ("<think></think>\n\ny", "y"),
        ("<think>a</think>\n<think>b</think>\ny", "y"),
        // Cut off before its end, and begun by the template.
        ("<think>I should first", ""), ("<think>", ""), ("I should first\n</think>\n\nThe tide.", "The tide."),
        ("</think>y", "y"), ("x</think>\ny", "y"), ("x</think>", ""), ("x\n</think>\n{\"a\":1}", "{\"a\":1}"),
        ("x\n\n</think>\ny", "y"), ("x\r\n</think>\r\n\r\ny", "y"),
        ("<think>a <think> b</think> c\n</think>\ny", "y"),
        // What an answer is about is not what precedes it.
        ("The mark </think> ends it.", "The mark </think> ends it."),
        (
            "First part. Models end their thoughts with\n</think>\nand then answer, second part.",
            "First part. Models end their thoughts with\n</think>\nand then answer, second part."
        ),
        ("Write `<think>x</think>` first.", "Write `<think>x</think>` first."),
        ("A list:\n<think>\nx\n</think>\n", "A list:\n<think>\nx\n</think>\n"),
        ("```\nx\n</think>\n```\n", "```\nx\n</think>\n```\n"), ("<thinker>x</thinker>", "<thinker>x</thinker>"),
        ("<", "<"), ("a <b> c", "a <b> c"), ("<p>x</p>", "<p>x</p>"), ("<think", "<think"),
    ])
    func answersStandAlone(text: String, answer: String) {
        #expect(ReasoningBlocks.removed(from: text) == answer)
    }

    @Test(arguments: [
        ("The tide.", "The tide."), ("<think>hm</think>The tide.", "The tide."),
        ("\n <think>\nhm\n</think>\n\nThe é.\n", "The é.\n"),
        ("<think>a</think>\n<think>b</think>\ny", "y"), ("<think>never ends </thin", ""), ("<thin", "<thin"),
        ("<thinker>x", "<thinker>x"), ("<p>x</p>", "<p>x</p>"), ("  ", "  "),
        ("<reasoning>a</think>b</reasoning>c", "c"),
    ])
    func aTextThatGrowsShowsTheAnswerAlone(text: String, shown: String) {
        let characters = Array(text)
        for first in 0...characters.count {
            for second in first...characters.count {
                var stream = ReasoningBlocks.Stream()
                let pieces = [characters[..<first], characters[first..<second], characters[second...]]
                var seen = pieces.map { stream.take(String($0)) }.joined()
                seen += stream.end()
                #expect(seen == shown, "cut at \(first) and \(second)")
            }
        }
    }

    @Test func longThoughtsAreNotKept() {
        var stream = ReasoningBlocks.Stream()
        #expect(stream.take("<think>") == "")
        for _ in 0..<100_000 { #expect(stream.take("</thin x ").isEmpty) }
        #expect(stream.take("</think> y") == "y")
    }
}
