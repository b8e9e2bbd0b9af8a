import ChatModel

/// A recorded crew held to what its file grants now.
public struct NarrowedCrew: Sendable, Hashable {
    /// The crew with what both grant and nothing more.
    public var crew: Crew
    /// What was taken away, each as a sentence without a full stop.
    public var differences: [String]
    /// What the crew cannot do without and is granted no more; with any of them it cannot go on.
    public var withdrawn: [String]
}

extension Crew {
    /// Holds the crew to what another one, its file as it is now, grants as well: the narrower of the two.
    ///
    /// Tools, their folders, hosts and right to write, agents' and coordinators' grants of them and exemptions are narrowed. An endpoint and
    /// a variable that the crew sends there cannot be narrowed: they are granted as they were, or not at all. What the other
    /// grants in addition is not taken. Members are held to the members of the same name.
    ///
    /// - Parameters:
    ///   - other: The crew as it is now, its models completed by the environment; see `ModelProvider.resolve(_:)`.
    ///   - builtins: The built-in tools that there are.
    package func narrowed(to other: Crew, builtins: [any BuiltinTool]) -> NarrowedCrew {
        var differences: [String] = []
        let crew = narrowed(to: other, prefix: "", isMoved: false, builtins, &differences)
        return NarrowedCrew(crew: crew, differences: differences, withdrawn: withdrawnEndpoints(other))
    }

    /// - Parameters:
    ///   - prefix: What stands before the names of what belongs to the crew.
    ///   - isMoved: Whether relative folders mean others now.
    private func narrowed(
        to other: Crew,
        prefix: String,
        isMoved: Bool,
        _ builtins: [any BuiltinTool],
        _ differences: inout [String]
    ) -> Crew {
        var crew = self
        crew.tools = tools.compactMap { tool in
            let now = other.tools.first { $0.name == tool.name }
            let (rest, taken) = tool.narrowed(to: now, called: prefix + tool.name, isMoved: isMoved, builtins)
            differences += taken
            return rest
        }
        for (index, agent) in agents.enumerated() {
            let now = other.agent(agent.name)
            let name = prefix + agent.name
            let kept = narrowed(agent.tools, to: now?.tools ?? [], left: crew.tools, builtins)
            crew.agents[index].tools = kept.grants
            if !kept.taken.isEmpty { differences.append("`\(name)` has no longer all of \(Self.list(kept.taken))") }
            let exemptions = agent.exemptions.filter { now?.exemptions.contains($0) ?? false }
            if exemptions != agent.exemptions {
                differences.append("`\(name)` is no longer exempt from the rules of safety")
                crew.agents[index].exemptions = exemptions
            }
        }
        let kept = narrowed(process.tools, to: other.process.tools, left: crew.tools, builtins)
        crew.process.tools = kept.grants
        if !kept.taken.isEmpty {
            differences.append("`\(prefix)coordinator` has no longer all of \(Self.list(kept.taken))")
        }
        for (index, member) in crews.enumerated() {
            let now = other.member(member.name)
            if now == nil { differences.append("the member `\(prefix)\(member.name)` is no longer there") }
            crew.crews[index].crew = member.crew.narrowed(
                to: now?.crew ?? Crew(name: member.crew.name, goal: "", agents: []),
                prefix: "\(prefix)\(member.name)/",
                isMoved: now?.folder != member.folder || (isMoved && member.folder == nil),
                builtins,
                &differences
            )
        }
        return crew
    }

    /// The grants that are left of some: of what is granted now, and of the tools that are left.
    private func narrowed(
        _ grants: [ToolGrant],
        to now: [ToolGrant],
        left: [ToolDefinition],
        _ builtins: [any BuiltinTool]
    ) -> (grants: [ToolGrant], taken: [String]) {
        var taken: [String] = []
        let kept = grants.flatMap { grant -> [ToolGrant] in
            // What is written in Swift is the programmer's word, and stands in no file.
            guard case .named(let name) = grant, let set = toolSet(of: name) else { return [grant] }
            guard let rest = left.first(where: { $0.name == set.name }) else { return [] }
            let parts = rest.parts(of: name, builtins)
            let kept = parts.filter { part in now.contains { set.parts(of: $0.name, builtins).contains(part) } }
            if kept == parts { return parts.isEmpty ? [] : [grant] }
            taken.append(name)
            return kept.map { .named($0) }
        }
        return (kept, taken)
    }

