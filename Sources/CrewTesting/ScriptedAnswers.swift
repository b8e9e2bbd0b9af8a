public import ChatModel

extension ChatResponse {
    /// An answer in words.
    ///
    /// - Parameters:
    ///   - text: The words; of an answer in a form, its JSON.
    ///   - input: The tokens that were read.
    ///   - output: The tokens that were written.
    public static func said(_ text: String, input: Int = 100, output: Int = 20) -> ChatResponse {
        ChatResponse(text: text, usage: TokenUsage(input: input, output: output))
    }

    /// An answer that calls tools.
    ///
    /// - Parameter calls: The calls, each with an identifier of its own, the name by which the model knows the tool, and the
    ///   arguments as JSON.
    public static func calling(_ calls: (id: String, name: String, arguments: String)...) -> ChatResponse {
        ChatResponse(
            text: "",
            toolCalls: calls.map { ToolCall(id: $0.id, name: $0.name, arguments: $0.arguments) },
            finishReason: .toolCalls,
            usage: TokenUsage(input: 100, output: 20)
        )
    }
}

extension ChatRequest {
    /// What was said last.
    public var lastText: String { conversation.messages.last?.text ?? "" }
    /// The rules that the model was given.
    public var systemText: String { conversation.messages.first?.text ?? "" }
    /// Whether a tool's result is among what was said.
    public var hasToolResult: Bool { conversation.messages.contains { $0.role == .tool } }
}
