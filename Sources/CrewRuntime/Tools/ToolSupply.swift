internal import CrewCore

/// The tools that a crew's agents can be granted, by the names of the grants.
struct ToolSupply {
    struct Supplied {
        let implementation: ToolImplementation
        /// Tells tools apart that models would call the same.
        let origin: String
    }

    private var declared: [String: BuiltinTools] = [:]
    private var written: [String: ToolImplementation] = [:]

    init(
        crew: Crew,
        folder: String,
        protected: ProtectedPlaces,
        tools: [any Tool],
        web: (any WebClient)?
    ) throws(ToolboxError) {
        for definition in crew.tools {
            // Six bytes are kept for the longest part, `_write`.
            try Self.checkName(definition.name, longest: 58)
            let made = try BuiltinTools(definition, folder: folder, protected: protected, web: web)
            guard declared.updateValue(made, forKey: definition.name) == nil else {
                throw ToolboxError(.badName, tool: definition.name, "it is declared twice")
            }
        }
        for tool in tools {
            guard written.updateValue(try Self.implement(tool), forKey: tool.name) == nil, declared[tool.name] == nil
            else { throw ToolboxError(.badName, tool: tool.name, "there are two tools of this name") }
        }
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
        guard let set = words.first, let builtin = declared[set] else {
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
        let chosen = builtin.parts.filter { part == nil || $0.name == part }
        guard chosen.isEmpty else {
            return chosen.map { Supplied(implementation: $0.implementation, origin: "declared as \(set)") }
        }
        if let part, let option = builtin.withheld[part] {
            throw ToolboxError(
                .unknownTool,
                tool: name,
                "'\(set)' has no '\(part)' unless it is declared with '\(option)'"
            )
        }
        let parts = builtin.parts.compactMap(\.name)
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
