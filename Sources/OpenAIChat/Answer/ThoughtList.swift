internal import ChatModel

/// A list of thoughts that comes piece by piece: a piece goes on with one of them, or begins another.
///
/// Each piece is held against all thoughts so far, so their number is bounded; and texts grow in place, so that a long
/// thought in small pieces is not copied over and over.
struct ThoughtList {
    /// More than any answer has.
    static let maximumCount = 256

    private var thoughts: [Thought] = []
    /// Whether there were more than are kept.
    private(set) var isTooLong = false

    /// Begins with what came whole; `nil` when that is no list.
    init?(_ list: JSONValue) {
        guard let elements = list.arrayValue else { return nil }
        isTooLong = elements.count > Self.maximumCount
        if !isTooLong { thoughts = elements.map(Thought.init) }
    }

    /// The thoughts as they go back.
    var value: JSONValue { .array(thoughts.map(\.value)) }

    /// Takes in the next piece of one of them.
    mutating func take(_ value: JSONValue) {
        let piece = Thought(value)
        if piece.hasData, thoughts.contains(where: { $0.hasData && $0.value == value }) { return }
        if let target = thoughts.lastIndex(where: { $0.continues(with: piece) }) {
            thoughts[target].go(onWith: piece)
        } else if thoughts.count < Self.maximumCount {
            thoughts.append(piece)
        } else {
            isTooLong = true
        }
    }
}

/// An element of a list of thoughts, with what tells it from the others.
private struct Thought {
    private(set) var value: JSONValue
    private let type: String?
    private let id: String?
    private let index: JSONValue?
    private let isSigned: Bool
    let hasData: Bool

    init(_ value: JSONValue) {
        self.value = value
        type = value["type"]?.stringValue
        id = value["id"]?.stringValue
        index = value["index"]
        isSigned = value["signature"]?.stringValue.map { !$0.isEmpty } ?? false
        hasData = value["data"] != nil
    }

    /// Whether a piece belongs to this thought: by type and index, and by identifier where both have one.
    func continues(with piece: Thought) -> Bool {
        guard value.objectValue != nil, piece.value.objectValue != nil else { return false }
        if let type = piece.type, type != self.type { return false }
        if let id, let other = piece.id, id != other { return false }
        // Something encrypted comes whole; a second one under the same name takes the place of the first.
        if hasData || piece.hasData { return id != nil && piece.id != nil }
        if let index = piece.index { return index == self.index }
        // Without an index a thought goes on until it is signed.
        return !isSigned
    }

    mutating func go(onWith piece: Thought) {
        guard case .object(var members) = value, let later = piece.value.objectValue else { return }
        // Whoever else held the text would make a copy of it.
        value = .null
        for (key, value) in later where value != .null {
            let isText = ThoughtText.keys.contains(key)
            if isText, case .string(var text)? = members[key], let more = value.stringValue {
                members[key] = .null
                // Some say with the signature once more all that it signs.
                if !(piece.isSigned && more == text) { text += more }
                members[key] = .string(text)
            } else if value != "" || members[key] == nil {
                members[key] = value
            }
        }
        self = Thought(.object(members))
    }
}

/// The words in a list of thoughts, which the model generated, beside what only names or signs them.
enum ThoughtText {
    static let keys: Set<String> = ["text", "summary", "thinking"]

    /// The bytes of the words in a list, or in a piece of one.
    static func bytes(in list: JSONValue) -> Int {
        (list.arrayValue ?? []).reduce(0) { sum, thought in
            keys.reduce(sum) { $0 + (thought[$1]?.stringValue?.utf8.count ?? 0) }
        }
    }
}
