import ChatModel
public import CrewCore
import CrewTools

/// A crew read from a file.
public struct CrewFile: Sendable {
    /// The crew, which can run.
    public let crew: Crew
    /// The file, as it was named.
    public let path: String
    /// The folder of the file, to which relative paths in it refer.
    public let directory: String
    /// What is probably not meant, though the crew can run.
    public let warnings: [Diagnostic]
    let files: CrewFileTree

    /// A complaint about a part of the crew, for what the files alone do not show, such as a folder that is missing.
    ///
    /// - Parameters:
    ///   - message: What is wrong, without a full stop.
    ///   - path: The part.
    ///   - hint: What would be right.
    ///   - severity: How grave it is.
    public func diagnostic(
        _ message: String,
        at path: [CrewProblem.PathElement],
        hint: String?,
        severity: Diagnostic.Severity = .error
    ) -> Diagnostic {
        let (file, mark) = files.place(of: path)
        return file.source.diagnostic(message, at: mark, hint: hint, severity: severity)
    }

    /// The file in which a part of the crew is written, as complaints name it.
    public func file(of path: [CrewProblem.PathElement]) -> String { files.place(of: path).file.source.name }

    /// The place of a part of the crew, as `file:line:column`; of a member's, in the member's file.
    public func place(of path: [CrewProblem.PathElement]) -> String {
        let (file, mark) = files.place(of: path)
        return "\(file.source.name):\(mark.line):\(mark.column)"
    }
}

/// Why a file is no crew that can run.
public struct CrewFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Everything that is wrong, in the order of the file.
    public let diagnostics: [Diagnostic]

    /// All complaints, one after the other.
    public var description: String { diagnostics.map(\.description).joined(separator: "\n") }
}

extension CrewFile {
    /// What came of a text.
    public struct Reading: Sendable {
        /// The crew as far as it could be read, or `nil` when the text is no mapping at all; it can run only when there
        /// are no errors.
        public let crew: Crew?
        /// Everything that is wrong, in the order of the text, then of its members' files.
        public let diagnostics: [Diagnostic]
        let files: CrewFileTree

        /// Whether the crew cannot run.
        public var hasErrors: Bool { crew == nil || diagnostics.contains { $0.severity == .error } }
    }

    /// Reads a crew, with the files of its members, and checks that it can run.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - defaultModel: The model to use as `default` where the file names none of that name.
    /// - Throws: ``CrewFileError`` with everything that is wrong.
    public static func load(path: String, defaultModel: ModelDefinition? = nil) throws(CrewFileError) -> CrewFile {
        var tree = CrewFileTree()
        let directory = FileBytes.directory(of: path)
        let crew: Crew?
        switch FileBytes.identified(path, atMost: SourceReader.largest) {
        case .success((let bytes, let identity)):
            crew = tree.read(bytes, name: path, directory: directory, identity: identity)
        case .failure(let error):
            var source = SourceText("", name: path)
            source.report("cannot be read: \(error.message)", at: SourceMark(line: 1, column: 1))
            throw CrewFileError(diagnostics: source.sorted())
        }
        let reading = checked(crew, tree, defaultModel)
        guard let crew = reading.crew, !reading.hasErrors else {
            throw CrewFileError(diagnostics: reading.diagnostics)
        }
        return CrewFile(
            crew: crew,
            path: path,
            directory: directory,
            warnings: reading.diagnostics,
            files: reading.files
        )
    }

    /// Reads a crew from a text and checks it; any text gives an answer.
    ///
    /// - Parameters:
    ///   - text: The YAML text.
    ///   - name: What complaints call the text.
    ///   - directory: The folder to which paths of members' files are relative; without one, naming such a file is an error.
    ///   - defaultModel: The model to use as `default` where the text names none of that name.
    public static func parse(
        text: String,
        name: String,
        directory: String? = nil,
        defaultModel: ModelDefinition? = nil
    ) -> Reading {
        parse(bytes: Array(text.utf8), name: name, directory: directory, defaultModel: defaultModel)
    }

    /// Reads a crew from bytes, which must be UTF-8, and checks it.
    public static func parse(
        bytes: [UInt8],
        name: String,
        directory: String? = nil,
        defaultModel: ModelDefinition? = nil
    ) -> Reading {
        var tree = CrewFileTree()
        let crew = tree.read(bytes, name: name, directory: directory, identity: nil)
        return checked(crew, tree, defaultModel)
    }

    /// Checks that what was read can run.
    private static func checked(_ crew: Crew?, _ tree: CrewFileTree, _ defaultModel: ModelDefinition?) -> Reading {
        var tree = tree
        guard var crew else { return Reading(crew: nil, diagnostics: tree.diagnostics, files: tree) }
        if crew.model(nil) == nil, var model = defaultModel {
            model.name = "default"
            crew.models.append(model)
        }
        let failures = tree.failures
        // Without a section the rest cannot be judged; what failed to be read needs no second complaint.
        if !failures.contains(where: isSection) {
            for problem in crew.problems() where !failures.contains(where: { related($0, problem.path) }) {
                tree.report(problem)
            }
            // What was wrong may be what uses an input.
            for doubt in failures.isEmpty ? crew.doubts() : [] { tree.report(doubt, severity: .warning) }
        }
        return Reading(crew: crew, diagnostics: tree.diagnostics, files: tree)
    }

    /// Whether a place is that of a section of the crew or of one within it.
    private static func isSection(_ path: [CrewProblem.PathElement]) -> Bool {
        var path = path[...]
        while path.count > 3, path.first == "agents", path[path.startIndex + 2] == "crew" { path = path.dropFirst(3) }
        let sections: [CrewProblem.PathElement] = ["inputs", "models", "tools", "agents", "process", "tasks"]
        return path.count == 1 && path.first.map(sections.contains) ?? false
    }

    private static func related(_ left: [CrewProblem.PathElement], _ right: [CrewProblem.PathElement]) -> Bool {
        left.starts(with: right) || right.starts(with: left)
    }
}
