import ChatModel
import CrewCore

/// Reads a document by the format, collecting every complaint.
struct FormatReader {
    typealias Path = [CrewProblem.PathElement]

    var source: SourceText
    /// The places whose values are missing because they were wrong.
    private(set) var failures: [Path] = []

    init(source: SourceText) {
        self.source = source
    }

    mutating func fail(
        _ path: Path,
        _ message: String,
        at mark: SourceMark,
        hint: String? = nil,
        hidesLine: Bool = false
    ) {
        failures.append(path)
        source.report(message, at: mark, hint: hint, hidesLine: hidesLine)
    }

    private mutating func mismatch(_ shape: Shape, _ node: SourceNode, _ path: Path, hint: String? = nil) {
        let (what, example) = shape.expectation
        fail(path, "expected \(what), found \(node.summary)", at: node.mark, hint: hint ?? "for example: \(example)")
    }

    mutating func read(_ node: SourceNode, as shape: Shape, at path: Path) -> Value? {
        switch (shape, node.content) {
        case (.record(let record), .mapping(let entries)): return .record(read(entries, of: node, as: record, at: path))
        case (.record(let record), .scalar("", isPlain: true)) where !record.fields.contains(where: \.isRequired):
            return .record(Values())
        case (.variants(let variants), .mapping(let entries)):
            return .record(read(entries, of: node, as: variants, at: path))
        case (.either(let key, let with, let otherwise), .mapping(let entries)):
            guard entries.contains(where: { $0.key == key }) else {
                return .record(read(entries, of: node, as: otherwise, at: path))
            }
            let values = read(entries, of: node, as: with, at: path)
            // Without the key's value, what it is can no longer be told.
            if values.values[key] == nil { failures.append(path) }
            return .record(values)
        case (.crew, .mapping(let entries)):
            return .record(read(entries, of: node, as: CrewFormat.innerCrew, at: path))
        case (.scalars, .mapping(let entries)): return .json(.object(scalars(entries, at: path)))
        case (.scalars, .scalar("", isPlain: true)): return .json(.object([:]))
        case (.short(_, _, let record), .mapping(let entries)):
            return .record(read(entries, of: node, as: record, at: path))
        case (.short(let key, let words, _), .scalar):
            return read(node, as: .choice(words), at: path).map { .record(Values(values: [key: $0])) }
        case (.named(let shape, _), .mapping(let entries)):
            return .named(
                entries.map { entry in
                    let value = read(entry.value, as: shape, at: path + [.key(entry.key)])
                    if case .record(let values) = value { return (entry.key, values) }
                    return (entry.key, Values())
                }
            )
        case (.list(let element), .sequence(let nodes)):
            // What was wrong stays as an empty text, so that the indices of what follows are right.
            return .list(nodes.enumerated().map { read($1, as: element, at: path + [.index($0)]) ?? .text("") })
        case (.schema, .mapping), (.members, .mapping): return json(node, at: path).map { .json($0) }
        case (.parameters, .mapping(let entries)): return .json(.object(parameters(entries, at: path)))
        case (.variable, _): return variable(node, at: path)
        case (_, .scalar(let text, let isPlain)): return scalar(text, isPlain: isPlain, node, as: shape, at: path)
        default:
            mismatch(shape, node, path)
            return nil
        }
    }

    private mutating func read(
        _ entries: [SourceNode.Entry],
        of node: SourceNode,
        as record: Record,
        at path: Path
    ) -> Values {
        var result = Values()
        for entry in entries {
            guard let field = record[entry.key] else {
                unknown(entry, in: record)
                continue
            }
            result.values[entry.key] = read(entry.value, as: field.shape, at: path + [.key(entry.key)])
        }
        let written = Set(entries.map(\.key))
        for field in record.fields where field.isRequired && !written.contains(field.key) {
            fail(
                path + [.key(field.key)],
                "the \(record.what) has no `\(field.key)`",
                at: node.mark,
                hint: "for example: \(field.key): \(field.shape.expectation.example)"
            )
        }
        return result
    }

    /// Reads by the record that is named; what belongs to another is the crew's own rule to refuse.
    private mutating func read(
        _ entries: [SourceNode.Entry],
        of node: SourceNode,
        as variants: Variants,
        at path: Path
    ) -> Values {
        let word = entries.first { $0.key == variants.key }.flatMap { entry in
            if case .scalar(let text, _) = entry.value.content { text } else { nil }
        }
        let named = word.flatMap { variants[$0] } ?? variants.any
        let others = variants.keys.filter { named[$0.key] == nil }.map { $0.fields[0] }
        return read(entries, of: node, as: Record(named.what, named.fields + others), at: path)
    }

    private mutating func unknown(_ entry: SourceNode.Entry, in record: Record) {
        let keys = record.fields.map(\.key)
        let synonym = record.fields.first { $0.synonyms.contains(entry.key.lowercased()) }?.key
        let hint: String
        if let advice = ForeignWord.advice(onKey: entry.key, in: record.what) {
            hint = advice
        } else if let near = synonym ?? NearestName.of(entry.key, in: keys) {
            hint = "did you mean `\(near)`?"
        } else {
            hint = "the keys here are \(Shape.list(keys))"
        }
        source.report(
            "unknown key \(SecretText.quoted(entry.key)) in \(record.what)",
            at: entry.mark,
            hint: hint
        )
    }

