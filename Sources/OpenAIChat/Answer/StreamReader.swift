internal import ChatModel

/// Reads the events of a streamed answer.
struct StreamReader {
    private(set) var assembly: AnswerAssembly
    private(set) var isDone = false
    private(set) var events = 0

    init(_ bounds: AnswerBounds) { assembly = AnswerAssembly(bounds) }

    /// Takes in the data of one event; what comes after `[DONE]` is ignored.
    mutating func read(_ data: UnsafeBufferPointer<UInt8>) throws(AnswerFault) {
        if isDone { return }
        events += 1
        if data.isDoneMarker {
            isDone = true
        } else if data.contains(where: { $0 > 0x20 }) {
            try assembly.read(data)
        }
    }

    /// The answer, once the stream has ended.
    ///
    /// It is whole when the server said why the model stopped; `[DONE]` may be missing then.
    ///
    /// - Parameters:
    ///   - isTaken: Tells the identifiers of earlier tool calls.
    ///   - finishReasonIsOptional: Whether `[DONE]` after a usage report will do in place of a reason.
    func response(isTaken: (String) -> Bool, finishReasonIsOptional: Bool) throws(AnswerFault)
        -> ChatResponse
    {
        let isWhole =
            assembly.isFinished || (finishReasonIsOptional && isDone && assembly.usage.isCount && assembly.hasChoices)
        guard isWhole else {
            throw .truncated(
                isDone
                    ? "the stream ended without saying why the model stopped"
                    : "the stream broke off after \(assembly.text.count) bytes of text"
            )
        }
        return try assembly.response(isTaken: isTaken)
    }

    /// The text that came since the last call.
    mutating func newText() -> String? { assembly.newText() }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate var isDoneMarker: Bool {
        guard count >= 6, self[0] == UInt8(ascii: "[") || self[0] <= 0x20 else { return false }
        var slice = self[...]
        while let last = slice.last, last <= 0x20 { slice.removeLast() }
        while let first = slice.first, first <= 0x20 { slice.removeFirst() }
        return UnsafeBufferPointer(rebasing: slice).equals("[DONE]")
    }
}
