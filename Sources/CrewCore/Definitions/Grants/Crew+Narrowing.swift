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
    /// Tools, their folders, hosts and right to write, agents' grants of them and exemptions are narrowed. An endpoint and
    /// a variable that the crew sends there cannot be narrowed: they are granted as they were, or not at all. What the other
    /// grants in addition is not taken.
    ///
    /// - Parameters:
    ///   - other: The crew as it is now, its models completed by the environment; see `ModelProvider.resolve(_:)`.
    ///   - builtins: The built-in tools that there are.
    package func narrowed(to other: Crew, builtins: [any BuiltinTool]) -> NarrowedCrew {
        var narrowed = NarrowedCrew(crew: self, differences: [], withdrawn: [])
        narrowed.crew.tools = tools.compactMap { tool in
            let now = other.tools.first { $0.name == tool.name }
            let (rest, differences) = tool.narrowed(to: now, builtins)
            narrowed.differences += differences
            return rest
        }
        for (index, agent) in agents.enumerated() {
            let now = other.agent(agent.name)
            var taken: [String] = []
            narrowed.crew.agents[index].tools = agent.tools.flatMap { grant -> [ToolGrant] in
                // What is written in Swift is the programmer's word, and stands in no file.
                guard case .named(let name) = grant, let set = toolSet(of: name) else { return [grant] }
                guard let rest = narrowed.crew.tools.first(where: { $0.name == set.name }) else { return [] }
                let parts = rest.parts(of: name, builtins)
                let kept = parts.filter { part in
                    now?.tools.contains { set.parts(of: $0.name, builtins).contains(part) } ?? false
                }
                if kept == parts { return parts.isEmpty ? [] : [grant] }
                taken.append(name)
                return kept.map { .named($0) }
            }
            if !taken.isEmpty {
                narrowed.differences.append("`\(agent.name)` has no longer all of \(Self.list(taken))")
            }
            let exemptions = agent.exemptions.filter { now?.exemptions.contains($0) ?? false }
            if exemptions != agent.exemptions {
                narrowed.differences.append("`\(agent.name)` is no longer exempt from the rules of safety")
                narrowed.crew.agents[index].exemptions = exemptions
            }
        }
        narrowed.withdrawn = withdrawnEndpoints(other)
        return narrowed
    }

    private func toolSet(of grant: String) -> ToolDefinition? {
        let name = grant.split(separator: ".", maxSplits: 1).first.map(String.init)
        return tools.first { $0.name == name }
    }

    private func withdrawnEndpoints(_ other: Crew) -> [String] {
        models.compactMap { model in
            guard let url = model.baseURL, let recorded = try? ModelEndpoint(url), !recorded.isLoopback else {
                return nil
            }
            let isNamed = other.models.contains { definition in
                guard let now = definition.baseURL.flatMap({ try? ModelEndpoint($0) }) else { return false }
                return now.origin == recorded.origin
                    && model.certificateAuthorities == definition.certificateAuthorities
                    && Set(model.variableUses.map(\.variable)).isSubset(of: definition.variableUses.map(\.variable))
            }
            return isNamed ? nil : "the model `\(model.name)` at \(recorded.origin)"
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
    fileprivate func narrowed(
        to other: ToolDefinition?,
        _ builtins: [any BuiltinTool]
    ) -> (rest: ToolDefinition?, differences: [String]) {
        guard let other, other.builtin == builtin, case .object(var options) = options,
            let declared = builtins.named(builtin)?.options
        else {
            return (nil, ["the tool `\(name)` is no longer there"])
        }
        var differences: [String] = []
        for (option, value) in options {
            let now = other.options[option]
            if now == value { continue }
            switch declared.first(where: { $0.name == option })?.type {
            case .text, nil: return (nil, ["the tool `\(name)` has another \(option) now"])
            case .list:
                let kept = (value.arrayValue ?? []).filter { now?.arrayValue?.contains($0) ?? false }
                if kept.count == value.arrayValue?.count { continue }
                differences.append("the tool `\(name)` reaches fewer \(option)")
                guard !kept.isEmpty else { return (nil, differences) }
                options[option] = .array(kept)
            case .boolean:
                if value.boolValue != true { continue }
                differences.append("the tool `\(name)` is no longer `\(option): true`")
                options[option] = false
            }
        }
        var rest = self
        rest.options = .object(options)
        return (rest, differences)
    }
}
