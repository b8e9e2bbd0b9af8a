internal import ChatModel

/// Gathers what an endpoint puts beside an answer and wants back with it, whole or piece by piece.
///
/// Known are `reasoning_content` (DeepSeek), `reasoning_details` (OpenRouter), `thinking_blocks` (LiteLLM before
/// Anthropic's models) and `extra_content` (Gemini); of names that nobody knows yet, those that speak of a signature or
/// of something encrypted. The rest is for reading only, and some endpoints refuse their own words when they come back.
struct OpaqueAssembly {
    static let maximumBytes = OpaqueFields.maximumBytes / 2

    private static let lists: Set<String> = ["reasoning_details", "thinking_blocks"]
    private static let hints = ["signature", "encrypted", "opaque"]

    private var reasoning: [UInt8]?
    private var members: JSONObject = [:]
    /// Those of the members that are still put together.
    private var growing: [String: ThoughtList] = [:]
    private var hasTooManyThoughts = false
    private var reasoningBytes = 0
    private var listedBytes = 0
    /// The bytes of all that was taken, escapes decoded.
    private(set) var size = 0

    /// Whether there is more than is kept; what is incomplete is worth nothing.
    var isTooLarge: Bool { size > Self.maximumBytes || hasTooManyThoughts }

    /// The bytes of reasoning that can be read; where the same is told under several names, once.
    var thoughtBytes: Int { max(reasoningBytes, listedBytes) }

    /// Takes in a member of a message or of a piece of one, if it is to go back.
    ///
    /// - Returns: Whether it was taken; if not, nothing was read.
    mutating func read(
        _ scanner: inout WireScanner,
        _ key: WireKey,
        isPiece: Bool
    ) throws(WireSyntaxError) -> Bool {
        if key("role") { return false }
        if key("reasoning_content") {
            // That it is there counts, though it be empty: DeepSeek wants the field back as it came.
            guard try scanner.peek() == UInt8(ascii: "\"") else { return false }
            let before = reasoning?.count ?? 0
            var text = isTooLarge ? [] : reasoning ?? []
            reasoning = nil
            try scanner.string(into: &text)
            size += max(0, text.count - before)
            reasoningBytes += max(0, text.count - before)
            reasoning = isTooLarge ? [] : text
            return true
        }
        let name = String(decoding: key.raw, as: UTF8.self)
        let isKnown = Self.lists.contains(name) || name == "extra_content"
        guard isKnown || Self.hints.contains(where: name.contains) else { return false }
        let bytes = try scanner.raw()
        // Each byte may be escaped as six.
        guard !isTooLarge, bytes.count <= 6 * Self.maximumBytes, let value = try? JSONValue(parsing: bytes) else {
            size += bytes.count
            return true
        }
        size += name.utf8.count + value.decodedSize
        if value != .null, !isTooLarge { keep(value, as: name, isPiece: isPiece) }
        return true
    }

    private mutating func keep(_ value: JSONValue, as name: String, isPiece: Bool) {
        let isList = Self.lists.contains(name)
        if isList { listedBytes += ThoughtText.bytes(in: value) }
        if isPiece, isList, let pieces = value.arrayValue,
            var list = growing.removeValue(forKey: name) ?? ThoughtList(members[name] ?? [])
        {
            for piece in pieces where !list.isTooLong { list.take(piece) }
            hasTooManyThoughts = hasTooManyThoughts || list.isTooLong
            growing[name] = list
            // Its place among the others.
            if members[name] == nil { members[name] = [] }
        } else if isPiece, !isList, var known = members[name] {
            members[name] = .null
            Self.merge(value, into: &known)
            members[name] = known
        } else {
            growing[name] = nil
            members[name] = value
        }
    }

    /// What goes back with the answer.
    var fields: OpaqueFields? {
        var all: JSONObject = [:]
        if let reasoning { all["reasoning_content"] = .string(String(decoding: reasoning, as: UTF8.self)) }
        for (name, value) in members { all[name] = growing[name]?.value ?? value }
        return OpaqueFields(all)
    }

    /// Puts one value over another: objects member by member, of anything else the later.
    static func merge(_ new: JSONValue, into old: inout JSONValue) {
        guard case .object(var members) = old, let later = new.objectValue else {
            if new != .null { old = new }
            return
        }
        // Whoever else held the members would make a copy of them.
        old = .null
        for (key, value) in later {
            if var known = members[key] {
                members[key] = .null
                merge(value, into: &known)
                members[key] = known
            } else {
                members[key] = value
            }
        }
        old = .object(members)
    }
}

extension JSONValue {
    /// About as many bytes as the value has as text, escapes decoded.
    fileprivate var decodedSize: Int {
        switch self {
        case .string(let text): text.utf8.count + 2
        case .array(let elements): elements.reduce(2) { $0 + $1.decodedSize + 1 }
        case .object(let members): members.reduce(2) { $0 + $1.key.utf8.count + 4 + $1.value.decodedSize }
        case .null, .bool: 4
        case .integer, .number: 8
        }
    }
}
