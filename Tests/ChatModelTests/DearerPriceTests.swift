import ChatModel
import Testing

struct DearerPriceTests {
    @Test func eachKindOfTokenCountsByTheDearer() {
        let published = Price(input: 10, cachedInput: 1, cacheWrite: 12, output: 40)
        #expect(Price.free.dearer(published) == published)
        #expect(published.dearer(.free) == published)
        let mixed = Price(input: 20, cachedInput: 0, output: 5).dearer(published)
        #expect(mixed == Price(input: 20, cachedInput: 1, cacheWrite: 20, output: 40))
        #expect(published.dearer(published) == published)
        #expect(Price.free.isAnywhereBelow(published) && !published.isAnywhereBelow(.free))
        #expect(Price(input: 20, output: 5).isAnywhereBelow(published))
        #expect(!Price(input: 12, output: 40).isAnywhereBelow(published))
    }

    @Test func eachLengthOfInputCountsByTheDearer() {
        let flat = Price(input: 15, output: 15)
        let stepped = Price(
            base: Price.Tier(above: 0, input: 10, output: 10),
            longer: [Price.Tier(above: 100, input: 20, output: 30)]
        )
        let both = flat.dearer(stepped)
        #expect(both.tiers.map(\.above) == [0, 100])
        #expect(both.tiers.map(\.input) == [15, 20])
        #expect(both.tiers.map(\.output) == [15, 30])
        #expect(both == stepped.dearer(flat))
    }
}
