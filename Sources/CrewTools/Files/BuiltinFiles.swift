internal import ChatModel
internal import CrewCore
internal import CrewRuntime

/// The built-in `files`: tools that reach one folder.
struct BuiltinFiles: ToolProvider {
    static let read = BuiltinToolPart("read", effects: .reads)
    static let list = BuiltinToolPart("list", effects: .reads)
    static let write = BuiltinToolPart("write", effects: .writes, option: writing.name)

    private static let folder = ToolOption.text(
        "folder",
        "The only folder it reaches, relative to the crew file.",
        naming: "the folder it may reach",
        example: "notes"
    )
    private static let writing = ToolOption.permission(
        "write",
        "Whether files may be written; they may not unless this is true."
    )

    let name = "files"
    let summary = "Reads, and if allowed writes, files of one folder."
    let parts = [read, write, list]
    let options = [folder, writing]

    /// A folder outside the crew file's own.
    func grants(of options: JSONValue, in scope: GrantScope) -> [Grant] {
        guard let folder = options[Self.folder.name]?.stringValue, !folder.isEmpty else { return [] }
        let resolved = scope.resolving(Self.path(folder, in: scope.base))
        guard !scope.owns(resolved) else { return [] }
        let mayWrite = options[Self.writing.name]?.boolValue == true
        return [
            Grant(
                kind: .folder,
                subject: [resolved, mayWrite ? "write" : "read"],
                path: [.key(Self.folder.name)],
                summary: "\(mayWrite ? "reads and writes" : "reads") the folder \(resolved)"
            )
        ]
    }

    func open(
        _ name: String,
        _ options: ToolOptions,
        in surroundings: ToolSurroundings
    ) throws(ToolboxError) -> OpenedTools {
        let declared = options.text(Self.folder.name)
        let path = Self.path(declared, in: surroundings.folder)
        let mayWrite = options.isSet(Self.writing.name)
        if let objection = surroundings.protected.objection(to: path, for: mayWrite ? .writing : .reading) {
            throw ToolboxError(.badFolder, tool: name, "the folder cannot be granted: \(objection)")
        }
        let folder: ConfinedFolder
        do {
            folder = try ConfinedFolder(at: path, protecting: surroundings.protected)
        } catch {
            throw ToolboxError(.badFolder, tool: name, "the folder '\(declared)' cannot be used: \(error)")
        }
        var parts = [
            try OpenedTools.Part(Self.read.name, FileReader(folder: folder), of: name),
            try OpenedTools.Part(Self.list.name, FolderLister(folder: folder), of: name),
        ]
        if mayWrite { parts.append(try OpenedTools.Part(Self.write.name, FileWriter(folder: folder), of: name)) }
        return OpenedTools(parts)
    }

    private static func path(_ folder: String, in base: String) -> String {
        folder.hasPrefix("/") ? folder : "\(base)/\(folder)"
    }
}
