/// A decimal number without rounding: so many tenths, hundredths or smaller parts, at most 38 digits in all.
struct ExactDecimal: Hashable {
    /// The number without its point.
    let digits: Int128
    /// How many of the digits stand behind the point.
    let places: Int

    /// The most digits behind the point: as many as are always in range.
    static let mostPlaces = 38

    /// A number, without zeros at the end behind the point.
    ///
    /// - Returns: `nil` when there are too many places.
    init?(digits: Int128, places: Int) {
        var (digits, places) = (digits, places)
        while places > 0, digits % 10 == 0 { (digits, places) = (digits / 10, places - 1) }
        while places < 0 {
            let (product, overflow) = digits.multipliedReportingOverflow(by: 10)
            guard !overflow, digits != 0 else {
                if digits == 0 { break }
                return nil
            }
            (digits, places) = (product, places + 1)
        }
        guard max(0, places) <= Self.mostPlaces, digits != .min else { return nil }
        self.digits = digits
        self.places = digits == 0 ? 0 : max(0, places)
    }

    /// Reads `12`, `.5`, `1.25` or `2.5e-3`.
    ///
    /// - Returns: `nil` when the number has too many digits to be kept as it is.
    init?(_ text: String) {
        let parts = text.lowercased().split(separator: "e", maxSplits: 1)
        guard let mantissa = parts.first, let exponent = parts.count == 2 ? Int(parts[1]) : 0 else { return nil }
        let halves = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? halves[1] : ""
        guard (-200...200).contains(exponent), let digits = Int128(halves[0] + fraction) else { return nil }
        self.init(digits: digits, places: fraction.utf8.count - exponent)
    }

    /// The nearest floating-point number.
    var double: Double { Double(text) ?? 0 }

    /// The number in plain decimal digits.
    var text: String {
        let all = String(digits.magnitude)
        let sign = digits < 0 ? "-" : ""
        guard places > 0 else { return sign + all }
        let padded = String(repeating: "0", count: max(0, places + 1 - all.utf8.count)) + all
        return "\(sign)\(padded.dropLast(places)).\(padded.suffix(places))"
    }

    // MARK: - Arithmetic; `nil` when the result is no decimal number of so many digits

    /// The digits of both with as many places each.
    private func aligned(with other: ExactDecimal) -> (Int128, Int128, places: Int)? {
        let most = max(places, other.places)
        guard let left = Self.scaled(digits, by: most - places),
            let right = Self.scaled(other.digits, by: most - other.places)
        else { return nil }
        return (left, right, most)
    }

    private static func scaled(_ digits: Int128, by places: Int) -> Int128? {
        var result = digits
        for _ in 0..<places {
            let (product, overflow) = result.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            result = product
        }
        return result
    }

    func adding(_ other: ExactDecimal) -> ExactDecimal? {
        guard let (left, right, places) = aligned(with: other) else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : ExactDecimal(digits: sum, places: places)
    }

    func multiplied(by other: ExactDecimal) -> ExactDecimal? {
        let (product, overflow) = digits.multipliedReportingOverflow(by: other.digits)
        return overflow ? nil : ExactDecimal(digits: product, places: places + other.places)
    }

    /// The quotient, where it ends: 1/8 and not 1/3.
    func divided(by other: ExactDecimal) -> ExactDecimal? {
        guard other.digits != 0 else { return nil }
        var (numerator, places) = (digits, places - other.places)
        while numerator % other.digits != 0 {
            let (product, overflow) = numerator.multipliedReportingOverflow(by: 10)
            guard !overflow else { return nil }
            (numerator, places) = (product, places + 1)
        }
        return ExactDecimal(digits: numerator / other.digits, places: places)
    }

    /// What is left of a division, with the sign of the dividend.
    func remainder(dividingBy other: ExactDecimal) -> ExactDecimal? {
        guard other.digits != 0, let (left, right, places) = aligned(with: other) else { return nil }
        return ExactDecimal(digits: left % right, places: places)
    }

    /// The power with a whole exponent.
    func power(_ exponent: ExactDecimal) -> ExactDecimal? {
        guard exponent.places == 0, let count = Int(exactly: exponent.digits), (-400...400).contains(count),
            var result = ExactDecimal(digits: 1, places: 0)
        else { return nil }
        for _ in 0..<count.magnitude {
            guard let product = result.multiplied(by: self) else { return nil }
            result = product
        }
        return count < 0 ? ExactDecimal(digits: 1, places: 0)?.divided(by: result) : result
    }

    var negated: ExactDecimal? { ExactDecimal(digits: -digits, places: places) }

    // MARK: - Rounding

    /// How to round what lies between two numbers of fewer places.
    enum Rounding { case down, up, halfAwayFromZero }

    func rounded(toPlaces kept: Int, _ rounding: Rounding) -> ExactDecimal? {
        guard kept < places, let divisor = Self.scaled(1, by: places - kept) else { return self }
        let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: divisor)
        let step: Int128 =
            switch rounding {
            case .down: remainder < 0 ? -1 : 0
            case .up: remainder > 0 ? 1 : 0
            case .halfAwayFromZero: remainder.magnitude >= divisor.magnitude - remainder.magnitude ? digits.signum() : 0
            }
        return ExactDecimal(digits: quotient + step, places: kept)
    }
}
