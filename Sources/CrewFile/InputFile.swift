public import ChatModel
public import CrewCore

/// Values for a crew's inputs from a file: a mapping of names to values, in YAML or JSON.
public enum InputFile {
    /// Reads values and checks that they are the crew's inputs and of their types.
    ///
    /// - Parameters:
    ///   - path: The file, which must be a regular one of at most a mebibyte of UTF-8.
    ///   - crew: The crew that takes them.
    /// - Throws: ``CrewFileError`` with everything that is wrong, each with its place.
    public static func load(path: String, for crew: Crew) throws(CrewFileError) -> [String: JSONValue] {
        var source = SourceText("", name: path)
        let start = SourceMark(line: 1, column: 1)
        switch FileBytes.read(path, atMost: SourceReader.largest) {
        case .success(let bytes):
            if let text = String(validating: bytes, as: UTF8.self) {
                return try values(in: text, name: path, for: crew)
            }
            source.report("the file is not UTF-8", at: start)
        case .failure(let error):
            let name = crew.inputs.first?.name ?? "topic"
            let hint = "this names a file; a single value is given by --input \(name)=…"
            source.report("cannot be read: \(error.message)", at: start, hint: hint)
        }
        throw CrewFileError(diagnostics: source.sorted())
    }

    /// Reads values from a text; see ``load(path:for:)``.
    static func values(in text: String, name: String, for crew: Crew) throws(CrewFileError) -> [String: JSONValue] {
        if let values = valuesOfJSON(text, for: crew) { return values }
        var source = SourceText(text, name: name)
        guard let root = SourceReader.read(text, into: &source) else {
            throw CrewFileError(diagnostics: source.sorted())
        }
        guard case .mapping(let entries) = root.content else {
            source.report(
                "expected a mapping of inputs to values, found \(root.summary)",
                at: root.mark,
                hint: "for example: \(crew.inputs.first?.name ?? "topic"): tides"
            )
            throw CrewFileError(diagnostics: source.sorted())
        }
        var reader = FormatReader(source: source)
        var values: [String: JSONValue] = [:]
        for entry in entries {
            guard let input = crew.inputs.first(where: { $0.name == entry.key }) else {
                reader.source.report(
                    "the crew has no input \(SecretText.quoted(entry.key))",
                    at: entry.mark,
                    hint: hint(for: entry.key, crew)
                )
                continue
            }
            guard let value = reader.read(entry.value, as: input.type.shape, at: [.key(entry.key)])?.inputValue else {
                continue
            }
            values[input.name] = value
        }
        guard !reader.source.hasErrors else { throw CrewFileError(diagnostics: reader.source.sorted()) }
        return values
    }

    /// The values when the text is JSON and in order.
    ///
    /// Nearly all JSON is YAML too, but not its way to write what lies beyond 16 bits (`\ud83d\ude00`).
    private static func valuesOfJSON(_ text: String, for crew: Crew) -> [String: JSONValue]? {
        guard text.first(where: { !$0.isWhitespace }) == "{", let document = try? JSONValue(parsing: text),
            let members = document.objectValue
        else { return nil }
        let types = Dictionary(crew.inputs.map { ($0.name, $0.type) }, uniquingKeysWith: { first, _ in first })
        guard members.allSatisfy({ types[$0.key]?.admits($0.value) ?? false }) else { return nil }
        return Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    private static func hint(for name: String, _ crew: Crew) -> String {
        let names = crew.inputs.map(\.name)
        if let near = NearestName.of(name, in: names) { return "did you mean `\(near)`?" }
        return names.isEmpty ? "it takes none" : "it takes \(Shape.list(names))"
    }
}

extension CrewInput.ValueType {
    /// What its values look like in a file.
    fileprivate var shape: Shape {
        switch self {
        case .string: .text(example: "tidal energy")
        case .integer: .integer(least: .min)
        case .number: .number(least: .min, most: .max)
        case .boolean: .boolean
        }
    }
}

extension Value {
    /// The value of an input.
    fileprivate var inputValue: JSONValue? {
        switch self {
        case .text(let text): .string(text)
        case .integer(let number): .integer(Int64(number))
        case .number(let number): number.isFinite ? .number(number) : nil
        case .boolean(let truth): .bool(truth)
        default: nil
        }
    }
}
