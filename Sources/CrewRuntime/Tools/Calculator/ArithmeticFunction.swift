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
    func apply(to arguments: [Double]) -> Double? {
        guard let first = arguments.first else { return nil }
        switch self {
        case .min: return arguments.min()
        case .max: return arguments.max()
        case .round where arguments.count == 2: return Self.round(first, places: arguments[1])
        default: break
        }
        guard arguments.count == 1 else { return nil }
        switch self {
        case .sqrt: return first < 0 ? nil : first.squareRoot()
        case .abs: return first.magnitude
        case .round: return first.rounded()
        case .floor: return first.rounded(.down)
        case .ceil: return first.rounded(.up)
        case .ln: return first > 0 ? log(first) : nil
        case .log10: return first > 0 ? decimalLogarithm(first) : nil
        case .exp: return exponential(first)
        case .sin: return sine(first)
        case .cos: return cosine(first)
        case .tan: return tangent(first)
        case .min, .max: return nil
        }
    }

    private static func round(_ value: Double, places: Double) -> Double? {
        guard let count = Int(exactly: places), (0...15).contains(count) else { return nil }
        let scale = pow(10, places)
        let scaled = value * scale
        // A number too large to have decimal places is round already.
        guard scaled.magnitude < 0x1p53 else { return value }
        // 2.675 is stored a little below itself; to 15 digits it is what was written.
        return (Double(ArithmeticParser.text(of: scaled)) ?? scaled).rounded() / scale
    }
}

// Inside the enum, its cases hide the C functions of the same names.
private func decimalLogarithm(_ value: Double) -> Double { log10(value) }
private func exponential(_ value: Double) -> Double { exp(value) }
private func sine(_ value: Double) -> Double { sin(value) }
private func cosine(_ value: Double) -> Double { cos(value) }
private func tangent(_ value: Double) -> Double { tan(value) }
