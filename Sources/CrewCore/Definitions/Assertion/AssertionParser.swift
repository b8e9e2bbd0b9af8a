import ChatModel

/// Reads assertions by recursive descent.
struct AssertionParser {
    private static let deepest = 32
    private var lexer: AssertionLexer
    private var token: AssertionToken
    private var depth = 0

    init(_ source: String) throws(AssertionSyntaxError) {
        guard source.unicodeScalars.count <= Assertion.longest else {
            let message = "an assertion has at most \(Assertion.longest) characters"
            throw AssertionSyntaxError(message: message, column: Assertion.longest + 1, found: "")
        }
        lexer = AssertionLexer(source)
        token = try lexer.next()
    }

    mutating func parse() throws(AssertionSyntaxError) -> Assertion.Node {
        let start = token.column
        let condition = try disjunction()
        guard token.kind == .end else { throw expected("`and`, `or` or the end") }
        switch condition {
        case .literal(.bool), .path, .call(.contains, _), .comparison, .not, .and, .or: return condition
        case .literal, .call:
            throw AssertionSyntaxError(
                message: "this is a value; compare it, as in `length(body) > 400`",
                column: start,
                found: ""
            )
        }
    }

    private func expected(_ what: String) -> AssertionSyntaxError {
        let found = token.kind == .end ? "it ends here" : "here is `\(token.text)`"
        return AssertionSyntaxError(message: "expected \(what), but \(found)", column: token.column, found: token.text)
    }

    private func isWord(_ word: String) -> Bool { token.kind == .name && token.text == word }
    private func isSymbol(_ symbol: String) -> Bool { token.kind == .symbol && token.text == symbol }

    private mutating func advance() throws(AssertionSyntaxError) { token = try lexer.next() }

    private mutating func disjunction() throws(AssertionSyntaxError) -> Assertion.Node {
        var left = try conjunction()
        while isWord("or") {
            try advance()
            left = .or(left, try conjunction())
        }
        return left
    }

    private mutating func conjunction() throws(AssertionSyntaxError) -> Assertion.Node {
        var left = try negation()
        while isWord("and") {
            try advance()
            left = .and(left, try negation())
        }
        return left
    }

    private mutating func negation() throws(AssertionSyntaxError) -> Assertion.Node {
        guard isWord("not") else { return try comparison() }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw expected("less than \(Self.deepest) levels") }
        try advance()
        return .not(try negation())
    }

    private mutating func comparison() throws(AssertionSyntaxError) -> Assertion.Node {
        let left = try operand()
        guard token.kind == .symbol, let comparison = Assertion.Comparison(rawValue: token.text) else { return left }
        try advance()
        let right = try operand()
        if token.kind == .symbol, Assertion.Comparison(rawValue: token.text) != nil {
            throw expected("`and` between two comparisons")
        }
        return .comparison(left, comparison, right)
    }

    private mutating func operand() throws(AssertionSyntaxError) -> Assertion.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw expected("less than \(Self.deepest) levels") }
        switch token.kind {
        case .number(let value):
            try advance()
            return .literal(value)
        case .string(let text):
            try advance()
            return .literal(.string(text))
        case .symbol where token.text == "(":
            try advance()
            let inner = try disjunction()
            try close()
            return inner
        case .name where !["and", "or", "not"].contains(token.text):
            return try name()
        default:
            throw expected("a path, a number, a string or a function")
        }
    }

    private mutating func name() throws(AssertionSyntaxError) -> Assertion.Node {
        let name = token
        try advance()
        guard isSymbol("(") else {
            switch name.text {
            case "true": return .literal(true)
            case "false": return .literal(false)
            case "null": return .literal(.null)
            default: return .path(name.text.split(separator: ".").map(String.init))
            }
        }
        guard let function = Assertion.Function(rawValue: name.text) else {
            let all = Assertion.Function.allCases.map(\.rawValue)
            let hint =
                NearestName.of(name.text, in: all).map { "did you mean `\($0)`?" }
                ?? "there is \(all.map { "`\($0)`" }.joined(separator: ", "))"
            throw AssertionSyntaxError(
                message: "there is no function `\(name.text)`; \(hint)",
                column: name.column,
                found: name.text
            )
        }
        try advance()
        var arguments = [try operand()]
        while arguments.count < function.arguments {
            guard isSymbol(",") else { throw expected("`,` and another argument of `\(function.rawValue)`") }
            try advance()
            arguments.append(try operand())
        }
        try close()
        return .call(function, arguments)
    }

    private mutating func close() throws(AssertionSyntaxError) {
        guard isSymbol(")") else { throw expected("`)`") }
        try advance()
    }
}
