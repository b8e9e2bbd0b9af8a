import ChatModel

/// Tool calls that a model wrote as text, where its server does not know how the model writes them.
///
/// Such a text calls nothing and is no answer.
enum ToolCallText {
    /// How the templates of common models begin a call, and how they end it.
    private static let beginnings = [
        "<tool_call>", "<tool_calls>", "<function_call>", "<function_calls>", "<function=", "<invoke name=",
        "<minimax:tool_call>", "<|tool_call", "<|python_tag|>", "<|channel|>commentary to=", "<｜tool▁call",
        "[TOOL_CALLS]",
    ]
    private static let ends = [
        "</tool_call>", "</tool_calls>", "</function_call>", "</function_calls>", "</function>", "</invoke>",
        "</minimax:tool_call>", "<|tool_call_end|>", "<|tool_calls_section_end|>", "<|eom_id|>", "<｜tool▁calls▁end｜>",
        "<|call|>",
    ]

    /// Whether a text is a tool call, or ends with one.
    ///
    /// - Parameters:
    ///   - text: The text, without reasoning and without white space at its ends.
    ///   - tools: The names of the tools that its writer has.
    static func isToolCall(_ text: some StringProtocol, tools: [String]) -> Bool {
        let text = String(text)
        if let start = beginning(in: text) {
            let rest = text[start...]
            let end = ends.compactMap { rest.range(ofLast: $0)?.upperBound }.max()
            // Whoever goes on to speak has written about calls, or has answered after all.
            return end.map { rest[$0...].trimmingSpace.isEmpty } ?? true
        }
        guard text.utf8.first == UInt8(ascii: "{") || text.utf8.first == UInt8(ascii: "`"), !tools.isEmpty,
            case .success(let document) = Answer.document(in: text), let members = document.objectValue,
            let name = members["name"]?.stringValue, tools.contains(name)
        else { return false }
        return members["arguments"] != nil || members["parameters"] != nil
    }

    /// Where a line outside of code begins with a call.
    private static func beginning(in text: String) -> String.Index? {
        // All of them begin so, and most texts hold neither: lines and characters are slow to come by.
        guard text.containsByte(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "[") }) else { return nil }
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let trimmed = line.trimmingSpace
            if trimmed.hasPrefix("```") { isCode.toggle() }
            if !isCode, beginnings.contains(where: trimmed.hasPrefix) { return trimmed.startIndex }
        }
        return nil
    }
}

extension Substring {
    fileprivate func range(ofLast mark: String) -> Range<Index>? {
        var found: Range<Index>?
        var rest = self
        while let next = rest.firstRange(of: mark) {
            found = next
            rest = rest[next.upperBound...]
        }
        return found
    }
}
