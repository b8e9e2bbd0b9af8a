/// A regular expression of a schema's `pattern`, matched in time proportional to text and pattern.
///
/// Patterns and texts both come from outside, so a backtracking matcher would let either of them stall the process. What
/// is understood is the part of ECMAScript's syntax that is regular: literals, `.`, classes, `\d \w \s` and their
/// opposites, `\p{L}`, `\p{Lu}`, `\p{Ll}`, `\p{N}`, `\p{Nd}`, groups, `|`, `^`, `$` and the quantifiers. Look-around,
/// back references and word boundaries are refused. A pattern may match anywhere in the text unless it is anchored.
package struct SchemaPattern: Sendable {
    /// Why a pattern is not understood.
    package struct SyntaxError: Error, Sendable, Hashable {
        /// What is wrong, as a phrase.
        package let message: String
    }

    /// The longest text that is matched, in Unicode scalars.
    package static let maximumInput = 10_000

    private let program: [PatternInstruction]

    /// Reads a pattern.
    package init(_ source: String) throws(SyntaxError) {
        var compiler = PatternCompiler(source)
        program = try compiler.compile()
    }

    /// Whether the pattern matches somewhere in a text; `nil` when the text is too long to try.
    package func matches(_ text: String) -> Bool? {
        let scalars = Array(text.unicodeScalars.prefix(Self.maximumInput + 1))
        guard scalars.count <= Self.maximumInput else { return nil }
        var current = ThreadList(count: program.count)
        var next = ThreadList(count: program.count)
        for position in 0...scalars.count {
            let place = (isStart: position == 0, isEnd: position == scalars.count)
            if add(0, to: &current, place) { return true }
            guard position < scalars.count else { break }
            next.clear()
            let following = (isStart: false, isEnd: position + 1 == scalars.count)
            for thread in current.threads {
                if case .consume(let set) = program[thread], set.contains(scalars[position]),
                    add(thread + 1, to: &next, following)
                {
                    return true
                }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Follows everything that consumes nothing; says whether the end of the pattern was reached.
    private func add(_ start: Int, to list: inout ThreadList, _ place: (isStart: Bool, isEnd: Bool)) -> Bool {
        var pending = [start]
        while let index = pending.popLast() {
            guard list.mark(index) else { continue }
            switch program[index] {
            case .match: return true
            case .consume: list.threads.append(index)
            case .jump(let target): pending.append(target)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            case .assertStart: if place.isStart { pending.append(index + 1) }
            case .assertEnd: if place.isEnd { pending.append(index + 1) }
            }
        }
        return false
    }
}

/// The places in a pattern at which a match may stand after the same part of the text, each once.
private struct ThreadList {
    var threads: [Int] = []
    private var marks: [Int]
    private var generation = 1

    init(count: Int) { marks = Array(repeating: 0, count: count) }

    mutating func clear() {
        threads.removeAll(keepingCapacity: true)
        generation += 1
    }

    mutating func mark(_ index: Int) -> Bool {
        if marks[index] == generation { return false }
        marks[index] = generation
        return true
    }
}

enum PatternInstruction: Sendable {
    case consume(ScalarSet)
    case split(Int, Int)
    case jump(Int)
    case assertStart
    case assertEnd
    case match
}

/// A class of Unicode scalars.
struct ScalarSet: Sendable {
    enum Category: String, Sendable {
        case letter = "L"
        case uppercase = "Lu"
        case lowercase = "Ll"
        case number = "N"
        case digit = "Nd"
    }

    var ranges: [ClosedRange<Unicode.Scalar>] = []
    var categories: [(Category, isNegated: Bool)] = []
    var nested: [ScalarSet] = []
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let isMember =
            ranges.contains { $0.contains(scalar) } || nested.contains { $0.contains(scalar) }
            || categories.contains { Self.isMember(scalar, of: $0.0) != $0.isNegated }
        return isMember != isNegated
    }

    private static func isMember(_ scalar: Unicode.Scalar, of category: Category) -> Bool {
        switch (category, scalar.properties.generalCategory) {
        case (.letter, .uppercaseLetter), (.letter, .lowercaseLetter), (.letter, .titlecaseLetter),
            (.letter, .modifierLetter), (.letter, .otherLetter), (.uppercase, .uppercaseLetter),
            (.lowercase, .lowercaseLetter), (.number, .decimalNumber), (.number, .letterNumber),
            (.number, .otherNumber), (.digit, .decimalNumber):
            true
        default: false
        }
    }

    static let digit = ScalarSet(ranges: ["0"..."9"])
    static let word = ScalarSet(ranges: ["0"..."9", "A"..."Z", "a"..."z", "_"..."_"])
    static let space = ScalarSet(ranges: [
        "\t"..."\r", " "..." ", "\u{A0}"..."\u{A0}", "\u{1680}"..."\u{1680}", "\u{2000}"..."\u{200A}",
        "\u{2028}"..."\u{2029}", "\u{202F}"..."\u{202F}", "\u{205F}"..."\u{205F}", "\u{3000}"..."\u{3000}",
        "\u{FEFF}"..."\u{FEFF}",
    ])
    static let notLineEnd = ScalarSet(
        ranges: ["\n"..."\n", "\r"..."\r", "\u{2028}"..."\u{2029}"],
        isNegated: true
    )

    var negated: ScalarSet { ScalarSet(nested: [self], isNegated: true) }
}
