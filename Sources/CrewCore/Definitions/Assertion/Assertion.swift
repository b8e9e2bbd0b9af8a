import ChatModel

/// A condition on a result, such as `length(body) > 400 and contains(body, "Source")`.
///
/// The language: comparisons (`>` `>=` `<` `<=` `==` `!=`), `and`, `or`, `not`, parentheses, numbers, quoted strings,
/// `true`, `false`, `null`, paths into the result (`body`, `items.0.title`; `text` is all of a result that is prose) and
/// the functions `length` (the Unicode scalars of a string, as JSON Schema counts them, or the elements of an array),
/// `words`, `count` (the elements of an array or members of an object) and `contains`.
public struct Assertion: Sendable, Hashable {
    /// The text it was read from.
    public let source: String
    let condition: Node

    /// The most characters an assertion may have.
    public static let longest = 1_000

    /// Reads an assertion.
    ///
    /// - Parameter source: The text.
    /// - Throws: ``AssertionSyntaxError`` with the column.
    public init(_ source: String) throws(AssertionSyntaxError) {
        self.source = source
        var parser = try AssertionParser(source)
        condition = try parser.parse()
    }

    /// The first steps of all paths into the result, each once, in order.
    public var roots: [String] {
        var found: [String] = []
        condition.visitPaths { path in
            if let root = path.first, !found.contains(root) { found.append(root) }
        }
        return found
    }
}

extension Assertion {
    /// A part of an assertion.
    indirect enum Node: Sendable, Hashable {
        case literal(JSONValue)
        case path([String])
        case call(Function, [Node])
        case comparison(Node, Comparison, Node)
        case not(Node)
        case and(Node, Node)
        case or(Node, Node)

        func visitPaths(_ visit: ([String]) -> Void) {
            switch self {
            case .literal: break
            case .path(let path): visit(path)
            case .call(_, let arguments): for argument in arguments { argument.visitPaths(visit) }
            case .not(let inner): inner.visitPaths(visit)
            case .comparison(let left, _, let right), .and(let left, let right), .or(let left, let right):
                left.visitPaths(visit)
                right.visitPaths(visit)
            }
        }
    }

    enum Function: String, Sendable, Hashable, CaseIterable {
        case length, words, count, contains

        var arguments: Int { self == .contains ? 2 : 1 }
    }

    enum Comparison: String, Sendable, Hashable {
        case greater = ">"
        case atLeast = ">="
        case less = "<"
        case atMost = "<="
        case equal = "=="
        case unequal = "!="
    }
}

/// Why a text is no assertion, and where.
public struct AssertionSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was expected.
    public let message: String
    /// Where, in characters counted from 1.
    public let column: Int
    /// What stands there; empty at the end.
    public let found: String

    /// The message with its column.
    public var description: String { "column \(column): \(message)" }
}
