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
    /// They must agree with themselves and with what was sent and said: something was read, and what was said is not
    /// longer than so many of the longest tokens. Too many tokens cannot be told from reasoning that nobody sees, and are
    /// believed up to ``TokenUsage/largestCount``. Counts that are not believed are none, and the call is settled at its
    /// bound.
    package var soundUsage: TokenUsage? {
        guard let usage, usage.isConsistent, usage.input > 0 else { return nil }
        var said = text.utf8.count + (refusal?.utf8.count ?? 0)
        for call in toolCalls { said += call.name.utf8.count + call.arguments.utf8.count }
        return usage.output * TokenUsage.longestToken >= said ? usage : nil
    }
}
