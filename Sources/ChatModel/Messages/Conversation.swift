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
    /// Who it is written for; `nil` while that makes no difference.
    package private(set) var recipient: Recipient?
    /// The identifiers that stand in the place of tool calls' own.
    private var identifiers: [String: String] = [:]
    /// Whether it holds what is not written alike for everybody.
    package private(set) var holdsToolCalls = false
    private var holdsOpaqueFields = false

    /// Starts a conversation.
    public init(_ messages: [Message] = []) { self.init(messages, for: nil) }

    /// Writes messages for somebody.
    package init(_ messages: [Message], for recipient: Recipient?) {
        self.recipient = recipient
        for message in messages { append(message) }
    }

    /// Adds a message at the end.
    public mutating func append(_ message: Message) {
        if !message.toolCalls.isEmpty {
            holdsToolCalls = true
            nameAnew(message)
        }
        if message.opaque != nil { holdsOpaqueFields = true }
        messages.append(message)
        var writer = JSONWriter(continuing: encoded.take())
        if !writer.bytes.isEmpty { writer.raw(",") }
        writer.message(message, for: recipient, identifiers)
        encoded = writer.bytes
    }

    /// The conversation as it is written for somebody.
    ///
    /// The same messages and the same recipient give the same bytes.
    package func addressed(to recipient: Recipient) -> Conversation {
        if recipient == self.recipient { return self }
        let isAlike =
            !holdsToolCalls && !holdsOpaqueFields && recipient.systemRole == self.recipient?.systemRole ?? .system
        guard isAlike else { return Conversation(messages, for: recipient) }
        var same = self
        same.recipient = recipient
        return same
    }

    /// Whether a tool call so far bears the identifier, or is sent under it.
    package func hasToolCall(_ id: String) -> Bool {
        holdsToolCalls
            && messages.contains { message in
                message.toolCalls.contains { $0.id == id || identifiers[$0.id] == id }
            }
    }

    /// Finds new identifiers for those calls of a message whose own the recipient does not take.
    private mutating func nameAnew(_ message: Message) {
        guard let recipient else { return }
        for call in message.toolCalls
        where identifiers[call.id] == nil && !recipient.takes(call.id, of: message) {
            var number = 0
            var candidate = call.id.shortIdentifier(number)
            while hasToolCall(candidate) || message.toolCalls.contains(where: { $0.id == candidate })
                || identifiers.values.contains(candidate)
            {
                number += 1
                candidate = call.id.shortIdentifier(number)
            }
            identifiers[call.id] = candidate
        }
    }

    /// The bytes of what its messages say, without what only the protocol wants.
    package var textBytes: Int {
        messages.reduce(0) { sum, message in
            message.toolCalls.reduce(sum + message.text.utf8.count) { $0 + $1.arguments.utf8.count }
        }
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
    fileprivate mutating func message(
        _ message: Message,
        for recipient: Recipient?,
        _ identifiers: [String: String]
    ) {
        raw("{\"role\":")
        string(message.role == .system ? (recipient?.systemRole ?? .system).rawValue : message.role.rawValue)
        if let id = message.toolCallID {
            raw(",\"tool_call_id\":")
            string(identifiers[id] ?? id)
        }
        raw(",\"content\":")
        if message.text.isEmpty && !message.toolCalls.isEmpty { raw("null") } else { string(message.text) }
        let isOpaqueWanted = recipient.map { $0.takesOpaqueFields && $0.isOwn(message) } ?? true
        if isOpaqueWanted { opaque(message.opaque) }
        if !message.toolCalls.isEmpty {
            if recipient?.foreignCalls == .reasoned,
                !isOpaqueWanted || message.opaque?.holds("reasoning_content") != true
            {
                raw(",\"reasoning_content\":\"\"")
            }
            toolCalls(of: message, for: recipient, identifiers, isOpaqueWanted: isOpaqueWanted)
        }
        raw("}")
    }

    private mutating func toolCalls(
        of message: Message,
        for recipient: Recipient?,
        _ identifiers: [String: String],
        isOpaqueWanted: Bool
    ) {
        let isSigned = isOpaqueWanted && message.toolCalls.contains { $0.opaque != nil }
        raw(",\"tool_calls\":[")
        for (index, call) in message.toolCalls.enumerated() {
            if index > 0 { raw(",") }
            raw("{\"id\":")
            string(identifiers[call.id] ?? call.id)
            raw(",\"type\":\"function\",\"function\":{\"name\":")
            string(call.name)
            raw(",\"arguments\":")
            string(call.arguments)
            raw("}")
            if isOpaqueWanted { opaque(call.opaque) }
            // The first call of a message bears the signature of all.
            if index == 0, !isSigned, recipient?.foreignCalls == .signed {
                raw(",\"extra_content\":{\"google\":{\"thought_signature\":\"skip_thought_signature_validator\"}}")
            }
            raw("}")
        }
        raw("]")
    }

    private mutating func opaque(_ fields: OpaqueFields?) {
        guard let fields else { return }
        raw(",")
        raw(Array(fields.encodedMembers))
    }
}

extension OpaqueFields {
    fileprivate func holds(_ name: String) -> Bool { members[name] != nil }
}
