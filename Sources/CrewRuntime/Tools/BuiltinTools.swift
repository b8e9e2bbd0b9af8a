internal import ChatModel
internal import CrewCore

/// The tools that a declaration makes, by part; a built-in that is no set has one without a part.
struct BuiltinTools {
    /// A tool of the set.
    struct Part {
        /// `read` in `notes.read`; `nil` for a built-in that is no set.
        let name: String?
        let implementation: ToolImplementation
    }

    let parts: [Part]
    /// The parts that the options leave out, each with the option that brings it.
    let withheld: [String: String]

    /// Makes the tools of a declaration.
    ///
    /// - Parameters:
    ///   - definition: The declaration.
    ///   - folder: What a relative folder is relative to.
    ///   - protected: What `files` may not touch.
    ///   - web: What `fetch` reads the web through.
    init(
        _ definition: ToolDefinition,
        folder: String,
        protected: ProtectedPlaces,
        web: (any WebClient)?
    ) throws(ToolboxError) {
        switch definition.builtin {
        case "calculator":
            _ = try BuiltinOptions(of: definition, keys: [])
            parts = [Part(name: nil, implementation: try Self.implement(Calculator(), as: definition.name))]
            withheld = [:]
        case "files":
            (parts, withheld) = try Self.files(definition, base: folder, protected)
        case "fetch":
            let fetcher = try Self.fetcher(definition, web)
            parts = [Part(name: nil, implementation: try Self.implement(fetcher))]
            withheld = [:]
        default:
            throw ToolboxError(
                .unknownBuiltin,
                tool: definition.name,
                "there is no built-in '\(definition.builtin)'; there are 'calculator', 'files' and 'fetch'"
            )
        }
    }

    private static func files(
        _ definition: ToolDefinition,
        base: String,
        _ protected: ProtectedPlaces
    ) throws(ToolboxError) -> (parts: [Part], withheld: [String: String]) {
        let options = try BuiltinOptions(of: definition, keys: ["folder", "write"])
        guard let path = try options.string("folder"), !path.isEmpty else {
            throw ToolboxError(
                .badOption,
                tool: definition.name,
                "it needs the option 'folder', the folder it may reach"
            )
        }
        let mayWrite = try options.flag("write") ?? false
        let fullPath = path.hasPrefix("/") ? path : "\(base)/\(path)"
        if let objection = protected.objection(to: fullPath, for: mayWrite ? .writing : .reading) {
            throw ToolboxError(.badFolder, tool: definition.name, "the folder cannot be granted: \(objection)")
        }
        let folder: ConfinedFolder
        do {
            folder = try ConfinedFolder(at: fullPath, protecting: protected)
        } catch {
            throw ToolboxError(.badFolder, tool: definition.name, "the folder '\(path)' cannot be used: \(error)")
        }
        let name = definition.name
        var parts = [
            Part(name: "read", implementation: try implement(FileReader(folder: folder, name: "\(name)_read"))),
            Part(name: "list", implementation: try implement(FolderLister(folder: folder, name: "\(name)_list"))),
        ]
        guard mayWrite else { return (parts, ["write": "write: true"]) }
        parts.append(
            Part(name: "write", implementation: try implement(FileWriter(folder: folder, name: "\(name)_write")))
        )
        return (parts, [:])
    }

    private static func fetcher(_ definition: ToolDefinition, _ web: (any WebClient)?) throws(ToolboxError)
        -> WebFetcher
    {
        let texts = try BuiltinOptions(of: definition, keys: ["hosts"]).strings("hosts") ?? []
        guard !texts.isEmpty else {
            throw ToolboxError(.badOption, tool: definition.name, "it needs the option 'hosts', the hosts it may reach")
        }
        guard let web else {
            throw ToolboxError(.badOption, tool: definition.name, "this engine has no client for the web")
        }
        var hosts: [(grant: HostGrant, text: String)] = []
        for text in texts {
            do throws(WebAddress.Refusal) { hosts.append((try HostGrant(text), text)) } catch {
                throw ToolboxError(.badOption, tool: definition.name, "the host '\(text)': \(error.message)")
            }
        }
        return WebFetcher(name: definition.name, hosts: hosts, client: web)
    }

    private static func implement(
        _ tool: some Tool,
        as name: String? = nil
    ) throws(ToolboxError) -> ToolImplementation {
        do {
            return try ToolImplementation(tool, name: name)
        } catch {
            throw ToolboxError(.badSchema, tool: name ?? tool.name, error.description)
        }
    }
}

/// The options of a declaration, no key of which is unknown.
private struct BuiltinOptions {
    let tool: String
    let members: JSONObject

    init(of definition: ToolDefinition, keys: [String]) throws(ToolboxError) {
        tool = definition.name
        guard case .object(let members) = definition.options else {
            throw ToolboxError(.badOption, tool: tool, "its options are not an object")
        }
        self.members = members
        guard let unknown = members.keys.first(where: { !keys.contains($0) }) else { return }
        let known = keys.isEmpty ? "takes none" : "takes " + keys.map { "'\($0)'" }.joined(separator: " and ")
        throw ToolboxError(.badOption, tool: tool, "unknown option '\(unknown)'; '\(definition.builtin)' \(known)")
    }

    func string(_ key: String) throws(ToolboxError) -> String? {
        guard let value = members[key] else { return nil }
        guard let text = value.stringValue else {
            throw ToolboxError(.badOption, tool: tool, "the option '\(key)' must be a string, not \(value.jsonText)")
        }
        guard !text.utf8.contains(0) else {
            throw ToolboxError(.badOption, tool: tool, "the option '\(key)' may not hold a NUL")
        }
        return text
    }

    func strings(_ key: String) throws(ToolboxError) -> [String]? {
        guard let value = members[key] else { return nil }
        guard let elements = value.arrayValue, case let texts = elements.compactMap(\.stringValue),
            texts.count == elements.count
        else {
            throw ToolboxError(
                .badOption,
                tool: tool,
                "the option '\(key)' must be a list of strings, not \(value.jsonText)"
            )
        }
        return texts
    }

    func flag(_ key: String) throws(ToolboxError) -> Bool? {
        guard let value = members[key] else { return nil }
        guard let flag = value.boolValue else {
            throw ToolboxError(
                .badOption,
                tool: tool,
                "the option '\(key)' must be true or false, not \(value.jsonText)"
            )
        }
        return flag
    }
}
