internal import ChatModel

/// Puts tool calls together from the pieces in which a stream brings them.
///
/// Servers disagree on what tells the pieces of parallel calls apart. The index does, unless a server sends none, or
/// the same one for every call; then a new identifier together with a name, or a name after finished arguments, starts
/// a new call. Where even that does not decide, the answer is refused: joining two calls would make a third that nobody
/// asked for.
struct ToolCallAssembly {
    static let maximumCalls = 32
    static let maximumArguments = 1 << 20
    /// OpenAI's own bound is 64.
    static let maximumName = 1_024
    static let maximumExtra = OpaqueFields.maximumBytes / 2

    private struct Slot {
        let index: Int?
        var id: String?
        var name: String?
        var arguments: [UInt8] = []
        var progress = ObjectProgress()
        var extra: JSONObject = [:]
    }

    private var slots: [Slot] = []
    private var extraBytes = 0
    /// The bytes of all names and arguments.
    private(set) var bytes = 0
    // Where the latest piece stood in its array.
    private var lastPosition: Int?

    mutating func add(_ delta: ToolCallDelta) throws(AnswerFault) {
        if isRepetition(delta) { return }
        let target = try slot(for: delta)
        guard target < Self.maximumCalls else {
            throw .malformed("the answer calls more than \(Self.maximumCalls) tools")
        }
        if target == slots.count { slots.append(Slot(index: delta.index)) }
        if slots[target].id == nil { slots[target].id = delta.id }
        if let name = delta.name { try addName(name, to: target) }
        guard slots[target].arguments.count + delta.arguments.count <= Self.maximumArguments else {
            throw .tooLarge("the arguments of a tool call are larger than \(Self.maximumArguments) bytes")
        }
        slots[target].progress.read(delta.arguments)
        slots[target].arguments += delta.arguments
        extraBytes += delta.extraBytes
        guard extraBytes <= Self.maximumExtra else {
            throw .tooLarge("what goes back with the tool calls is larger than \(Self.maximumExtra) bytes")
        }
        for (name, value) in delta.extra {
            guard var known = slots[target].extra[name] else {
                slots[target].extra[name] = value
                continue
            }
            slots[target].extra[name] = .null
            OpaqueAssembly.merge(value, into: &known)
            slots[target].extra[name] = known
        }
        bytes += delta.arguments.count + (delta.name?.utf8.count ?? 0)
        lastPosition = delta.position
    }

    /// The calls in the model's order.
    func calls(isTaken: (String) -> Bool) throws(AnswerFault) -> [ToolCall] {
        if slots.isEmpty { return [] }
        var taken: Set<String> = []
        func isFree(_ id: String) -> Bool { !taken.contains(id) && !isTaken(id) }
        var calls: [ToolCall] = []
        let hasIndices = slots.allSatisfy { $0.index != nil }
        let ordered =
            hasIndices
            ? slots.enumerated().sorted { ($0.element.index ?? 0, $0.offset) < ($1.element.index ?? 0, $1.offset) }
                .map(\.element) : slots
        // Identifiers that the server gave come first, so that a made-up one takes none of theirs.
        let given = Set(ordered.compactMap(\.id))
        var number = 0
        for slot in ordered {
            guard let name = slot.name else { throw .malformed("a tool call has no name") }
            var id = slot.id.flatMap { ToolCall.isSound(identifier: $0) && isFree($0) ? $0 : nil }
            while id == nil {
                let candidate = "call_\(number)"
                number += 1
                if !given.contains(candidate) && isFree(candidate) { id = candidate }
            }
            taken.insert(id ?? "")
            calls.append(
                ToolCall(
                    id: id ?? "",
                    name: name,
                    arguments: String(decoding: slot.arguments, as: UTF8.self),
                    opaque: OpaqueFields(slot.extra)
                )
            )
        }
        return calls
    }

    // A call that is sent twice under one identifier is to be made once.
    private func isRepetition(_ delta: ToolCallDelta) -> Bool {
        guard let id = delta.id, !delta.arguments.isEmpty else { return false }
        return slots.contains { slot in
            slot.id == id && slot.index == delta.index && slot.progress.isFinished && slot.name == delta.name
                && slot.arguments == delta.arguments
        }
    }

    private func slot(for delta: ToolCallDelta) throws(AnswerFault) -> Int {
        if let id = delta.id, let known = slots.lastIndex(where: { $0.id == id && $0.index == delta.index }) {
            return try startsAnew(delta, at: known) ? slots.count : known
        }
        let candidates = slots.indices.filter { slots[$0].index == delta.index }
        guard let last = candidates.last else { return slots.count }
        // Two elements of one array are two calls when nothing else tells them apart.
        if delta.index == nil, delta.position > 0, delta.name != nil, lastPosition.map({ $0 < delta.position }) ?? false
        {
            return slots.count
        }
        if let id = delta.id, let known = slots[last].id, id != known {
            return try slot(for: delta, withNewIDAfter: last)
        }
        let open = candidates.filter { !slots[$0].progress.isFinished }
        if delta.id == nil, open.count > 1 { throw ambiguous("fits several calls") }
        return try startsAnew(delta, at: last) ? slots.count : last
    }

    private func slot(for delta: ToolCallDelta, withNewIDAfter last: Int) throws(AnswerFault) -> Int {
        guard let name = delta.name else {
            // A server that makes up an identifier for every piece.
            if slots[last].progress.isFinished, !delta.arguments.isBlank { throw ambiguous("has no name") }
            return last
        }
        let isBegun = !slots[last].arguments.isBlank && !slots[last].progress.isFinished
        if isBegun && name == slots[last].name { throw ambiguous("bears a new identifier within a call") }
        return slots.count
    }

    /// Whether a delta that looks like a piece of a call is the start of another.
    private func startsAnew(_ delta: ToolCallDelta, at known: Int) throws(AnswerFault) -> Bool {
        let slot = slots[known]
        guard slot.progress.isFinished else {
            let isOther = delta.name != nil && slot.name != nil && delta.name != slot.name
            if isOther && !slot.arguments.isBlank { throw ambiguous("has another name within a call") }
            return false
        }
        if delta.arguments.isBlank && (delta.name == nil || delta.name == slot.name) { return false }
        guard delta.name != nil else { throw ambiguous("follows finished arguments and has no name") }
        return true
    }

    private mutating func addName(_ name: String, to target: Int) throws(AnswerFault) {
        let known = slots[target].name ?? ""
        if known == name { return }
        if !known.isEmpty, slots[target].index == nil { throw ambiguous("has another name") }
        // Fragments are joined; a server that repeats what it said so far sends a longer name that begins with it.
        let whole = name.hasPrefix(known) ? name : known + name
        guard whole.utf8.count <= Self.maximumName else {
            throw .tooLarge("the name of a tool that the answer calls is larger than \(Self.maximumName) bytes")
        }
        slots[target].name = whole
    }

    private func ambiguous(_ what: String) -> AnswerFault {
        .malformed("a piece of a tool call \(what); it cannot be told to which call it belongs")
    }
}

/// Whether bytes that come piece by piece are a whole JSON object yet.
private struct ObjectProgress {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private(set) var isFinished = false

    mutating func read(_ bytes: [UInt8]) {
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if isInString {
                if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    if depth == 0 { isFinished = true }
                default: break
                }
            }
        }
    }
}

extension [UInt8] {
    fileprivate var isBlank: Bool { allSatisfy { $0 <= 0x20 } }
}
