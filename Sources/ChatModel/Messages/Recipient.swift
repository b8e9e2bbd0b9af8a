/// Which model at which endpoint made a message.
public struct Origin: Sendable, Hashable, Codable {
    /// The endpoint's base URL.
    public var endpoint: String
    /// The model's name there.
    public var model: String

    /// Names an origin.
    public init(endpoint: String, model: String) {
        self.endpoint = endpoint
        self.model = model
    }
}

/// Who a conversation is written for, as far as that changes what is written.
///
/// Opaque fields go back to where they came from and nowhere else. Identifiers of tool calls that another model made are
/// made anew where the recipient would refuse them, the same way each time.
public struct Recipient: Sendable, Hashable, Codable {
    /// The model that will read it.
    public var origin: Origin
    /// Whether it gets back the opaque fields of its own messages.
    public var takesOpaqueFields: Bool
    /// What the identifiers of tool calls may look like.
    public var toolCallIdentifiers: Dialect.ToolCallIdentifiers
    /// What is wanted beside another model's tool calls.
    public var foreignCalls: Dialect.ForeignCalls
    /// The name of the role of the operator's rules.
    public var systemRole: Dialect.SystemRole

    /// The recipient behind an endpoint that speaks a dialect.
    public init(_ origin: Origin, _ dialect: Dialect) {
        self.origin = origin
        takesOpaqueFields = dialect.opaqueFields
        toolCallIdentifiers = dialect.toolCallIdentifiers
        foreignCalls = dialect.foreignCalls
        systemRole = dialect.systemRole
    }

    /// Whether a tool call's identifier can be sent as it is.
    func takes(_ identifier: String, of message: Message) -> Bool {
        switch toolCallIdentifiers {
        // Mistral: "Tool call id … must be a-z, A-Z, 0-9, with a length of 9."
        case .nineCharacters: identifier.utf8.count == 9 && identifier.utf8.allSatisfy(\.isLetterOrDigit)
        case .any:
            // OpenAI's bound is 40 characters, and Anthropic's are letters, digits, "_" and "-".
            isOwn(message)
                || (1...40).contains(identifier.utf8.count)
                    && identifier.utf8.allSatisfy {
                        $0.isLetterOrDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                    }
        }
    }

    /// Whether the recipient made a message itself.
    func isOwn(_ message: Message) -> Bool { message.origin == nil || message.origin == origin }
}

extension String {
    /// Nine letters and digits that follow from this text and the number of a try.
    func shortIdentifier(_ number: Int) -> String {
        // FNV-1a, and the finalizer of SplitMix64, since the lower digits of FNV are alike for alike texts.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 &+ UInt64(number)
        for byte in utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ (hash >> 30)) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ (hash >> 27)) &* 0x94D0_49BB_1331_11EB
        hash ^= hash >> 31
        let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var short: [UInt8] = []
        for _ in 0..<9 {
            short.append(digits[Int(hash % 62)])
            hash /= 62
        }
        return String(decoding: short, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (self | 0x20) &- UInt8(ascii: "a") < 26 || self &- UInt8(ascii: "0") < 10
    }
}