    private mutating func variable(_ node: SourceNode, at path: Path) -> Value? {
        if case .scalar(let text, _) = node.content, text.hasPrefix("env:") {
            let name = text.dropFirst(4)
            let isName = name.utf8.allSatisfy {
                $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
            }
            if isName, let first = name.utf8.first, !(0x30...0x39).contains(first) { return .text(String(name)) }
        }
        // Not shown: it may be the key itself.
        fail(
            path,
            "a key is given as a reference to an environment variable",
            at: node.mark,
            hint: "write env:NAME, such as env:OPENAI_API_KEY; a key itself never stands in a crew file",
            hidesLine: true
        )
        return nil
    }

    private mutating func parameters(_ entries: [SourceNode.Entry], at path: Path) -> JSONObject {
        var result = JSONObject()
        for entry in entries {
            let place = path + [.key(entry.key)]
            if case .scalar(let text, _) = entry.value.content, text.hasPrefix("env:") {
                if variable(entry.value, at: place) != nil { result[entry.key] = .string(text) }
            } else if case .text(let text)? = read(
                entry.value,
                as: .text(example: "a text, or env:NAME"),
                at: place
            ) {
                result[entry.key] = .string(text)
            }
        }
        return result
    }

    private mutating func scalars(_ entries: [SourceNode.Entry], at path: Path) -> JSONObject {
        var result = JSONObject()
        for entry in entries {
            if case .json(let value)? = read(entry.value, as: .scalar, at: path + [.key(entry.key)]) {
                result[entry.key] = value
            }
        }
        return result
    }

    private mutating func scalar(
        _ text: String,
        isPlain: Bool,
        _ node: SourceNode,
        as shape: Shape,
        at path: Path
    ) -> Value? {
        let value = CoreScalar(text, isPlain: isPlain)
        switch (shape, value) {
        case (.text, .text), (.name, .text), (.crew, .text): return .text(text)
        case (.text, .boolean), (.text, .integer), (.text, .decimal), (.text, .ambiguous), (.name, .boolean),
            (.name, .integer), (.name, .decimal), (.name, .ambiguous):
            mismatch(shape, node, path, hint: "put it in quotation marks if it is meant as text: \"\(text)\"")
            return nil
        case (.choice(let words), _):
            if words.contains(text) { return .text(text) }
            let near = NearestName.of(text, in: words).map { "did you mean `\($0)`?" }
            mismatch(shape, node, path, hint: ForeignWord.advice(onValue: text, among: words) ?? near)
            return nil
        case (.boolean, .boolean(let truth)): return .boolean(truth)
        case (.boolean, .text) where ["yes", "on", "y"].contains(text.lowercased()):
            mismatch(shape, node, path, hint: "write `true`")
            return nil
        case (.boolean, .text) where ["no", "off", "n"].contains(text.lowercased()):
            mismatch(shape, node, path, hint: "write `false`")
            return nil
        case (.integer, .integer(let number)): return .integer(Int(number))
        case (.number, .integer(let number)): return .number(Double(number))
        case (.number, .decimal): return Double(text).map { .number($0) }
        case (.dollars, .integer), (.dollars, .decimal): return dollars(text, node, at: path)
        case (.duration, _): return duration(text, value, node, at: path)
        case (.scalar, .text), (.scalar, .integer), (.scalar, .decimal), (.scalar, .boolean), (.scalar, .ambiguous):
            return json(node, at: path).map { .json($0) }
        case (_, .ambiguous):
            mismatch(shape, node, path, hint: "write plain decimal digits, without leading zeros, signs or exponents")
            return nil
        default:
            mismatch(shape, node, path)
            return nil
        }
    }

    private mutating func dollars(_ text: String, _ node: SourceNode, at path: Path) -> Value? {
        if let money = Money(dollars: text), money.picodollars <= 1_000_000_000_000_000_000 { return .money(money) }
        mismatch(.dollars, node, path, hint: "from 0 to 1000000 dollars, with at most twelve decimal places")
        return nil
    }

    private mutating func duration(_ text: String, _ value: CoreScalar, _ node: SourceNode, at path: Path) -> Value? {
        if let milliseconds = DurationText.milliseconds(text) { return .duration(milliseconds) }
        if case .integer(let number) = value {
            mismatch(.duration, node, path, hint: "give the unit: \(number)s, \(number)m or \(number)ms")
        } else {
            mismatch(.duration, node, path)
        }
        return nil
    }

    private mutating func json(_ node: SourceNode, at path: Path) -> JSONValue? {
        switch node.content {
        case .sequence(let nodes):
            var elements: [JSONValue] = []
            for (index, node) in nodes.enumerated() {
                guard let element = json(node, at: path + [.index(index)]) else { return nil }
                elements.append(element)
            }
            return .array(elements)
        case .mapping(let entries):
            var members = JSONObject()
            for entry in entries {
                guard let value = json(entry.value, at: path + [.key(entry.key)]) else { return nil }
                members[entry.key] = value
            }
            return .object(members)
        case .scalar(let text, let isPlain):
            switch CoreScalar(text, isPlain: isPlain) {
            case .null: return .null
            case .boolean(let truth): return .bool(truth)
            case .integer(let number): return .integer(number)
            case .decimal: if let number = Double(text), number.isFinite { return .number(number) }
            case .text: return .string(text)
            case .ambiguous: break
            }
            fail(
                path,
                "\(text) is not the same number to every reader",
                at: node.mark,
                hint: "write plain decimal digits, or put it in quotation marks if it is meant as text"
            )
            return nil
        }
    }
}
