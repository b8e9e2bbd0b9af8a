extension Price {
    /// The price that is nowhere below either: for each kind of token and each length of input the dearer of the two.
    public func dearer(_ other: Price) -> Price {
        let tiers = Set((self.tiers + other.tiers).map(\.above)).sorted().map { above in
            let (left, right) = (tier(from: above), other.tier(from: above))
            let writes: Int64? =
                left.cacheWrite == nil && right.cacheWrite == nil
                ? nil : max(left.cacheWrite ?? left.input, right.cacheWrite ?? right.input)
            return Tier(
                above: above,
                input: max(left.input, right.input),
                cachedInput: max(left.cachedInput, right.cachedInput),
                cacheWrite: writes,
                output: max(left.output, right.output)
            )
        }
        return Price(base: tiers[0], longer: Array(tiers.dropFirst()))
    }

    /// Whether some kind of token, at some length of input, costs less than by another price.
    public func isAnywhereBelow(_ other: Price) -> Bool {
        Set((tiers + other.tiers).map(\.above)).contains { above in
            let (own, others) = (tier(from: above), other.tier(from: above))
            return own.input < others.input || own.cachedInput < others.cachedInput || own.output < others.output
                || own.cacheWrite ?? own.input < others.cacheWrite ?? others.input
        }
    }

    /// The tier of an input that is just longer than so many tokens.
    private func tier(from above: Int) -> Tier { tiers.last { $0.above <= above } ?? tiers[0] }
}
