/// A value in an expression: a decimal number as it is, as long as that goes, and then the nearest floating-point one.
enum ArithmeticValue {
    case exact(ExactDecimal)
    case rounded(Double)

    /// The exact value when there is one.
    init(_ exact: ExactDecimal?, else double: @autoclosure () -> Double) {
        self = exact.map { .exact($0) } ?? .rounded(double())
    }

    /// A function of two values: exact where both are and the result can be.
    init(
        _ left: ArithmeticValue,
        _ right: ArithmeticValue,
        exactly: (ExactDecimal, ExactDecimal) -> ExactDecimal?,
        else nearly: (Double, Double) -> Double
    ) {
        if case .exact(let first) = left, case .exact(let second) = right, let result = exactly(first, second) {
            self = .exact(result)
        } else {
            self = .rounded(nearly(left.double, right.double))
        }
    }

    var double: Double {
        switch self {
        case .exact(let number): number.double
        case .rounded(let number): number
        }
    }

    var exact: ExactDecimal? { if case .exact(let number) = self { number } else { nil } }

    var isZero: Bool {
        switch self {
        case .exact(let number): number.digits == 0
        case .rounded(let number): number == 0
        }
    }

    var isNegative: Bool {
        switch self {
        case .exact(let number): number.digits < 0
        case .rounded(let number): number < 0
        }
    }

    var negated: ArithmeticValue { ArithmeticValue(exact.flatMap(\.negated), else: -double) }

    static func < (left: ArithmeticValue, right: ArithmeticValue) -> Bool {
        ArithmeticValue(left, right.negated, exactly: { $0.adding($1) }, else: { $0 + $1 }).isNegative
    }

    /// The value as text; what was rounded to 15 significant digits, which hides that it was computed in binary.
    var text: String {
        switch self {
        case .exact(let number): number.text
        case .rounded(let number): ArithmeticParser.text(of: number)
        }
    }
}
