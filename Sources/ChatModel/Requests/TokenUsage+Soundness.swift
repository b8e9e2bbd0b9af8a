extension TokenUsage {
    /// The most tokens that one call is believed to read, or to generate: ten times what the largest models take.
    package static let largestCount = 100_000_000
    /// The longest token of any vocabulary in use, in bytes: a run of spaces.
    package static let longestToken = 128

    /// Whether the counts are such as one call can have, and no part is larger than its whole.
    package var isConsistent: Bool {
        let counts = [input, cachedInput, cacheWrites, output, reasoning]
        return counts.allSatisfy { (0...Self.largestCount).contains($0) } && cachedInput + cacheWrites <= input
            && reasoning <= output
    }
}

extension ChatResponse {
    /// The counts of the endpoint, unless they cannot be true.
    ///
    /// They must agree with themselves and with what was sent and said: neither the conversation nor what was generated,
    /// reasoning that could be read included, is longer than so many of the longest tokens. Too many tokens cannot be told
    /// from reasoning that nobody sees, and are believed up to ``TokenUsage/largestCount``. Counts that are not believed are
    /// none, and the call is settled at its bound.
    ///
    /// - Parameter request: What was asked. Of it only the conversation's texts must have been read: what becomes of tools
    ///   and schemas is the endpoint's affair.
    package func soundUsage(for request: ChatRequest) -> TokenUsage? {
        guard let usage, usage.isConsistent, usage.input > 0 else { return nil }
        var said = text.utf8.count + (refusal?.utf8.count ?? 0) + thoughtBytes
        for call in toolCalls { said += call.name.utf8.count + call.arguments.utf8.count }
        let isPossible =
            usage.output * TokenUsage.longestToken >= said
            && usage.input * TokenUsage.longestToken >= request.conversation.textBytes
        return isPossible ? usage : nil
    }
}
