/// What a model's tokens cost, in pico-dollars a token (the same number as micro-dollars a million tokens).
public struct Price: Sendable, Hashable, Codable {
    /// Prices that apply to a whole call once its input is longer than a threshold.
    public struct Tier: Sendable, Hashable, Codable {
        /// The input length, in tokens, above which the tier applies.
        public var above: Int
        /// A token read.
        public var input: Int64
        /// A token read from the provider's prompt cache.
        public var cachedInput: Int64
        /// A token written to the provider's prompt cache; `nil` where that costs as much as reading it.
        public var cacheWrite: Int64?
        /// A token generated.
        public var output: Int64

        /// Makes a tier; cached input costs as much as other input unless said otherwise.
        public init(above: Int, input: Int64, cachedInput: Int64? = nil, cacheWrite: Int64? = nil, output: Int64) {
            self.above = above
            self.input = input
            self.cachedInput = cachedInput ?? input
            self.cacheWrite = cacheWrite
            self.output = output
        }
    }

    /// The tiers by rising threshold; the first starts at 0.
    public let tiers: [Tier]

    /// A price without tiers, in pico-dollars a token.
    package init(input: Int64, cachedInput: Int64? = nil, cacheWrite: Int64? = nil, output: Int64) {
        tiers = [Tier(above: 0, input: input, cachedInput: cachedInput, cacheWrite: cacheWrite, output: output)]
    }

    /// A price with further tiers for long inputs.
    public init(base: Tier, longer: [Tier]) {
        tiers = [base] + longer.sorted { $0.above < $1.above }
    }

    /// A model that costs nothing.
    public static let free = Price(input: 0, output: 0)

    /// What a call cost; amounts beyond what ``Money`` holds are held at its maximum.
    public func cost(of usage: TokenUsage) -> Money {
        let tier = tiers.last { $0.above == 0 || usage.input > $0.above } ?? tiers[0]
        let input = max(0, usage.input)
        let cached = min(max(0, usage.cachedInput), input)
        let written = min(max(0, usage.cacheWrites), input - cached)
        return Self.sum(
            (tier.input, input - cached - written),
            (tier.cachedInput, cached),
            (tier.cacheWrite ?? tier.input, written),
            (tier.output, usage.output)
        )
    }

    /// The most that a call can cost.
    ///
    /// - Parameters:
    ///   - input: An upper bound on the tokens read.
    ///   - output: An upper bound on the tokens generated.
    public func upperBound(input: Int, output: Int) -> Money {
        let reachable = tiers.filter { $0.above == 0 || input > $0.above }
        let inputPrice = reachable.map { max($0.input, $0.cachedInput, $0.cacheWrite ?? 0) }.max() ?? 0
        let outputPrice = reachable.map(\.output).max() ?? 0
        return Self.sum((inputPrice, input), (outputPrice, output))
    }

    private static func sum(_ parts: (price: Int64, count: Int)...) -> Money {
        var total: Int64 = 0
        for part in parts {
            let (product, tooLarge) = part.price.multipliedReportingOverflow(by: Int64(max(0, part.count)))
            let (sum, overflow) = total.addingReportingOverflow(product)
            if tooLarge || overflow { return Money(picodollars: .max / 4) }
            total = sum
        }
        return Money(picodollars: total)
    }
}
