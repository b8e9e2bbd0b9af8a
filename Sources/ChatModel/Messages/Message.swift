/// One message of a conversation with a chat model.
public struct Message: Sendable, Hashable, Codable {
    /// Who speaks.
    public enum Role: String, Sendable, Hashable, Codable {
        /// The operator's rules.
        case system
        /// The party that asks.
        case user
        /// The model.
        case assistant
        /// The result of a tool call.
        case tool
    }

    /// Who speaks.
    public let role: Role
    /// The text; empty for an assistant message that only calls tools.
    public let text: String
    /// The tools that an assistant message calls, in the order of the model's answer.
    public let toolCalls: [ToolCall]
    /// The call that a tool message answers.
    public let toolCallID: String?
    /// What goes back with an assistant message to the endpoint that sent it.
    public let opaque: OpaqueFields?
    /// Which model made an assistant message, where that is known.
    public let origin: Origin?

    private init(
        role: Role,
        text: String,
        toolCalls: [ToolCall] = [],
        toolCallID: String? = nil,
        opaque: OpaqueFields? = nil,
        origin: Origin? = nil
    ) {
        self.role = role
        self.text = text
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
        self.opaque = opaque
        self.origin = origin
    }

    /// The operator's rules.
    public static func system(_ text: String) -> Message { Message(role: .system, text: text) }
    /// What is asked.
    public static func user(_ text: String) -> Message { Message(role: .user, text: text) }
    /// What the model said and which tools it called.
    ///
    /// - Parameters:
    ///   - text: What it said.
    ///   - toolCalls: The tools it called.
    ///   - opaque: What the endpoint put beside it and wants back.
    ///   - origin: Which model it was, so that nothing opaque is sent to another.
    public static func assistant(
        _ text: String,
        toolCalls: [ToolCall] = [],
        opaque: OpaqueFields? = nil,
        origin: Origin? = nil
    ) -> Message {
        Message(role: .assistant, text: text, toolCalls: toolCalls, opaque: opaque, origin: origin)
    }
    /// What the tool call with the identifier `id` gave.
    public static func toolResult(_ text: String, for id: String) -> Message {
        Message(role: .tool, text: text, toolCallID: id)
    }
}

/// A call of a tool, as the model asked for it.
public struct ToolCall: Sendable, Hashable, Codable {
    /// The identifier by which the result refers to the call.
    public let id: String
    /// The tool's name, as the model wrote it; it need not exist.
    public let name: String
    /// The arguments as the model wrote them: meant to be a JSON object, not yet checked.
    public let arguments: String
    /// What goes back with the call to the endpoint that sent it.
    public let opaque: OpaqueFields?

    /// Makes a tool call.
    public init(id: String, name: String, arguments: String, opaque: OpaqueFields? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.opaque = opaque
    }

    /// Whether a text can be sent back as an identifier without a second thought.
    package static func isSound(identifier: String) -> Bool {
        // Some gateways keep the signature of a thought in the identifier, so it may be long.
        (1...16_384).contains(identifier.utf8.count) && identifier.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
