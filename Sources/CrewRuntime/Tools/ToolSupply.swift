internal import CrewCore

/// The tools that a crew's agents can be granted, by the names of the grants.
struct ToolSupply: Sendable {
    struct Supplied {
        let implementation: ToolImplementation
        /// Tells tools apart that models would call the same.
        let origin: String
    }

    private var declared: [String: (builtin: any BuiltinTool, opened: OpenedTools)] = [:]
    private let written: [String: ToolImplementation]

    /// Begins with the tools that are written in Swift.
    init(tools: [String: ToolImplementation]) { written = tools }

    /// Makes tools written in Swift known by their names.
    static func implementations(of tools: [any Tool]) throws(ToolboxError) -> [String: ToolImplementation] {
        var written: [String: ToolImplementation] = [:]
        for tool in tools {
            guard written.updateValue(try implement(tool), forKey: tool.name) == nil else {
                throw ToolboxError(.badName, tool: tool.name, "there are two tools of this name")
            }
        }
        return written
    }

    /// Adds what a crew declares.
    mutating func open(
        _ definition: ToolDefinition,
        from providers: [any ToolProvider],
        in surroundings: ToolSurroundings
    ) async throws(ToolboxError) {
        let name = definition.name
        // Six bytes are kept for the longest part, `_write`.
        try Self.checkName(name, longest: 58)
        guard declared[name] == nil else { throw ToolboxError(.badName, tool: name, "it is declared twice") }
        guard written[name] == nil else {
            throw ToolboxError(.badName, tool: name, "there are two tools of this name")
        }
        guard let provider = providers.first(where: { $0.name == definition.builtin }) else {
            let known = providers.map { "'\($0.name)'" }.formattedList
            throw ToolboxError(
                .unknownBuiltin,
                tool: name,
                "there is no built-in '\(definition.builtin)'; there \(known.isEmpty ? "are none" : "are \(known)")"
            )
        }
        let options = try ToolOptions(of: definition, for: provider)
        declared[name] = (provider, try await provider.open(name, options, in: surroundings))
    }

    /// Gives back what the tools hold.
    func close() async {
        for entry in declared.values { await entry.opened.close() }
    }

    /// The tools that a grant gives.
    func tools(for grant: ToolGrant) throws(ToolboxError) -> [Supplied] {
        switch grant {
        case .code(let tool): return [Supplied(implementation: try Self.implement(tool), origin: "code")]
        case .named(let name): return try tools(named: name)
        }
    }

    private func tools(named name: String) throws(ToolboxError) -> [Supplied] {
        if let tool = written[name] { return [Supplied(implementation: tool, origin: "code")] }
        let words = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let set = words.first, let (builtin, opened) = declared[set] else {
            let known = (Array(declared.keys) + Array(written.keys)).sortedByLikeness(to: name)
            throw ToolboxError(
                .unknownTool,
                tool: name,
                known.isEmpty
                    ? "it is granted, but no tools are declared"
                    : "it is granted, but not declared; there are " + known.map { "'\($0)'" }.joined(separator: ", ")
            )
        }
        let part = words.count == 2 ? words[1] : nil
        let chosen = opened.parts.filter { part == nil || $0.name == part }
        guard chosen.isEmpty else {
            return chosen.map { Supplied(implementation: $0.implementation, origin: "declared as \(set)") }
        }
        if let part, let option = builtin.parts.first(where: { $0.name == part })?.option {
            throw ToolboxError(
                .unknownTool,
                tool: name,
                "'\(set)' has no '\(part)' unless it is declared with '\(option): true'"
            )
        }
        let parts = opened.parts.compactMap(\.name)
        throw ToolboxError(
            .unknownTool,
            tool: name,
            parts.isEmpty
                ? "'\(set)' is one tool without parts"
                : "'\(set)' has no such part; it has " + parts.map { "'\($0)'" }.joined(separator: ", ")
        )
    }

    private static func implement(_ tool: any Tool) throws(ToolboxError) -> ToolImplementation {
        try checkName(tool.name, longest: 64)
        do {
            return try ToolImplementation(tool)
        } catch {
            throw ToolboxError(.badSchema, tool: tool.name, error.description)
        }
    }

    private static func checkName(_ name: String, longest: Int) throws(ToolboxError) {
        let isAllowed = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isAllowed, (1...longest).contains(name.utf8.count) else {
            throw ToolboxError(.badName, tool: name, "a name has 1 to \(longest) letters, digits, '_' and '-'")
        }
    }
}

extension [String] {
    /// The words as a sentence lists them.
    fileprivate var formattedList: String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " and " + self[count - 1]
    }
}
