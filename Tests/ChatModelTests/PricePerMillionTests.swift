import ChatModel
import Testing

struct PricePerMillionTests {
    @Test func aPriceAMillionTokensIsThatOfAToken() {
        let price = Price(perMillionInput: 0.25, cachedInput: 0.025, cacheWrite: 0.3125, output: 2)
        #expect(price == Price(input: 250_000, cachedInput: 25_000, cacheWrite: 312_500, output: 2_000_000))
        #expect(Price(perMillionInput: 0, output: 0) == .free)
        // What no token can be paid with is rounded up, so that nothing costs less than is said.
        #expect(Price(perMillionInput: 0.0000001, output: 1.0000009) == Price(input: 1, output: 1_000_001))
        // No price: a crew's check refuses what is below nothing.
        #expect(Price(perMillionInput: -1, output: .nan) == Price(input: -1, output: -1))
    }
}
