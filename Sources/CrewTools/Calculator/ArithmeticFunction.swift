#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The functions that expressions may call.
enum ArithmeticFunction: String, CaseIterable {
    case sqrt, abs, min, max, round, floor, ceil, ln, log10, exp, sin, cos, tan

    /// What the function wants, for people.
    var takes: String {
        switch self {
        case .min, .max: "one number or more"
        case .round: "one number and, if need be, a whole number of decimal places from 0 to 15"
        case .sqrt: "one number, which may not be negative"
        case .ln, .log10: "one number greater than 0"
        default: "one number"
        }
    }

    /// The value, or `nil` when the function does not take these arguments.
    func apply(to arguments: [ArithmeticValue]) -> ArithmeticValue? {
        guard let first = arguments.first else { return nil }
        switch self {
        case .min: return arguments.dropFirst().reduce(first) { $1 < $0 ? $1 : $0 }
        case .max: return arguments.dropFirst().reduce(first) { $0 < $1 ? $1 : $0 }
        case .round where arguments.count == 2: return Self.round(first, places: arguments[1].double)
        default: break
        }
        guard arguments.count == 1 else { return nil }
        switch (self, first) {
        case (.abs, _): return first.isNegative ? first.negated : first
        case (.round, .exact(let number)): return number.rounded(toPlaces: 0, .halfAwayFromZero).map { .exact($0) }
        case (.floor, .exact(let number)): return number.rounded(toPlaces: 0, .down).map { .exact($0) }
        case (.ceil, .exact(let number)): return number.rounded(toPlaces: 0, .up).map { .exact($0) }
        default: return apply(to: first.double).map { .rounded($0) }
        }
    }

    private func apply(to number: Double) -> Double? {
        switch self {
        case .sqrt: number < 0 ? nil : number.squareRoot()
        case .abs: number.magnitude
        case .round: number.rounded()
        case .floor: number.rounded(.down)
        case .ceil: number.rounded(.up)
        case .ln: number > 0 ? log(number) : nil
        case .log10: number > 0 ? decimalLogarithm(number) : nil
        case .exp: exponential(number)
        case .sin: sine(number)
        case .cos: cosine(number)
        case .tan: tangent(number)
        case .min, .max: nil
        }
    }

    private static func round(_ value: ArithmeticValue, places: Double) -> ArithmeticValue? {
        guard let count = Int(exactly: places), (0...15).contains(count) else { return nil }
        if case .exact(let number) = value {
            return number.rounded(toPlaces: count, .halfAwayFromZero).map { .exact($0) }
        }
        // A number too large to have decimal places is round already.
        guard (value.double * pow(10, places)).magnitude < 0x1p53 else { return value }
        // 2.675 is stored a little below itself; to 15 digits it is what was written.
        guard let written = ExactDecimal(ArithmeticParser.text(of: value.double)) else { return value }
        return written.rounded(toPlaces: count, .halfAwayFromZero).map { .exact($0) }
    }
}

// Inside the enum, its cases hide the C functions of the same names.
private func decimalLogarithm(_ value: Double) -> Double { log10(value) }
private func exponential(_ value: Double) -> Double { exp(value) }
private func sine(_ value: Double) -> Double { sin(value) }
private func cosine(_ value: Double) -> Double { cos(value) }
private func tangent(_ value: Double) -> Double { tan(value) }
