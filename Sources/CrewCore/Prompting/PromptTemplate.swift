/// A prompt template: text with `{{name}}`, `{{#if name}}…{{/if}}` and `{{#each name}}…{{/each}}`.
///
/// Values are put in once and are never read as templates themselves. A block tag that stands alone on its line takes
/// the line with it. `if` holds for text that is not empty and lists that are not.
package struct PromptTemplate: Sendable {
    package enum Value: Sendable {
        case text(String)
        case list([Values])
    }

    /// Values by name; so few that looking through them is faster than hashing.
    package struct Values: Sendable, ExpressibleByDictionaryLiteral {
        private let pairs: [(name: String, value: Value)]

        package init(_ pairs: [(String, Value)]) {
            self.pairs = pairs
        }

        package init(dictionaryLiteral elements: (String, Value)...) {
            self.init(elements)
        }

        subscript(name: String) -> Value? {
            for pair in pairs where pair.name == name { return pair.value }
            return nil
        }
    }

    private indirect enum Node: Sendable {
        case text(String)
        case variable(String)
        case condition(String, [Node])
        case loop(String, [Node])
    }

    private static let deepest = 16
    private static let mostTags = 200

    private let nodes: [Node]
    /// The names that the template uses; those within `each` are written `list.name`.
    package let variables: Set<String>

    /// Parses a template.
    ///
    /// - Throws: ``PromptTemplateError`` with line and column; blocks may be nested 16 deep, and there may be 200 tags.
    package init(parsing source: String) throws(PromptTemplateError) {
        var parser = PromptScanner(source)
        var variables: Set<String> = []
        nodes = try Self.parse(&parser, until: nil, scope: [], &variables)
        self.variables = variables
    }

    private static func parse(
        _ scanner: inout PromptScanner,
        until closing: String?,
        scope: [String],
        depth: Int = 0,
        _ variables: inout Set<String>
    ) throws(PromptTemplateError) -> [Node] {
        var nodes: [Node] = []
        while let token = try scanner.next() {
            if case .text = token {
            } else if scanner.tags > mostTags {
                throw scanner.error("a template has at most \(mostTags) tags")
            }
            if case .open = token, depth >= deepest { throw scanner.error("blocks are nested at most \(deepest) deep") }
            switch token {
            case .text(let text): nodes.append(.text(text))
            case .variable(let name):
                variables.insert((scope + [name]).joined(separator: "."))
                nodes.append(.variable(name))
            case .open("if", let name):
                variables.insert((scope + [name]).joined(separator: "."))
                let body = try parse(&scanner, until: "if", scope: scope, depth: depth + 1, &variables)
                nodes.append(.condition(name, body))
            case .open("each", let name):
                variables.insert((scope + [name]).joined(separator: "."))
                let body = try parse(&scanner, until: "each", scope: scope + [name], depth: depth + 1, &variables)
                nodes.append(.loop(name, body))
            case .open(let block, _): throw scanner.error("unknown block \"\(block)\"; there are \"if\" and \"each\"")
            case .close(let block):
                guard block == closing else { throw scanner.error("{{/\(block)}} closes nothing") }
                return nodes
            }
        }
        if let closing { throw scanner.error("{{#\(closing)}} is never closed") }
        return nodes
    }

    /// Puts the values in; a name without a value gives nothing, which ``PromptBook`` rules out when it is loaded.
    package func render(_ values: Values) -> String {
        // Bytes, since a string would be looked through for characters to cut the line ends off.
        var output: [UInt8] = []
        output.reserveCapacity(1_024)
        Self.render(nodes, values, into: &output)
        while let last = output.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { output.removeLast() }
        return String(decoding: output, as: UTF8.self)
    }

    private static func render(_ nodes: [Node], _ values: Values, into output: inout [UInt8]) {
        for node in nodes {
            switch node {
            case .text(let text): output.append(contentsOf: text.utf8)
            case .variable(let name):
                if case .text(let text)? = values[name] { output.append(contentsOf: text.utf8) }
            case .condition(let name, let body):
                let holds =
                    switch values[name] {
                    case .text(let text)?: !text.isEmpty
                    case .list(let items)?: !items.isEmpty
                    case nil: false
                    }
                if holds { render(body, values, into: &output) }
            case .loop(let name, let body):
                if case .list(let items)? = values[name] {
                    for item in items { render(body, item, into: &output) }
                }
            }
        }
    }
}

/// Why a text is no template, and where.
public struct PromptTemplateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let message: String
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int

    /// The message with its place.
    public var description: String { "\(line):\(column): \(message)" }
}

/// Cuts a template into text and tags.
struct PromptScanner {
    enum Token {
        case text(String)
        case variable(String)
        case open(String, String)
        case close(String)
    }

    private var rest: Substring
    private let source: String
    private var tagStart: String.Index
    /// How many tags there were.
    private(set) var tags = 0

    init(_ source: String) {
        self.source = source
        rest = source[...]
        tagStart = source.startIndex
    }

    func error(_ message: String) -> PromptTemplateError {
        let before = source[..<tagStart]
        let lineStart = before.lastIndex(of: "\n").map(before.index(after:)) ?? before.startIndex
        return PromptTemplateError(
            message: message,
            line: before.count { $0 == "\n" } + 1,
            column: source.distance(from: lineStart, to: tagStart) + 1
        )
    }

    mutating func next() throws(PromptTemplateError) -> Token? {
        guard !rest.isEmpty else { return nil }
        guard rest.hasPrefix("{{") else {
            let text = rest[..<(rest.firstPair(of: UInt8(ascii: "{"))?.lowerBound ?? rest.endIndex)]
            rest = rest[text.endIndex...]
            return .text(String(text))
        }
        tagStart = rest.startIndex
        tags += 1
        guard let end = rest.firstPair(of: UInt8(ascii: "}"))?.lowerBound else { throw error("\"{{\" is never closed") }
        let tag = rest[rest.index(rest.startIndex, offsetBy: 2)..<end]
        let afterTag = rest.index(end, offsetBy: 2)
        let words = tag.split(separator: " ")
        guard let first = words.first else { throw error("empty tag") }
        if first.hasPrefix("#") || first.hasPrefix("/") {
            rest = skippingLineEnd(afterTag)
            if first.hasPrefix("/") { return .close(String(first.dropFirst())) }
            guard words.count == 2 else { throw error("a block needs a name, as in {{#if name}}") }
            return .open(String(first.dropFirst()), String(words[1]))
        }
        guard words.count == 1, first.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else {
            throw error("\"\(tag)\" is no name")
        }
        rest = rest[afterTag...]
        return .variable(String(first))
    }

    /// A block tag alone on its line takes the line end with it.
    private func skippingLineEnd(_ position: String.Index) -> Substring {
        let startsLine = tagStart == source.startIndex || source[source.index(before: tagStart)] == "\n"
        guard startsLine, position < source.endIndex, source[position] == "\n" else { return source[position...] }
        return source[source.index(after: position)...]
    }
}
