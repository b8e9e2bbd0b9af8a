extension Money {
    /// Dollars, taken for the shortest decimal number that means the same floating-point value: `0.1` is ten cents.
    ///
    /// - Parameter dollars: Dollars; what lies beyond the twelfth decimal place is cut off. A negative amount, or one that is
    ///   not a number, is nothing; more than the largest amount is the largest amount.
    public init(dollars amount: Double) {
        guard amount > 0 else {
            self = .zero
            return
        }
        // The shortest text may have an exponent.
        let parts = "\(amount)".split(separator: "e")
        let digits = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = digits.count == 2 ? String(digits[1]) : ""
        let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
        // Where the point stands among the digits.
        let point = digits[0].utf8.count + exponent
        let all = String(digits[0]) + fraction
        let whole = point <= 0 ? "0" : Self.padded(all.prefix(point), to: point)
        let places = point < 0 ? String(repeating: "0", count: -point) + all : String(all.dropFirst(max(0, point)))
        let text = places.isEmpty ? whole : "\(whole).\(places.prefix(12))"
        self = Money(dollars: text) ?? Money(picodollars: .max)
    }

    private static func padded(_ digits: Substring, to count: Int) -> String {
        digits + String(repeating: "0", count: max(0, count - digits.utf8.count))
    }
}
