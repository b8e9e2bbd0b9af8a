#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Why an expression has no value, and where.
struct ArithmeticError: Error, Hashable, CustomStringConvertible {
    let message: String
    /// Counted from 1.
    let column: Int

    var description: String { "\(message) (column \(column))" }
}

/// Reads and computes an arithmetic expression in one pass, by precedence climbing.
///
/// Decimal numbers are added, subtracted and multiplied without rounding, and divided so where the quotient ends, as long
/// as no number on the way has more than 38 digits; everything else is computed in floating point, to 15 significant
/// digits.
///
/// Precedence from loose to tight: `+ -`, `* / %`, the sign, `^`. Powers group to the right, so that `-2^2` is -4 and
/// `2^3^2` is 512. Length and nesting are bounded, and every step takes a character, so hostile input costs nothing.
struct ArithmeticParser {
    static let maximumLength = 1_000
    static let maximumDepth = 64

    private let characters: [Unicode.Scalar]
    private var index = 0
    private var depth = 0

    private init(_ text: String) { characters = Array(text.unicodeScalars) }

    /// The value of an expression, always finite.
    static func evaluate(_ text: String) throws(ArithmeticError) -> ArithmeticValue {
        var parser = ArithmeticParser(text)
        guard parser.characters.count <= maximumLength else {
            throw parser.error("the expression is longer than \(maximumLength) characters", at: maximumLength)
        }
        let value = try parser.sum()
        guard parser.index == parser.characters.count else {
            throw parser.error("expected an operator, found \(parser.found)")
        }
        return value
    }

    /// The shortest text of a number, to 15 significant digits, which hides that it was computed in binary; whole
    /// numbers are written out as far as they are exact.
    static func text(of value: Double) -> String {
        if value.magnitude <= 0x1p53, let whole = Int64(exactly: value) { return String(whole) }
        var buffer = [CChar](repeating: 0, count: 40)
        let count = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.15g", $0) }
        let digits = buffer.prefix(max(0, Int(count))).map { UInt8(bitPattern: $0) }
        let rounded = Double(String(decoding: digits, as: UTF8.self)) ?? value
        if rounded.magnitude <= 0x1p53, let whole = Int64(exactly: rounded) { return String(whole) }
        return "\(rounded)"
    }

    private func error(_ message: String, at position: Int? = nil) -> ArithmeticError {
        ArithmeticError(message: message, column: (position ?? index) + 1)
    }

    private var found: String {
        guard index < characters.count else { return "the end" }
        let scalar = characters[index]
        return scalar.isASCII && scalar.value > 0x20 && scalar.value < 0x7F
            ? "'\(scalar)'" : "the character U+" + String(scalar.value, radix: 16, uppercase: true)
    }

    private mutating func skipSpace() {
        while index < characters.count, characters[index] == " " || ("\t"..."\r").contains(characters[index]) {
            index += 1
        }
    }

    private mutating func take(_ allowed: Unicode.Scalar...) -> Unicode.Scalar? {
        skipSpace()
        guard index < characters.count, allowed.contains(characters[index]) else { return nil }
        index += 1
        return characters[index - 1]
    }

    private func finite(_ value: ArithmeticValue, at position: Int) throws(ArithmeticError) -> ArithmeticValue {
        guard case .rounded(let number) = value else { return value }
        if number.isNaN { throw error("the result is not a real number", at: position) }
        guard number.isFinite else { throw error("the result is too large", at: position) }
        return value
    }

    private mutating func sum() throws(ArithmeticError) -> ArithmeticValue {
        var value = try product()
        while let operation = take("+", "-") {
            let position = index - 1
            let right = operation == "+" ? try product() : try product().negated
            value = try finite(
                ArithmeticValue(value, right, exactly: { $0.adding($1) }, else: { $0 + $1 }),
                at: position
            )
        }
        return value
    }

