import CrewCore

/// A crew file, those of its members, theirs, and so on.
struct CrewFileTree: Sendable {
    typealias Path = [CrewProblem.PathElement]

    /// A file that was read.
    struct File: Sendable {
        /// Where its crew stands in the outermost one.
        let place: Path
        /// Its text, and the complaints about it.
        var source: SourceText
        /// The places of its parts.
        var marks = SourceMarks(nil)

        /// The place of a part of the outermost crew that is written in the file.
        func mark(of path: Path) -> SourceMark {
            let own = Array(path.dropFirst(place.count))
            // This one may stand among the limits instead.
            let other = Array(own.dropLast(2)) + ["limits", "instructions"]
            let isOther = own.suffix(2) == ["process", "max_instructions"] && marks.has(other)
            return marks.mark(of: isOther ? other : own)
        }
    }

    /// The most bytes that the files may have together, each counted as often as it is named.
    static let largest = 4 << 20

    /// The files in the order in which they were read, the outermost first.
    private(set) var files: [File] = []
    /// The places in the outermost crew whose values are missing because they were wrong.
    private(set) var failures: [Path] = []
    private var bytes = 0

    /// The complaints about all files.
    var diagnostics: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        // A file that is named twice has the same complaints twice.
        return files.flatMap { $0.source.sorted() }.filter { seen.insert($0).inserted }
    }

    /// The file in which a part of the crew is written, and where.
    func place(of path: Path) -> (file: File, mark: SourceMark) {
        let file = files[number(of: path)]
        return (file, file.mark(of: path))
    }

    /// Adds a complaint about a part of the crew.
    mutating func report(_ problem: CrewProblem, severity: Diagnostic.Severity = .error) {
        let number = number(of: problem.path)
        let mark = files[number].mark(of: problem.path)
        files[number].source.report(problem.message, at: mark, hint: problem.hint, severity: severity)
    }

    /// The innermost file in which a part of the crew can be written: what makes a crew a member stands in the file around it.
    private func number(of path: Path) -> Int {
        files.indices.filter { path.count > files[$0].place.count && path.starts(with: files[$0].place) }
            .max { files[$0].place.count < files[$1].place.count } ?? 0
    }
}

// MARK: - Reading

extension CrewFileTree {
    /// A file on the way to the one that is being read.
    private struct Link {
        let identity: FileBytes.Identity?
        let number: Int
        /// Where it names the next one.
        var mark = SourceMark(line: 1, column: 1)
    }

    /// Reads a crew with its members.
    ///
    /// - Parameters:
    ///   - bytes: The file's.
    ///   - name: What complaints call it.
    ///   - directory: The folder in which it lies; without one, it cannot name other files.
    ///   - identity: Which file it is.
    /// - Returns: The crew as far as it could be read, or `nil` when it is no mapping at all.
    mutating func read(
        _ bytes: [UInt8],
        name: String,
        directory: String?,
        identity: FileBytes.Identity?
    ) -> Crew? {
        read(bytes, name: name, directory: directory, at: [], identity, [])
    }

