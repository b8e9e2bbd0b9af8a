/// Lengths of time as crew files and command lines write them: a whole number and its unit, such as `90s`.
package enum DurationText {
    /// The longest that may be asked for, in milliseconds: `8760h`.
    package static let longest = 31_536_000_000

    /// The units and their milliseconds, the largest first.
    private static let units = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)]

    /// What matches such a text and nothing else, as a regular expression.
    package static let pattern = "^[0-9]+(\(units.reversed().map(\.0).joined(separator: "|")))$"

    /// The length in milliseconds; `nil` when the text is none, or when it is too long to be counted.
    package static func milliseconds(_ text: some StringProtocol) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), let unit = units.first(where: { $0.0 == text.dropFirst(digits.count) })
        else { return nil }
        let (product, isTooLong) = number.multipliedReportingOverflow(by: unit.1)
        return isTooLong ? nil : product
    }

    /// The text of a length, in the largest unit in which it is a whole number.
    package static func text(_ milliseconds: Int) -> String {
        let unit = units.first { milliseconds.isMultiple(of: $0.1) } ?? ("ms", 1)
        return "\(milliseconds / unit.1)\(unit.0)"
    }
}
