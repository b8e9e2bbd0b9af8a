import ChatModel
import CrewTesting
import Testing

struct MoneyTests {
    @Test(
        arguments: [
            ("0", "0.00", 0), ("0.5", "0.50", 500_000_000_000), ("12", "12.00", 12_000_000_000_000),
            ("0.000000000001", "0.000000000001", 1), ("3.000125", "3.000125", 3_000_125_000_000),
        ] as [(String, String, Int64)]
    )
    func readsAndPrintsExactly(text: String, printed: String, picodollars: Int64) throws {
        let money = try #require(Money(dollars: text))
        #expect(money.picodollars == picodollars)
        #expect(money.decimal == printed)
        #expect(Money(dollars: money.decimal) == money)
    }

    @Test(arguments: [
        "", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", " 1", "0.0000000000001", "99999999999", "1.2.3", "٣",
    ])
    func refusesWhatIsNoAmount(text: String) {
        #expect(Money(dollars: text) == nil)
    }

    @Test func printsNegativeAmounts() {
        #expect((Money.zero - Money(picodollars: 1_250_000_000_000)).decimal == "-1.25")
    }

    @Test func noSumOfWhatComesFromOutsideEndsTheProgram() {
        let most = Money(picodollars: .max)
        let least = Money(picodollars: .min)
        #expect(most + most == most && least + least == least)
        #expect(Money.zero - least == most && least - most == least)
        // Lost count of: nothing that is taken from it makes it a sum that can be relied on.
        #expect(most - Money(picodollars: 1) == most)
        let absurd = TokenUsage(input: .max, cachedInput: .max, cacheWrites: .max, output: .max, reasoning: .max)
        #expect(absurd.total == .max && absurd + absurd == absurd)
        #expect((TokenUsage(input: .min, output: .min) - absurd).input == .min)
        let price = Price(input: 9, cachedInput: 1, output: 9)
        #expect(price.cost(of: absurd) > .zero)
        #expect(price.cost(of: TokenUsage(input: .min, cachedInput: .min, output: .min)) == .zero)
    }

    @Test func appliesTheTierToTheWholeCall() {
        let price = Price(
            base: .init(above: 0, input: 100, cachedInput: 10, output: 400),
            longer: [
                .init(above: 1_000, input: 200, cachedInput: 20, output: 800)
            ]
        )
        #expect(price.cost(of: TokenUsage(input: 1_000, output: 10)).picodollars == 104_000)
        #expect(price.cost(of: TokenUsage(input: 1_001, output: 10)).picodollars == 208_200)
        #expect(price.cost(of: TokenUsage(input: 100, cachedInput: 40, output: 0)).picodollars == 6_400)
        let writes = Price(input: 100, cachedInput: 10, cacheWrite: 125, output: 400)
        let usage = TokenUsage(input: 100, cachedInput: 40, cacheWrites: 50, output: 1)
        #expect(writes.cost(of: usage).picodollars == 10 * 100 + 40 * 10 + 50 * 125 + 400)
        #expect(writes.upperBound(input: 100, output: 1).picodollars == 12_900)
    }

    @Test func boundsEveryCost() {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            func tier(_ above: Int) -> Price.Tier {
                .init(
                    above: above,
                    input: .random(in: 0...9_000, using: &random),
                    cachedInput: .random(in: 0...9_000, using: &random),
                    cacheWrite: Bool.random(using: &random) ? .random(in: 0...9_000, using: &random) : nil,
                    output: .random(in: 0...9_000, using: &random)
                )
            }
            let price = Price(base: tier(0), longer: [tier(500), tier(2_000)])
            let input = Int.random(in: 0...4_000, using: &random)
            let output = Int.random(in: 0...4_000, using: &random)
            let usage = TokenUsage(
                input: .random(in: 0...input, using: &random),
                cachedInput: .random(in: 0...4_000, using: &random),
                cacheWrites: .random(in: 0...4_000, using: &random),
                output: .random(in: 0...output, using: &random)
            )
            #expect(price.upperBound(input: input, output: output) >= price.cost(of: usage))
        }
    }
}
