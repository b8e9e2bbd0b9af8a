import ChatModel
import CrewCore

/// What is known of each tool call, from the journal and from the tools themselves.
struct ToolAudit {
    private struct Entry {
        let intent: ToolIntended
        let isIdempotent: Bool
        /// How often it may be begun: once, and once more each time that a person says so.
        var allowance = 1
        var begun = 0
        var performed = 0
        var isCompleted = false
        var key: String?
    }

    private var entries: [String: Entry] = [:]
    private(set) var begun = 0
    private(set) var performed = 0

    /// Whether there is a call of which only a person can know what to do about it.
    var isAnyUnknown: Bool { entries.values.contains { !$0.isCompleted && !$0.isIdempotent } }

    /// The intents of the calls that have not ended, whatever was decided on them.
    var unfinished: [Fact] {
        entries.values.filter { !$0.isCompleted }.map(\.intent).sorted { $0.tool < $1.tool }.map(Fact.toolIntended)
    }

    mutating func take(_ fact: Fact, before state: RunState) throws(Violation) {
        switch fact {
        case .toolIntended(let intent):
            guard entries[intent.tool] == nil else { throw Violation(.atMostOnce, "\(intent.tool) is intended twice") }
            let agent = state.memberOf(Seat(intent.assignment)).joined(separator: "/")
            let known = state.definition.tools[agent, default: []].first { $0.declaration.name == intent.name }
            entries[intent.tool] = Entry(intent: intent, isIdempotent: known?.isIdempotent ?? true)
        case .toolCompleted(let outcome): entries[outcome.tool]?.isCompleted = true
        case .runResumed(let resumption) where resumption.unknownTools == .retry:
            for (id, entry) in entries where !entry.isCompleted { entries[id]?.allowance += 1 }
        default: break
        }
    }

    mutating func begin(_ tool: Work.ToolWork, key: String, isNewest: Bool) throws(Violation) {
        guard let entry = entries[tool.id] else {
            throw Violation(.atMostOnce, "\(tool.id) is called, and no intent of it is on record")
        }
        guard entry.intent.name == tool.name, entry.intent.arguments == tool.arguments, entry.key ?? key == key else {
            throw Violation(.key, "\(tool.id) is called as \(tool.name) with the key \(key)")
        }
        if isNewest, entry.isCompleted { throw Violation(.repeated, "\(tool.id) has ended and is called again") }
        guard entry.isIdempotent || entry.begun < entry.allowance else {
            throw Violation(.atMostOnce, "\(tool.id) (\(tool.name)) is called again, and nobody said so")
        }
        begun += 1
        entries[tool.id]?.begun += 1
        entries[tool.id]?.key = key
    }

    mutating func perform(_ tool: Work.ToolWork, isIdempotent: Bool) throws(Violation) {
        guard let entry = entries[tool.id] else { return }
        performed += 1
        entries[tool.id]?.performed += 1
        guard isIdempotent || entry.performed < entry.allowance else {
            throw Violation(.atMostOnce, "\(tool.id) (\(tool.name)) has its effect twice")
        }
    }
}
