/// An amount of money in pico-dollars (10⁻¹² US dollars), exact.
///
/// A price of one micro-dollar per million tokens is one pico-dollar per token, so every published price is a whole
/// number of them and no sum is ever rounded. The largest amount is about 9.2 million dollars.
public struct Money: Sendable, Hashable, Comparable {
    /// The amount in pico-dollars.
    public var picodollars: Int64

    /// Makes an amount from pico-dollars.
    public init(picodollars: Int64) { self.picodollars = picodollars }

    /// Nothing.
    public static let zero = Money(picodollars: 0)

    /// Reads a decimal amount of dollars such as `0.50` or `12`, exactly.
    ///
    /// - Parameter text: Digits with at most one point and twelve decimal places; no sign, no exponent.
    /// - Returns: `nil` when the text is no such amount or is too large.
    public init?(dollars text: some StringProtocol) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, parts.count == 1 || !parts[1].isEmpty else { return nil }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        let digits = String(whole) + fraction
        guard !whole.isEmpty, fraction.utf8.count <= 12,
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let amount = Int64(digits + String(repeating: "0", count: 12 - fraction.utf8.count))
        else { return nil }
        picodollars = amount
    }

    /// The exact decimal amount, with at least two places and no trailing zeros beyond them: `0.50`, `0.000125`.
    public var decimal: String {
        let digits = String(picodollars.magnitude)
        let padded = String(repeating: "0", count: max(0, 13 - digits.utf8.count)) + digits
        var fraction = padded.suffix(12)
        while fraction.utf8.count > 2, fraction.last == "0" { fraction.removeLast() }
        return (picodollars < 0 ? "-" : "") + padded.dropLast(12) + "." + fraction
    }

    /// Compares the amounts.
    public static func < (left: Money, right: Money) -> Bool { left.picodollars < right.picodollars }
}

extension Money: AdditiveArithmetic {
    /// The sum; what is beyond the largest amount is held at it, so that a limit is never passed unseen.
    public static func + (left: Money, right: Money) -> Money {
        Money(picodollars: left.picodollars.addingWithSaturation(right.picodollars))
    }

    /// The difference; the largest amount was lost count of, and stays what it is whatever is taken from it.
    public static func - (left: Money, right: Money) -> Money {
        Money(picodollars: left.picodollars.lessened(by: right.picodollars))
    }
}

extension Money: CustomStringConvertible {
    /// The amount with a dollar sign.
    public var description: String { "$" + decimal }
}

extension Money: Codable {
    /// Reads pico-dollars.
    public init(from decoder: any Decoder) throws {
        picodollars = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes pico-dollars.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(picodollars)
    }
}
