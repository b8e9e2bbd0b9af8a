/// How a call of a tool ended.
package enum ToolOutcome: Sendable, Hashable {
    /// It gave this text.
    case completed(String)
    /// It refused, in words for the model, which can try otherwise.
    case rejected(String)
    /// It failed, in words for people.
    case failed(String)
    /// It took longer than it may. Whether it had an effect is not known.
    case timedOut
    /// The caller gave up. Whether it had an effect is not known.
    case cancelled
}

extension ToolOutcome {
    /// The most bytes of a result.
    package static let maximumResult = 524_288
    /// The most bytes of a rejection or a failure.
    package static let maximumMessage = 16_384

    /// The outcome with its text made another.
    func mapText(_ transform: (String) -> String) -> ToolOutcome {
        switch self {
        case .completed(let text): .completed(transform(text))
        case .rejected(let message): .rejected(transform(message))
        case .failed(let message): .failed(transform(message))
        case .timedOut, .cancelled: self
        }
    }

    /// The outcome with its text cut where it is too long, and a note where it was cut.
    var bounded: ToolOutcome {
        switch self {
        case .completed(let text): .completed(text.cut(to: Self.maximumResult))
        case .rejected(let message): .rejected(message.cut(to: Self.maximumMessage))
        case .failed(let message): .failed(message.cut(to: Self.maximumMessage))
        case .timedOut, .cancelled: self
        }
    }
}

extension String {
    fileprivate func cut(to limit: Int) -> String {
        let count = utf8.count
        guard count > limit else { return self }
        var end = utf8.index(startIndex, offsetBy: limit)
        while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
        return self[..<end] + "\n[cut here: the first \(self[..<end].utf8.count) of \(count) bytes]"
    }
}
