internal import ChatModel

/// How large an answer may be, which follows from the output limit that the server was sent.
///
/// A server that does not keep to the limit, or has no model behind it, must fill neither memory nor journal. Honest
/// answers stay below: no vocabulary has tokens of more than ``TokenUsage/longestToken`` bytes, and servers that count
/// reasoning apart from the limit have the least bound for it.
struct AnswerBounds: Hashable {
    /// The output limit, in tokens.
    let maximumOutput: Int
    /// The most bytes of text, reasoning and tool calls, escapes decoded.
    let said: Int
    /// The most bytes of a body that holds the answer in one piece: each byte of it may be escaped as six.
    let body: Int
    /// The most bytes of a stream, in which each token has an event around it.
    let stream: Int

    private static let leastSaid = 256 << 10
    private static let mostSaid = 16 << 20

    /// The bounds for an output limit in tokens.
    init(maximumOutput: Int) {
        self.maximumOutput = maximumOutput
        let tokens = min(max(0, maximumOutput), Self.mostSaid)
        said = min(Self.mostSaid, max(Self.leastSaid, tokens * TokenUsage.longestToken))
        body = min(32 << 20, (1 << 20) + 6 * said)
        stream = min(64 << 20, (16 << 20) + 4_096 * tokens)
    }

    /// The failure of an answer that is larger than a bound.
    func tooLarge(_ bytes: Int) -> AnswerFault { .tooLarge(message(bytes)) }

    /// The same in words.
    func message(_ bytes: Int) -> String {
        "the answer is larger than \(bytes) bytes, which no answer within max_output (\(maximumOutput) tokens) is: "
            + "it was cut off and is not used"
    }
}
