internal import CrewCore

/// Reads a file of a folder.
struct FileReader: Tool {
    struct Input: Generable {
        var path: String

        static var guides: [Guide] { [Guide("path", "The file, relative to the folder, such as 'drafts/one.md'.")] }
    }

    let folder: ConfinedFolder

    var name: String { BuiltinFiles.read.name }
    var summary: String { "Reads a text file (UTF-8, at most 1 MiB) of the folder." }
    var effects: ToolEffects { BuiltinFiles.read.effects }

    func call(_ input: Input, context: ToolContext) throws -> String { try folder.read(ConfinedPath(input.path)) }
}

/// Lists a folder.
struct FolderLister: Tool {
    struct Input: Generable {
        var folder: String?

        static var guides: [Guide] {
            [Guide("folder", "A folder within the folder; leave it out for the folder itself.")]
        }
    }

    let folder: ConfinedFolder

    var name: String { BuiltinFiles.list.name }
    var summary: String {
        "Lists the folder, or one within it: a line for each entry, folders ending in '/', files with their size."
    }
    var effects: ToolEffects { BuiltinFiles.list.effects }

    func call(_ input: Input, context: ToolContext) throws -> String {
        let listing = try folder.list(ConfinedPath(input.folder ?? ""))
        var lines = listing.entries.map { entry in
            switch entry.kind {
            case .file(let size): "\(entry.name)  \(size) bytes"
            case .folder: "\(entry.name)/"
            case .other: "\(entry.name)  (a link or device, cannot be opened)"
            }
        }
        if listing.more > 0 || listing.isIncomplete {
            lines.append("(\(listing.isIncomplete ? "more than " : "")\(listing.more) further entries are not shown)")
        }
        if listing.unusable > 0 { lines.append("(\(listing.unusable) entries have unusable names and are not shown)") }
        return lines.isEmpty ? "(the folder is empty)" : lines.joined(separator: "\n")
    }
}

/// Writes a file of a folder.
struct FileWriter: Tool {
    struct Input: Generable {
        var path: String
        var content: String

        static var guides: [Guide] {
            [
                Guide("path", "The file, relative to the folder; folders on its way are made."),
                Guide("content", "The whole new text of the file, at most 1 MiB."),
            ]
        }
    }

    let folder: ConfinedFolder

    var name: String { BuiltinFiles.write.name }
    var summary: String { "Writes a text file of the folder, replacing the file if it exists." }
    var effects: ToolEffects { BuiltinFiles.write.effects }
    /// The same text twice leaves the same file.
    var isIdempotent: Bool { true }

    func call(_ input: Input, context: ToolContext) throws -> String {
        let path = try ConfinedPath(input.path)
        let existed = try folder.write(input.content, to: path, key: context.idempotencyKey)
        return "\(existed ? "Replaced" : "Wrote") '\(path.text)', \(input.content.utf8.count) bytes."
    }
}