    private mutating func product() throws(ArithmeticError) -> ArithmeticValue {
        var value = try signed()
        while let operation = take("*", "/", "%") {
            let position = index - 1
            let right = try signed()
            guard operation == "*" || !right.isZero else { throw error("division by zero", at: position) }
            let result =
                switch operation {
                case "*": ArithmeticValue(value, right, exactly: { $0.multiplied(by: $1) }, else: { $0 * $1 })
                case "/": ArithmeticValue(value, right, exactly: { $0.divided(by: $1) }, else: { $0 / $1 })
                default:
                    ArithmeticValue(
                        value,
                        right,
                        exactly: { $0.remainder(dividingBy: $1) },
                        else: { $0.truncatingRemainder(dividingBy: $1) }
                    )
                }
            value = try finite(result, at: position)
        }
        return value
    }

    /// Every way to nest goes through here.
    private mutating func signed() throws(ArithmeticError) -> ArithmeticValue {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw error("nested deeper than \(Self.maximumDepth) levels") }
        if let sign = take("-", "+") { return sign == "-" ? try signed().negated : try signed() }
        let base = try primary()
        guard take("^") != nil else { return base }
        let position = index - 1
        let exponent = try signed()
        if base.isZero && exponent.isNegative { throw error("division by zero", at: position) }
        return try finite(
            ArithmeticValue(base, exponent, exactly: { $0.power($1) }, else: { pow($0, $1) }),
            at: position
        )
    }

    private mutating func primary() throws(ArithmeticError) -> ArithmeticValue {
        if take("(") != nil {
            let value = try sum()
            guard take(")") != nil else { throw error("expected ')', found \(found)") }
            return value
        }
        guard index < characters.count else { throw error("expected a number, found the end") }
        switch characters[index] {
        case "0"..."9", ".": return try number()
        case "a"..."z", "A"..."Z": return try name()
        default: throw error("expected a number, found \(found)")
        }
    }

    private mutating func number() throws(ArithmeticError) -> ArithmeticValue {
        let start = index
        let digits = { (parser: inout ArithmeticParser) in
            while parser.index < parser.characters.count, ("0"..."9").contains(parser.characters[parser.index]) {
                parser.index += 1
            }
        }
        digits(&self)
        if index < characters.count, characters[index] == "." {
            index += 1
            digits(&self)
        }
        guard characters[start..<index].contains(where: { $0 != "." }) else {
            throw error("not a number", at: start)
        }
        // An exponent needs digits; otherwise the `e` is what follows the number, and refused there.
        let mantissaEnd = index
        if index < characters.count, characters[index] == "e" || characters[index] == "E" {
            index += 1
            if index < characters.count, characters[index] == "+" || characters[index] == "-" { index += 1 }
            let firstDigit = index
            digits(&self)
            if index == firstDigit { index = mantissaEnd }
        }
        var text = String(String.UnicodeScalarView(characters[start..<index]))
        if text.hasPrefix(".") { text = "0" + text }
        guard let value = Double(text.replacingTrailingPoint) else { throw error("not a number", at: start) }
        return try finite(ArithmeticValue(ExactDecimal(text), else: value), at: start)
    }

    private mutating func name() throws(ArithmeticError) -> ArithmeticValue {
        let start = index
        while index < characters.count, characters[index].isASCII,
            characters[index].properties.isAlphabetic
                || ("0"..."9").contains(characters[index])
        {
            index += 1
        }
        let name = String(String.UnicodeScalarView(characters[start..<index])).lowercased()
        switch name {
        case "pi": return .rounded(.pi)
        case "e": return .rounded(M_E)
        default: break
        }
        guard let function = ArithmeticFunction(rawValue: name) else {
            let names = ArithmeticFunction.allCases.map(\.rawValue).joined(separator: ", ")
            throw error("unknown name '\(name)'; there are \(names), pi and e", at: start)
        }
        guard take("(") != nil else { throw error("expected '(' after '\(name)', found \(found)") }
        var arguments = [try sum()]
        while take(",") != nil { arguments.append(try sum()) }
        guard take(")") != nil else { throw error("expected ')', found \(found)") }
        guard let value = function.apply(to: arguments) else {
            throw error("'\(name)' takes \(function.takes)", at: start)
        }
        return try finite(value, at: start)
    }
}

extension String {
    /// `1.` and `1.e5` as Swift reads them.
    fileprivate var replacingTrailingPoint: String {
        guard let point = firstIndex(of: ".") else { return self }
        let next = index(after: point)
        guard next == endIndex || !self[next].isNumber else { return self }
        return self[..<next] + "0" + self[next...]
    }
}
