extension Price {
    /// A price as providers publish it, in dollars a million tokens: `Price(perMillionInput: 0.25, output: 2)`.
    ///
    /// A number is taken for the shortest decimal number that means the same floating-point value, and what is beyond a
    /// millionth of a dollar is rounded up. A crew with a price that is negative, or not a number, is refused by its check.
    ///
    /// - Parameters:
    ///   - input: A million tokens read.
    ///   - cachedInput: A million tokens read from the provider's prompt cache; as dear as others unless said otherwise.
    ///   - cacheWrite: A million tokens written to that cache; `nil` where that costs as much as reading them.
    ///   - output: A million tokens generated, reasoning included.
    public init(
        perMillionInput input: Double,
        cachedInput: Double? = nil,
        cacheWrite: Double? = nil,
        output: Double
    ) {
        self.init(
            input: Self.picodollars(input),
            cachedInput: cachedInput.map(Self.picodollars),
            cacheWrite: cacheWrite.map(Self.picodollars),
            output: Self.picodollars(output)
        )
    }

    /// Pico-dollars a token, of dollars a million.
    private static func picodollars(_ dollars: Double) -> Int64 {
        guard dollars >= 0 else { return -1 }
        let amount = Money(dollars: dollars).picodollars
        return amount / 1_000_000 + (amount % 1_000_000 > 0 ? 1 : 0)
    }
}
