import ChatModel

/// A word of an assertion.
struct AssertionToken: Hashable {
    enum Kind: Hashable {
        case name, number(JSONValue), string(String), symbol, end
    }

    let kind: Kind
    let text: String
    let column: Int
}

/// Cuts an assertion into words.
struct AssertionLexer {
    private let characters: [Unicode.Scalar]
    private var index = 0

    init(_ source: String) {
        characters = Array(source.unicodeScalars)
    }

    mutating func next() throws(AssertionSyntaxError) -> AssertionToken {
        while index < characters.count, characters[index].properties.isWhitespace { index += 1 }
        guard index < characters.count else { return AssertionToken(kind: .end, text: "", column: index + 1) }
        let start = index
        let first = characters[index]
        if first == "\"" || first == "'" { return try string(quote: first) }
        if isDigit(first) || (first == "-" && index + 1 < characters.count && isDigit(characters[index + 1])) {
            return try number()
        }
        if isNamePart(first) {
            while index < characters.count, isNamePart(characters[index]) || isStep(at: index) { index += 1 }
            return AssertionToken(kind: .name, text: text(from: start), column: start + 1)
        }
        for symbol in [">=", "<=", "==", "!=", ">", "<", "(", ")", ","] where starts(with: symbol) {
            index += symbol.unicodeScalars.count
            return AssertionToken(kind: .symbol, text: symbol, column: start + 1)
        }
        let hint =
            switch first {
            case "=": "`=` is written `==` here"
            case "&": "`&&` is written `and` here"
            case "|": "`||` is written `or` here"
            case "!": "`!` is written `not` here"
            default: "nothing here begins with `\(first)`"
            }
        throw AssertionSyntaxError(message: hint, column: start + 1, found: String(first))
    }

    private mutating func string(quote: Unicode.Scalar) throws(AssertionSyntaxError) -> AssertionToken {
        let start = index
        var value = String.UnicodeScalarView()
        index += 1
        while index < characters.count, characters[index] != quote {
            if characters[index] == "\\", index + 1 < characters.count {
                index += 1
                switch characters[index] {
                case "n": value.append("\n")
                case "t": value.append("\t")
                case "\\", "\"", "'": value.append(characters[index])
                default:
                    throw AssertionSyntaxError(
                        message: "after `\\` comes `n`, `t`, `\\` or a quotation mark",
                        column: index + 1,
                        found: String(characters[index])
                    )
                }
            } else {
                value.append(characters[index])
            }
            index += 1
        }
        guard index < characters.count else {
            throw AssertionSyntaxError(message: "the string does not end", column: start + 1, found: text(from: start))
        }
        index += 1
        return AssertionToken(kind: .string(String(value)), text: text(from: start), column: start + 1)
    }

    private mutating func number() throws(AssertionSyntaxError) -> AssertionToken {
        let start = index
        index += 1
        while index < characters.count, isNamePart(characters[index]) || characters[index] == "." { index += 1 }
        let text = text(from: start)
        let isPlain = text.utf8.allSatisfy { $0 == 0x2D || $0 == 0x2E || (0x30...0x39).contains($0) }
        if let whole = Int64(text) {
            return AssertionToken(kind: .number(.integer(whole)), text: text, column: start + 1)
        }
        guard isPlain, text.last != ".", let value = Double(text), value.isFinite else {
            throw AssertionSyntaxError(message: "`\(text)` is no number", column: start + 1, found: text)
        }
        return AssertionToken(kind: .number(.number(value)), text: text, column: start + 1)
    }

    private func text(from start: Int) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: characters[start..<index])
        return String(view)
    }

    private func starts(with symbol: String) -> Bool {
        let wanted = Array(symbol.unicodeScalars)
        return index + wanted.count <= characters.count && Array(characters[index..<index + wanted.count]) == wanted
    }

    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    private func isNamePart(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "_" || scalar.properties.isAlphabetic || isDigit(scalar)
    }

    /// A point or hyphen between two parts of a path.
    private func isStep(at index: Int) -> Bool {
        (characters[index] == "." || characters[index] == "-") && index + 1 < characters.count
            && isNamePart(characters[index + 1])
    }
}
