/// Every choice that a simulated world makes: the whole schedule follows from them.
///
/// They come from a seed, or from a list that was recorded. 0 is always the tamest choice (no fault, the smallest crew,
/// a good answer), and past the end of a list every choice is 0, so that any list of numbers is a schedule and a
/// shorter or smaller list is a tamer one.
package struct Choices {
    private var generator: SplitMix64?
    private let given: [Int]
    /// The choices made so far.
    package private(set) var made: [Int] = []

    /// Choices that follow from a seed.
    package init(seed: UInt64) {
        generator = SplitMix64(state: seed)
        given = []
    }

    /// Choices as they are listed, and then the tamest ones.
    package init(replaying given: [Int]) {
        generator = nil
        self.given = given
        made.reserveCapacity(given.count)
    }

    /// A number from 0 up to, not including, `count`.
    mutating func below(_ count: Int) -> Int {
        guard count > 1 else { return 0 }
        let value: Int
        if let drawn = generator?.next() {
            value = Int(drawn % UInt64(count))
        } else {
            value = made.count < given.count ? given[made.count] % count : 0
        }
        made.append(value)
        return value
    }

    /// A number of the range, its lower bound being the tamest.
    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// Whether something that happens in so many of a hundred cases does; tamest is that it does not.
    mutating func chance(_ percent: Int) -> Bool {
        guard percent > 0 else { return false }
        return below(100) >= 100 - percent
    }

    /// One of the elements, the first being the tamest.
    mutating func one<Element>(of first: Element, _ others: Element...) -> Element {
        let index = below(others.count + 1)
        return index == 0 ? first : others[index - 1]
    }

    /// The index of a weight, drawn in proportion; the first weight must not be 0.
    mutating func weighted(_ weights: [Int]) -> Int {
        var value = below(weights.reduce(0, +))
        for (index, weight) in weights.enumerated() {
            if value < weight { return index }
            value -= weight
        }
        return 0
    }

    /// Some of the elements, in their order; tamest is none.
    mutating func some<Element>(of elements: [Element], percent: Int) -> [Element] {
        var chosen: [Element] = []
        for element in elements where chance(percent) { chosen.append(element) }
        return chosen
    }
}

/// The same numbers for the same seed, everywhere.
///
/// Source: https://prng.di.unimi.it/splitmix64.c by Sebastiano Vigna.
private struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
