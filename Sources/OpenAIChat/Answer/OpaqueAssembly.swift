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
    /// The bytes of all that was taken.
    private(set) var size = 0

    /// Whether there is more than is kept; what is incomplete is worth nothing.
    var isTooLarge: Bool { size > Self.maximumBytes }

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
            reasoning = isTooLarge ? [] : text
            return true
        }
        let name = String(decoding: key.raw, as: UTF8.self)
        let isKnown = Self.lists.contains(name) || name == "extra_content"
        guard isKnown || Self.hints.contains(where: name.contains) else { return false }
        let bytes = try scanner.raw()
        size += bytes.count
        guard !isTooLarge, let value = try? JSONValue(parsing: bytes), value != .null else { return true }
        if isPiece, let known = members[name] {
            members[name] = Self.lists.contains(name) ? Self.joined(known, value) : Self.merged(known, value)
        } else {
            members[name] = isPiece && Self.lists.contains(name) ? Self.joined([], value) : value
        }
        return true
    }

    /// What goes back with the answer.
    var fields: OpaqueFields? {
        var all: JSONObject = [:]
        if let reasoning { all["reasoning_content"] = .string(String(decoding: reasoning, as: UTF8.self)) }
        for (name, value) in members { all[name] = value }
        return OpaqueFields(all)
    }

    /// One value over another: objects member by member, of anything else the later.
    static func merged(_ old: JSONValue, _ new: JSONValue) -> JSONValue {
        guard case .object(var members) = old, let later = new.objectValue else { return new == .null ? old : new }
        for (key, value) in later { members[key] = members[key].map { merged($0, value) } ?? value }
        return .object(members)
    }

    // MARK: - Lists of thoughts

    /// A list with the elements of a later piece, each joined to the thought that it goes on with.
    private static func joined(_ list: JSONValue, _ piece: JSONValue) -> JSONValue {
        guard var elements = list.arrayValue, let pieces = piece.arrayValue else { return piece }
        for piece in pieces {
            if elements.contains(piece), piece["data"] != nil { continue }
            if let target = elements.lastIndex(where: { isSameThought($0, piece) }) {
                elements[target] = continued(elements[target], piece)
            } else {
                elements.append(piece)
            }
        }
        return .array(elements)
    }

    /// Whether a piece belongs to a thought: by type and index, and by identifier where both have one.
    private static func isSameThought(_ thought: JSONValue, _ piece: JSONValue) -> Bool {
        if let type = piece["type"]?.stringValue, type != thought["type"]?.stringValue { return false }
        let ids = [thought["id"]?.stringValue, piece["id"]?.stringValue].compactMap(\.self)
        if Set(ids).count == 2 { return false }
        // Something encrypted comes whole; a second one under the same name takes the place of the first.
        if thought["data"] != nil || piece["data"] != nil { return ids.count == 2 }
        if let index = piece["index"] { return index == thought["index"] }
        // Without an index a thought goes on until it is signed.
        return thought["signature"]?.stringValue.map(\.isEmpty) ?? true
    }

    private static func continued(_ thought: JSONValue, _ piece: JSONValue) -> JSONValue {
        guard case .object(var members) = thought, let later = piece.objectValue else { return piece }
        let isSigned = later["signature"]?.stringValue.map { !$0.isEmpty } ?? false
        for (key, value) in later where value != .null {
            let isText = key == "text" || key == "summary" || key == "thinking"
            if isText, let known = members[key]?.stringValue, let more = value.stringValue {
                // Some say with the signature once more all that it signs.
                members[key] = .string(isSigned && more == known ? known : known + more)
            } else if value != "" || members[key] == nil {
                members[key] = value
            }
        }
        return .object(members)
    }
}