    private mutating func read(
        _ bytes: [UInt8],
        name: String,
        directory: String?,
        at place: Path,
        _ identity: FileBytes.Identity?,
        _ way: [Link]
    ) -> Crew? {
        let number = files.count
        self.bytes += bytes.count
        let text = String(validating: bytes, as: UTF8.self)
        files.append(File(place: place, source: SourceText(text ?? "", name: name)))
        let start = SourceMark(line: 1, column: 1)
        guard bytes.count <= SourceReader.largest else {
            files[number].source.report("the file is larger than a mebibyte", at: start)
            return nil
        }
        guard let text else {
            let isWide = bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE])
            let hint = isWide ? "it looks like UTF-16; save it as UTF-8" : nil
            files[number].source.report("the file is not UTF-8", at: start, hint: hint)
            return nil
        }
        guard let root = SourceReader.read(text, into: &files[number].source), files[number].source.accepts(root) else {
            return nil
        }
        files[number].marks = SourceMarks(root)
        var reader = FormatReader(source: files[number].source)
        let value = reader.read(root, as: .record(CrewFormat.file), at: [])
        files[number].source = reader.source
        failures += reader.failures.map { place + $0 }
        guard case .record(let values) = value else { return nil }
        checkInstructions(values, at: [], number)
        var members: [Path: MemberFile] = [:]
        for (path, local) in values.memberFiles(at: []) {
            var way = way + [Link(identity: identity, number: number)]
            way[way.count - 1].mark = files[number].marks.mark(of: local)
            members[local] = member(path, in: directory, at: place + local, way)
            // What it is given cannot be judged either.
            if members[local] == nil { failures.append(place + local.dropLast()) }
        }
        var crew = CrewBuilder.crew(values, at: [], members)
        if let directory { crew.recordFiles(from: directory) }
        return crew
    }

    /// Reads the file of a member.
    ///
    /// - Parameters:
    ///   - path: Its path as it is written.
    ///   - directory: The folder of the file in which it is named.
    ///   - place: Where its crew stands.
    ///   - way: The files that lead to it, the last of which names it.
    private mutating func member(_ path: String, in directory: String?, at place: Path, _ way: [Link]) -> MemberFile? {
        guard let last = way.last else { return nil }
        func complain(_ tree: inout CrewFileTree, _ message: String, _ hint: String?) -> MemberFile? {
            tree.files[last.number].source.report(message, at: last.mark, hint: hint)
            return nil
        }
        guard let directory else {
            return complain(
                &self,
                "a text that is no file names the file of a member",
                "write the crew out in its place"
            )
        }
        guard !path.isEmpty else { return complain(&self, "no file is named", "for example: crew: press/crew.yaml") }
        guard way.count < Crew.deepestTree else {
            return complain(
                &self,
                "there are more than \(Crew.deepestTree) crews within one another",
                "let members of one crew stand side by side"
            )
        }
        guard files.count < Crew.largestTree, bytes < Self.largest else {
            return complain(
                &self,
                "there are too many crews within crews",
                "at most \(Crew.largestTree), in files of \(Self.largest >> 20) mebibytes in all"
            )
        }
        let name = FileBytes.joined(path, in: directory)
        let bytes: [UInt8]
        let identity: FileBytes.Identity
        switch FileBytes.identified(name, atMost: SourceReader.largest) {
        case .success(let content): (bytes, identity) = content
        case .failure(let refusal):
            let hint =
                FileBytes.isFolder(name)
                ? "name the file: \(name.hasSuffix("/") ? name : name + "/")crew.yaml" : "it is looked for as \(name)"
            return complain(&self, "the crew file \(SecretText.quoted(path)) cannot be read: \(refusal.message)", hint)
        }
        if let first = way.firstIndex(where: { $0.identity == identity }) {
            reportCircle(Array(way[first...]))
            return nil
        }
        let folder = FileBytes.directory(of: name)
        let crew = read(bytes, name: name, directory: folder, at: place, identity, way)
        return crew.map {
            MemberFile(crew: $0, path: FileBytes.resolved(name), folder: FileBytes.resolved(folder))
        }
    }

    /// Tells of files that are their own members, in each where it names the next.
    private mutating func reportCircle(_ circle: [Link]) {
        let names = (circle + circle.prefix(1)).map { files[$0.number].source.name }
        for link in circle {
            files[link.number].source.report(
                circle.count == 1
                    ? "the crew file names itself as a member"
                    : "the crew files name one another in a circle: \(names.joined(separator: " → "))",
                at: link.mark,
                hint: "a crew cannot work within itself"
            )
        }
    }

    /// Refuses a limit of instructions that is given in both of its places.
    private mutating func checkInstructions(_ values: Values, at place: Path, _ number: Int) {
        if values.record("limits")?.integer("instructions") != nil,
            values.record("process")?.integer("max_instructions") != nil
        {
            files[number].source.report(
                "the limit of instructions is given twice",
                at: files[number].marks.mark(of: place + ["limits", "instructions"]),
                hint: "`process` has `max_instructions`"
            )
        }
        for (name, member) in values.named("agents") {
            if let inner = member.record("crew") {
                checkInstructions(inner, at: place + ["agents", .key(name), "crew"], number)
            }
        }
    }
}
