import Yams

/// Reads the subset of YAML that crew files are written in: one document, no anchors, aliases, merge keys or tags.
struct SourceReader {
    static let largest = 1 << 20
    private static let deepest = 32
    private static let mostNodes = 20_000
    private static let mostAliases = 16
    /// One of these stands in the place of the first character of a key that was written before; they occur in no file
    /// that is accepted.
    private static let markers: ClosedRange<Unicode.Scalar> = "\u{E000}"..."\u{E0FF}"

    private var nodes = 0
    private var isTooLarge = false

    /// Reads a document, reporting what it may not hold.
    ///
    /// - Returns: `nil` when there is nothing that could be looked at any further.
    static func read(_ text: String, into source: inout SourceText) -> SourceNode? {
        guard let text = scanned(text, into: &source), let document = compose(text, into: &source) else { return nil }
        var reader = SourceReader()
        // Anchors are held weakly by nodes and strongly by the parser.
        return withExtendedLifetime(document.parser) {
            reader.convert(document.root, depth: 1, into: &source)
        }
    }

    /// Refuses what must not reach the parser: the composer follows aliases within keys without a bound.
    private static func scanned(_ text: String, into source: inout SourceText) -> String? {
        var text = text
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        var line = 1
        var column = 0
        var previous: Unicode.Scalar = "\n"
        var anchors: Set<String> = []
        var aliases: [(name: String, mark: SourceMark)] = []
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        while index < scalars.endIndex {
            let scalar = scalars[index]
            column += 1
            let isRefused =
                (scalar.value < 0x20 && scalar != "\n" && scalar != "\r" && scalar != "\t") || scalar.value == 0x7F
                || markers.contains(scalar)
            if isRefused {
                // Lists of variables, keys and programs have such characters; crew files have none.
                source.hideLines()
                source.report("a control character stands here", at: SourceMark(line: line, column: column))
                return nil
            }
            if scalar == "&" || scalar == "*", " \t\n\r[{,:?-".unicodeScalars.contains(previous) {
                let name = scalars[scalars.index(after: index)...].prefix(
                    80,
                    while: { !" \t\n\r[]{},:".unicodeScalars.contains($0) }
                )
                if scalar == "&" {
                    anchors.insert(name)
                } else if !name.isEmpty {
                    aliases.append((name, SourceMark(line: line, column: column)))
                }
            }
            if scalar == "\n" || (scalar == "\r" && !follows("\n", index, in: scalars)) {
                (line, column) = (line + 1, 0)
            }
            previous = scalar
            index = scalars.index(after: index)
        }
        let used = aliases.filter { anchors.contains($0.name) }
        if used.count > mostAliases, let first = used.first {
            source.report("a crew file has no anchors and aliases", at: first.mark, hint: "write the value out")
            return nil
        }
        return text
    }

    private static func follows(
        _ next: Unicode.Scalar,
        _ index: String.UnicodeScalarView.Index,
        in scalars: String.UnicodeScalarView
    ) -> Bool {
        let after = scalars.index(after: index)
        return after < scalars.endIndex && scalars[after] == next
    }

    private static func compose(_ text: String, into source: inout SourceText) -> (root: Node, parser: Parser)? {
        var repair = RepeatedKeys(text: text, markers: markers)
        while true {
            do {
                let parser = try Parser(yaml: repair.text, resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else {
                    source.report(
                        "the file is empty",
                        at: SourceMark(line: 1, column: 1),
                        hint: "begin with `crew: NAME`"
                    )
                    return nil
                }
                for key in repair.found { report(key, into: &source) }
                return (root, parser)
            } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
                let first = SourceMark(line: context.mark.line, column: context.mark.column)
                let key = keys.first ?? ""
                if !repair.mark(key, firstAt: first) {
                    for key in repair.found { report(key, into: &source) }
                    source.report("the key \(SecretText.quoted(key)) stands here more than once", at: first)
                    return nil
                }
            } catch {
                for key in repair.found { report(key, into: &source) }
                report(error, into: &source)
                return nil
            }
        }
    }

    private static func report(_ key: RepeatedKeys.Key, into source: inout SourceText) {
        source.report(
            "the key \(SecretText.quoted(key.name)) stands here again",
            at: key.mark,
            hint: "it was first written in line \(key.first.line)"
        )
    }

