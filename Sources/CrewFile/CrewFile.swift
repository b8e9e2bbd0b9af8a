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
    /// The places of its parts.
    public let marks: SourceMarks
    /// What is probably not meant, though the crew can run.
    public let warnings: [Diagnostic]
    let source: SourceText

    /// A complaint about a part of the file, for what the file alone does not show, such as a folder that is missing.
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
        source.diagnostic(message, at: marks.mark(of: path), hint: hint, severity: severity)
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
        /// Everything that is wrong, in the order of the text.
        public let diagnostics: [Diagnostic]
        /// The places of its parts.
        public let marks: SourceMarks

        /// Whether the crew cannot run.
        public var hasErrors: Bool { crew == nil || diagnostics.contains { $0.severity == .error } }
    }

    /// Reads a crew and checks that it can run.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - defaultModel: The model to use as `default` where the file names none of that name.
    /// - Throws: ``CrewFileError`` with everything that is wrong.
    public static func load(path: String, defaultModel: ModelDefinition? = nil) throws(CrewFileError) -> CrewFile {
        let bytes: [UInt8]
        switch FileBytes.read(path, atMost: SourceReader.largest) {
        case .success(let content): bytes = content
        case .failure(let error):
            var source = SourceText("", name: path)
            source.report("cannot be read: \(error.message)", at: SourceMark(line: 1, column: 1))
            throw CrewFileError(diagnostics: source.sorted())
        }
        let reading = parse(bytes: bytes, name: path, defaultModel: defaultModel)
        guard var crew = reading.crew, !reading.hasErrors else { throw CrewFileError(diagnostics: reading.diagnostics) }
        let directory = FileBytes.directory(of: path)
        // Recorded from the root, since the run may be taken up from elsewhere.
        for index in crew.models.indices {
            guard let file = crew.models[index].certificateAuthorities else { continue }
            crew.models[index].certificateAuthorities = FileBytes.absolute(file, in: directory)
        }
        return CrewFile(
            crew: crew,
            path: path,
            directory: directory,
            marks: reading.marks,
            warnings: reading.diagnostics,
            source: SourceText(String(decoding: bytes, as: UTF8.self), name: path)
        )
    }

    /// Reads a crew from a text and checks it; any text gives an answer.
    ///
    /// - Parameters:
    ///   - text: The YAML text.
    ///   - name: What complaints call the text.
    ///   - defaultModel: The model to use as `default` where the text names none of that name.
    public static func parse(text: String, name: String, defaultModel: ModelDefinition? = nil) -> Reading {
        parse(bytes: Array(text.utf8), name: name, defaultModel: defaultModel)
    }

    /// Reads a crew from bytes, which must be UTF-8, and checks it.
    public static func parse(bytes: [UInt8], name: String, defaultModel: ModelDefinition? = nil) -> Reading {
        var source = SourceText("", name: name)
        let start = SourceMark(line: 1, column: 1)
        if bytes.count > SourceReader.largest {
            source.report("the file is larger than a mebibyte", at: start)
        } else if let text = String(validating: bytes, as: UTF8.self) {
            return read(text, name: name, defaultModel: defaultModel)
        } else {
            let isWide = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
            source.report(
                "the file is not UTF-8",
                at: start,
                hint: isWide ? "it looks like UTF-16; save it as UTF-8" : nil
            )
        }
        return Reading(crew: nil, diagnostics: source.sorted(), marks: SourceMarks(nil))
    }

    private static func read(_ text: String, name: String, defaultModel: ModelDefinition?) -> Reading {
        var source = SourceText(text, name: name)
        guard let root = SourceReader.read(text, into: &source) else {
            return Reading(crew: nil, diagnostics: source.sorted(), marks: SourceMarks(nil))
        }
        guard source.accepts(root) else {
            return Reading(crew: nil, diagnostics: source.sorted(), marks: SourceMarks(nil))
        }
        let marks = SourceMarks(root)
        var reader = FormatReader(source: source)
        guard case .record(let values) = reader.read(root, as: .record(CrewFormat.file), at: []) else {
            return Reading(crew: nil, diagnostics: reader.source.sorted(), marks: marks)
        }
        let isInLimits = values.record("limits")?.integer("instructions") != nil
        if isInLimits, values.record("process")?.integer("max_instructions") != nil {
            let mark = marks.mark(of: ["limits", "instructions"])
            reader.source.report(
                "the limit of instructions is given twice",
                at: mark,
                hint: "`process` has `max_instructions`"
            )
        }
        func mark(of path: [CrewProblem.PathElement]) -> SourceMark {
            marks.mark(of: isInLimits && path == ["process", "max_instructions"] ? ["limits", "instructions"] : path)
        }
        var crew = CrewBuilder.crew(values)
        if crew.model(nil) == nil, var model = defaultModel {
            model.name = "default"
            crew.models.append(model)
        }
        let failures = reader.failures
        // Without a section the rest cannot be judged; what failed to be read needs no second complaint.
        let sections: [CrewProblem.PathElement] = ["inputs", "models", "tools", "agents", "process", "tasks"]
        if !failures.contains(where: { $0.count == 1 && sections.contains($0[0]) }) {
            for problem in crew.problems() where !failures.contains(where: { related($0, problem.path) }) {
                reader.source.report(problem.message, at: mark(of: problem.path), hint: problem.hint)
            }
            // What was wrong may be what uses an input.
            for doubt in failures.isEmpty ? crew.doubts() : [] {
                reader.source.report(doubt.message, at: mark(of: doubt.path), hint: doubt.hint, severity: .warning)
            }
        }
        return Reading(crew: crew, diagnostics: reader.source.sorted(), marks: marks)
    }

    private static func related(_ left: [CrewProblem.PathElement], _ right: [CrewProblem.PathElement]) -> Bool {
        left.starts(with: right) || right.starts(with: left)
    }
}
