extension FixedWidthInteger {
    /// The sum, or the largest or least number where it is beyond that.
    ///
    /// For numbers that come from outside: one that is out of all reason must neither end the program nor wrap around to
    /// a small one.
    package func addingWithSaturation(_ other: Self) -> Self {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (self < 0 ? .min : .max) : sum
    }

    /// The difference, likewise.
    package func subtractingWithSaturation(_ other: Self) -> Self {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (self < other ? .min : .max) : difference
    }

    /// The product, likewise.
    package func multipliedWithSaturation(by other: Self) -> Self {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
    }

    /// What is left of a quantity after another was taken from it; one that has reached the largest number was lost
    /// count of, and stays there.
    package func lessened(by other: Self) -> Self { self == .max ? .max : subtractingWithSaturation(other) }
}
