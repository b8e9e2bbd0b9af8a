/// A growing list of messages whose JSON is written once, when a message is appended.
///
/// The JSON is the message array of the chat-completions protocol, which is this project's canonical form of a
/// conversation: the request body, the cache key and the bound on input tokens are all taken from the same bytes, so a
/// long conversation is never encoded again.
public struct Conversation: Sendable, Hashable {
    /// The messages, oldest first.
    public private(set) var messages: [Message] = []
    /// The messages as JSON objects with commas between, without the brackets.
    package private(set) var encoded: [UInt8] = []

    /// Starts a conversation.
    public init(_ messages: [Message] = []) {
        for message in messages { append(message) }
    }

    /// Adds a message at the end.
    public mutating func append(_ message: Message) {
        messages.append(message)
        var writer = JSONWriter(continuing: encoded.take())
        if !writer.bytes.isEmpty { writer.raw(",") }
        writer.message(message)
        encoded = writer.bytes
    }

    /// The conversation with one more message.
    package func appending(_ message: Message) -> Conversation {
        var longer = self
        longer.append(message)
        return longer
    }

    /// An upper bound on the tokens of these messages: a token of a byte-level vocabulary covers at least one byte, and
    /// 32 more a message cover what chat templates add.
    public var tokenBound: Int { encoded.count + 32 * messages.count }
}

extension [UInt8] {
    /// Moves the bytes out, so that appending to them copies nothing.
    fileprivate mutating func take() -> [UInt8] {
        let bytes = self
        self = []
        return bytes
    }
}

extension JSONWriter {
    fileprivate mutating func message(_ message: Message) {
        raw("{\"role\":")
        string(message.role.rawValue)
        if let id = message.toolCallID {
            raw(",\"tool_call_id\":")
            string(id)
        }
        raw(",\"content\":")
        if message.text.isEmpty && !message.toolCalls.isEmpty { raw("null") } else { string(message.text) }
        if !message.toolCalls.isEmpty {
            raw(",\"tool_calls\":[")
            for (index, call) in message.toolCalls.enumerated() {
                if index > 0 { raw(",") }
                raw("{\"id\":")
                string(call.id)
                raw(",\"type\":\"function\",\"function\":{\"name\":")
                string(call.name)
                raw(",\"arguments\":")
                string(call.arguments)
                raw("}}")
            }
            raw("]")
        }
        raw("}")
    }
}