    private func toolSet(of grant: String) -> ToolDefinition? {
        let name = grant.split(separator: ".", maxSplits: 1).first.map(String.init)
        return tools.first { $0.name == name }
    }

    private func withdrawnEndpoints(_ other: Crew) -> [String] {
        let granted = other.allModels.map(\.model)
        return allModels.compactMap { name, model in
            guard let url = model.baseURL, let recorded = try? ModelEndpoint(url), !recorded.isLoopback else {
                return nil
            }
            let isNamed = granted.contains { definition in
                guard let now = definition.baseURL.flatMap({ try? ModelEndpoint($0) }) else { return false }
                return now.origin == recorded.origin
                    && model.certificateAuthorities == definition.certificateAuthorities
                    && Set(model.variableUses.map(\.variable)).isSubset(of: definition.variableUses.map(\.variable))
            }
            return isNamed ? nil : "the model `\(name)` at \(recorded.origin)"
        }
    }

    private static func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }
}

extension ToolDefinition {
    /// The parts that a grant of this tool gives, as grants of their own; the tool itself where it has no parts.
    fileprivate func parts(of grant: String, _ builtins: [any BuiltinTool]) -> [String] {
        let words = grant.split(separator: ".", maxSplits: 1).map(String.init)
        guard words.first == name, let builtin = builtins.named(builtin) else { return [] }
        if builtin.parts.isEmpty { return [name] }
        return builtin.parts.compactMap { part in
            if words.count == 2, words[1] != part.name { return nil }
            if let option = part.option, options[option]?.boolValue != true { return nil }
            return "\(name).\(part.name)"
        }
    }

    /// The tool with what both declarations grant; `nil` when that is nothing.
    ///
    /// - Parameters:
    ///   - shown: What it is called in words.
    ///   - isMoved: Whether a relative folder means another one now.
    fileprivate func narrowed(
        to other: ToolDefinition?,
        called shown: String,
        isMoved: Bool,
        _ builtins: [any BuiltinTool]
    ) -> (rest: ToolDefinition?, differences: [String]) {
        guard let other, other.builtin == builtin, case .object(var options) = options,
            let declared = builtins.named(builtin)?.options
        else {
            return (nil, ["the tool `\(shown)` is no longer there"])
        }
        var differences: [String] = []
        // A text that is no path from the root may mean something else from elsewhere.
        let texts = declared.filter { $0.type == .text }.map(\.name)
        if isMoved, let moved = texts.first(where: { options[$0]?.stringValue.map { !$0.hasPrefix("/") } ?? false }) {
            return (nil, ["the tool `\(shown)` has another \(moved) now"])
        }
        for (option, value) in options {
            let now = other.options[option]
            if now == value { continue }
            switch declared.first(where: { $0.name == option })?.type {
            case .text, nil: return (nil, ["the tool `\(shown)` has another \(option) now"])
            case .list:
                let kept = (value.arrayValue ?? []).filter { now?.arrayValue?.contains($0) ?? false }
                if kept.count == value.arrayValue?.count { continue }
                differences.append("the tool `\(shown)` reaches fewer \(option)")
                guard !kept.isEmpty else { return (nil, differences) }
                options[option] = .array(kept)
            case .boolean:
                if value.boolValue != true { continue }
                differences.append("the tool `\(shown)` is no longer `\(option): true`")
                options[option] = false
            }
        }
        var rest = self
        rest.options = .object(options)
        return (rest, differences)
    }
}
