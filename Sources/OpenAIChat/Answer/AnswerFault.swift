/// Why bytes of an answer gave no answer.
enum AnswerFault: Error, Hashable {
    /// The bytes are not JSON, or not what the protocol says.
    case malformed(String)
    /// An answer, or a part of it, is larger than allowed.
    case tooLarge(String)
    /// The stream ended before the answer did.
    case truncated(String)
    /// The server reports an error in place of an answer: the JSON of the error.
    case reported([UInt8])
}