    private static func report(_ error: any Error, into source: inout SourceText) {
        switch error {
        case YamlError.scanner(let context, let problem, let mark, let text),
            YamlError.parser(let context, let problem, let mark, let text):
            source.hideLinesUnlessMeant(before: SourceMark(line: mark.line, column: mark.column))
            let open = OpenQuotation.before(SourceMark(line: mark.line, column: mark.column), in: text)
            if let open, open.lastLine == nil {
                source.report("the quotation mark that opens here is not closed", at: open.start)
                return
            }
            let remedy: String? =
                if let open, let last = open.lastLine {
                    "the quotation mark that opens in line \(open.start.line), column \(open.start.column) is closed in line "
                        + "\(last) only: is one missing?"
                } else if source.line(mark.line, contains: "{{")
                    || context.map({ source.line($0.mark.line, contains: "{{") }) ?? false
                {
                    "put quotes around a text with {{…}} that begins a value or stands between { and }"
                } else if problem.contains("cannot start any token") {
                    "use spaces, not tabs, and quote text that begins so"
                } else {
                    nil
                }
            let around = context.map { "\($0.text), " } ?? ""
            source.report(
                "this is no YAML: \(around)\(problem)",
                at: SourceMark(line: mark.line, column: mark.column),
                hint: remedy
            )
        case YamlError.composer(_, let problem, let mark, _):
            let mark = SourceMark(line: mark.line, column: mark.column)
            source.hideLinesUnlessMeant(before: mark)
            if problem.contains("another document") {
                source.report("a second document begins here", at: mark, hint: "a crew file is one document")
            } else {
                source.report(
                    "a crew file has no aliases: \(problem)",
                    at: mark,
                    hint: "write the value out, or quote the text"
                )
            }
        case YamlError.reader(let problem, _, _, _):
            source.report("this is no YAML: \(problem)", at: SourceMark(line: 1, column: 1))
        default:
            source.report("this is no YAML", at: SourceMark(line: 1, column: 1))
        }
    }

    // MARK: - Conversion

    private mutating func convert(_ node: Node, depth: Int, into source: inout SourceText) -> SourceNode? {
        let mark = node.mark.map { SourceMark(line: $0.line, column: $0.column) } ?? SourceMark(line: 1, column: 1)
        nodes += 1
        guard !isTooLarge else { return nil }
        guard depth <= Self.deepest, nodes <= Self.mostNodes else {
            isTooLarge = true
            source.report(
                depth > Self.deepest
                    ? "this is nested deeper than \(Self.deepest) levels"
                    : "the file has more than \(Self.mostNodes) values",
                at: mark
            )
            return nil
        }
        if node.anchor != nil {
            source.report("a crew file has no anchors", at: mark, hint: "write the value out wherever it is due")
        }
        switch node {
        case .scalar(let scalar):
            check(tag: scalar.tag, isPlain: scalar.style == .plain, at: mark, into: &source)
            return SourceNode(mark: mark, content: .scalar(scalar.string, isPlain: scalar.style == .plain))
        case .sequence(let sequence):
            check(tag: sequence.tag, isPlain: true, at: mark, into: &source)
            var elements: [SourceNode] = []
            for element in sequence {
                guard let element = convert(element, depth: depth + 1, into: &source) else { return nil }
                elements.append(element)
            }
            return SourceNode(mark: mark, content: .sequence(elements))
        case .mapping(let mapping):
            check(tag: mapping.tag, isPlain: true, at: mark, into: &source)
            return entries(of: mapping, depth: depth, into: &source).map {
                SourceNode(mark: mark, content: .mapping($0))
            }
        case .alias:
            source.report("a crew file has no aliases", at: mark, hint: "write the value out")
            return nil
        }
    }

    private mutating func entries(
        of mapping: Node.Mapping,
        depth: Int,
        into source: inout SourceText
    ) -> [SourceNode.Entry]? {
        var entries: [SourceNode.Entry] = []
        for (key, value) in mapping {
            let mark = key.mark.map { SourceMark(line: $0.line, column: $0.column) } ?? SourceMark(line: 1, column: 1)
            guard let value = convert(value, depth: depth + 1, into: &source) else { return nil }
            guard case .scalar(let scalar) = key else {
                let isPlaceholder = source.line(mark.line, contains: "{{")
                source.report(
                    "a key is a word, not a list or a mapping",
                    at: mark,
                    hint: isPlaceholder ? "put a text that begins with {{…}} in quotation marks: \"{{topic}}\"" : nil
                )
                continue
            }
            if scalar.tag.rawValue.hasPrefix("!") { report(tag: scalar.tag, at: mark, into: &source) }
            if scalar.string.unicodeScalars.contains(where: Self.markers.contains) { continue }
            if scalar.string == "<<", scalar.style == .plain {
                source.report("a crew file has no merge keys", at: mark, hint: "write the values out")
                continue
            }
            entries.append(SourceNode.Entry(key: scalar.string, mark: mark, value: value))
        }
        return entries
    }

    private func check(tag: Tag, isPlain: Bool, at mark: SourceMark, into source: inout SourceText) {
        let name = tag.rawValue
        // The parser gives quoted text the tag of strings.
        if name.isEmpty || (!isPlain && name == "tag:yaml.org,2002:str") { return }
        report(tag: tag, at: mark, into: &source)
    }

    private func report(tag: Tag, at mark: SourceMark, into source: inout SourceText) {
        let name = tag.rawValue.replacing("tag:yaml.org,2002:", with: "!!")
        source.report("a crew file has no tags such as \(SecretText.quoted(name))", at: mark, hint: "leave the tag out")
    }
}

extension Substring.UnicodeScalarView {
    /// The longest start whose scalars all pass, up to a length.
    fileprivate func prefix(_ longest: Int, while passes: (Unicode.Scalar) -> Bool) -> String {
        String(String.UnicodeScalarView(prefix(longest).prefix(while: passes)))
    }
}
