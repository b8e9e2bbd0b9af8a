import ChatModel

/// What an agent's tools open to whoever can make its model do something: the three sides of Meta's "Rule of Two".
///
/// An agent that has at most two of them cannot be made, by a text that it reads, to carry off what is private. Source:
/// https://ai.meta.com/blog/practical-ai-agent-security/ (2025-10-31).
struct Exposure: OptionSet, Sendable, Hashable {
    let rawValue: Int

    /// It takes in what strangers wrote.
    static let untrusted = Exposure(rawValue: 1)
    /// It reads what is private.
    static let `private` = Exposure(rawValue: 2)
    /// It changes something, or sends something out.
    static let outward = Exposure(rawValue: 4)
    static let all: Exposure = [.untrusted, .private, .outward]

    init(rawValue: Int) { self.rawValue = rawValue }

    init(_ effects: ToolEffects) {
        self = []
        if effects.contains(.reads) { insert(.private) }
        // A request says something to its server, be it only by its address.
        if effects.contains(.network) { formUnion([.untrusted, .outward]) }
        if !effects.isDisjoint(with: [.writes, .spends]) { insert(.outward) }
        if effects.contains(.executes) { formUnion(.all) }
    }
}

extension CrewCheck {
    /// Refuses tools that open all three sides to one agent, or to the coordinator.
    ///
    /// - Parameter isAgent: Whether it can be exempt, as agents can.
    mutating func ruleOfTwo(
        _ grants: [ToolGrant],
        of name: String,
        isAgent: Bool = true,
        at path: [CrewProblem.PathElement]
    ) {
        let tools = grants.map { (name: $0.name, exposure: exposure(of: $0)) }
        let sides: [(side: Exposure, words: String)] = [
            (.untrusted, "take in what strangers wrote"), (.private, "read what is private"),
            (.outward, "change or send something"),
        ]
        var parts: [String] = []
        for (side, words) in sides {
            let names = tools.filter { $0.exposure.contains(side) }.map(\.name)
            guard !names.isEmpty else { return }
            parts.append("\(words) (\(list(names)))")
        }
        let undeclared = grants.compactMap { grant -> String? in
            guard case .code(let tool) = grant, tool.effects == .all else { return nil }
            return tool.name
        }
        report(
            path,
            undeclared.isEmpty
                ? "`\(name)` can do all three: \(parts.joined(separator: ", "))"
                : "`\(name)` has tools that do not say what they touch, which counts as everything: "
                    + list(undeclared),
            hint: (undeclared.isEmpty
                ? isAgent ? "divide the tools among two agents" : "grant them to agents, and divide them among two"
                : "declare it, such as `var effects: ToolEffects { .reads }`, or `[]` for nothing")
                + (isAgent ? exemption : "")
        )
    }

    private var exemption: String {
        ", or write `exempt: [rule-of-two]` (in Swift `exemptions: [.ruleOfTwo]`) if it is meant"
    }

    private func exposure(of grant: ToolGrant) -> Exposure {
        switch grant {
        case .code(let tool): return Exposure(tool.effects)
        case .named(let name):
            let words = name.split(separator: ".", maxSplits: 1).map(String.init)
            guard let set = words.first, let tool = crew.tools.first(where: { $0.name == set }),
                let builtin = builtins.named(tool.builtin)
            else { return [] }
            var effects: ToolEffects = []
            for part in builtin.parts where words.count == 1 || part.name == words[1] {
                if let option = part.option, tool.options[option]?.boolValue != true { continue }
                effects.formUnion(part.effects)
            }
            return Exposure(builtin.parts.isEmpty ? builtin.effects : effects)
        }
    }
}
