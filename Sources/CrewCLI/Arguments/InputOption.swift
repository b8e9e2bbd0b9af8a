import ArgumentParser
import CrewKit
import CrewReport

/// Values for a crew's inputs.
struct InputOption: ParsableArguments {
    @Option(
        name: .customLong("input"),
        parsing: .singleValue,
        help: ArgumentHelp(
            "A value for one of the crew's inputs; may be repeated. `name=@FILE` takes the text of a file, `name:=JSON` a "
                + "value written as JSON; a text that begins with @ is written with two.",
            valueName: "name=value"
        ),
        completion: .custom { words, _, prefix in InputOption.completions(words, prefix) }
    )
    var inputs: [String] = []

    @Option(
        name: .customLong("inputs"),
        help: ArgumentHelp(
            "A file with values for the inputs, a mapping in YAML or JSON; `--input` goes before it.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml", "json"])
    )
    var inputFile: String?

    /// The values by name, each of its input's type, for all inputs that have no default.
    func values(for crew: Crew) throws -> [String: JSONValue] {
        let values = try given(for: crew)
        let missing = crew.inputs.filter { $0.defaultValue == nil && values[$0.name] == nil }
        guard !missing.isEmpty else { return values }
        let lines = missing.map { input in
            "the input \"\(input.name)\" is missing\(input.summary.isEmpty ? "" : " (\(input.summary))"): "
                + "--input \(input.name)=…"
        }
        throw CommandFailure(.usage, code: "invalid_input", lines.joined(separator: "\n"))
    }

    /// The values that are given.
    func given(for crew: Crew) throws -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        for pair in inputs {
            let (input, value) = try Self.value(of: pair, for: crew)
            guard values.updateValue(value, forKey: input.name) == nil else {
                throw CommandFailure.usage("--input \(pair): \(input.name) is given twice.")
            }
        }
        if let inputFile {
            do throws(CrewFileError) {
                values = try InputFile.load(path: inputFile, for: crew).merging(values) { $1 }
            } catch {
                throw CommandFailure(.usage, code: "invalid_input", error.description)
            }
        }
        return values
    }

    // MARK: - One value

    private static func value(
        of pair: String,
        for crew: Crew
    ) throws(CommandFailure) -> (input: CrewInput, value: JSONValue) {
        guard let equals = pair.firstIndex(of: "="), equals != pair.startIndex, !pair.hasPrefix(":=") else {
            let example = crew.inputs.first?.name ?? "topic"
            throw .usage("--input \(pair): write name=value, as in --input \(example)=tides.")
        }
        let isJSON = pair[..<equals].hasSuffix(":")
        let name = String(isJSON ? pair[..<equals].dropLast() : pair[..<equals])
        let text = String(pair[pair.index(after: equals)...])
        guard let input = crew.inputs.first(where: { $0.name == name }) else {
            let known = crew.inputs.map(\.name).joined(separator: ", ")
            throw .usage(
                "--input \(pair): the crew has no input \"\(name)\"; "
                    + (known.isEmpty ? "it takes none." : "it takes \(known).")
            )
        }
        if isJSON { return (input, try json(text, for: input, pair)) }
        if text.hasPrefix("@@") { return (input, try plain(String(text.dropFirst()), for: input, pair)) }
        guard text.hasPrefix("@") else { return (input, try plain(text, for: input, pair)) }
        return (input, try plain(try fileText(String(text.dropFirst()), name, pair), for: input, pair))
    }

    private static func plain(
        _ text: String,
        for input: CrewInput,
        _ pair: String
    ) throws(CommandFailure) -> JSONValue {
        guard let value = input.type.value(from: text) else {
            throw .usage("--input \(pair): \(input.name) must be \(input.type.phrase), not \"\(text.prefix(60))\".")
        }
        return value
    }

    private static func json(_ text: String, for input: CrewInput, _ pair: String) throws(CommandFailure) -> JSONValue {
        let value: JSONValue
        do throws(JSONSyntaxError) { value = try JSONValue(parsing: text) } catch {
            var remedy = ""
            if input.type == .string {
                let example = ShellWord.quoted("\(input.name):=\"tides\"")
                remedy = "; a text has quotation marks there, as in --input \(example)"
            }
            throw .usage("--input \(pair): what stands after := is no JSON: \(error.message)\(remedy).")
        }
        guard input.type.admits(value) else {
            throw .usage("--input \(pair): \(input.name) must be \(input.type.phrase), not \(value.jsonText).")
        }
        return value
    }

    /// The text of a file without its last line end, which editors add.
    private static func fileText(_ path: String, _ name: String, _ pair: String) throws(CommandFailure) -> String {
        guard !path.isEmpty else { throw .usage("--input \(pair): name a file after the @.") }
        switch FileBytes.read(path, atMost: 1 << 20) {
        case .failure(let refusal):
            throw .usage(
                "--input \(pair): \(path) cannot be read: \(refusal.message). For a text that begins with @, write "
                    + "\(name)=@@\(path)."
            )
        case .success(var bytes):
            if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
            if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .usage("--input \(pair): \(path) is not UTF-8.")
            }
            return text
        }
    }

    // MARK: - Completion

    /// The names of the inputs of the crew file that a half-written command line names.
    @Sendable private static func completions(_ words: [String], _ prefix: String) -> [String] {
        let candidates =
            words.filter { !$0.hasPrefix("-") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) }
            + words.dropFirst(2).filter { !$0.hasPrefix("-") && Paths.isDirectory($0) }
        for word in candidates {
            let path = Paths.isDirectory(word) ? Paths.joined(word, "crew.yaml") : word
            guard case .success(let bytes) = FileBytes.read(path, atMost: 1 << 20),
                let crew = CrewFile.parse(bytes: bytes, name: path).crew
            else { continue }
            // A shell expands what it is given to choose from, so a name that is none is not offered.
            return crew.inputs.map(\.name).filter(Names.isValid).map { "\($0)=" }.filter { $0.hasPrefix(prefix) }
        }
        return []
    }
}
