import CrewKit
import CrewReport

extension CrewFile {
    /// A complaint for each folder that a tool of the crew or of one within it names and that is none.
    var missingFolders: [Diagnostic] {
        crew.tree.flatMap { node in
            node.crew.tools.compactMap { tool in
                guard let folder = tool.folder, !folder.isEmpty else { return nil }
                let path = resolved(folder, in: node)
                guard !Paths.isDirectory(path) else { return nil }
                let isThere = Paths.exists(path)
                return diagnostic(
                    "the folder \"\(folder)\" of the tool \"\(tool.name)\" "
                        + (isThere ? "is no folder" : "does not exist"),
                    at: node.place + ["tools", .key(tool.name), "folder"],
                    hint: isThere ? "name a folder" : "mkdir -p \(ShellWord.quoted(path))"
                )
            }
        }
    }

    /// The crew with the crew file's own folder in the place of each that is missing: what models are told is the same.
    var crewWithoutMissingFolders: Crew {
        crew.changed { crew, node in
            for (index, tool) in crew.tools.enumerated() {
                guard let folder = tool.folder, !folder.isEmpty, !Paths.isDirectory(resolved(folder, in: node)),
                    case .object(var options) = tool.options
                else { continue }
                options["folder"] = "."
                crew.tools[index].options = .object(options)
            }
        }
    }

    private func resolved(_ folder: String, in node: Crew.Node) -> String {
        if folder.hasPrefix("/") { return folder }
        let plain = folder.hasPrefix("./") ? String(folder.dropFirst(2)) : folder
        let directory = node.folder ?? directory
        return directory == "." ? plain : Paths.joined(directory, plain)
    }
}

extension ToolDefinition {
    fileprivate var folder: String? { options["folder"]?.stringValue }
}
