import Foundation

/// A source of numbers that are the same for the same seed, everywhere: SplitMix64.
///
/// Source: https://prng.di.unimi.it/splitmix64.c by Sebastiano Vigna.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins with a seed.
    public init(seed: UInt64) { state = seed }

    /// Begins with a seed.
    public init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number of a range.
    public mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// Whether something happens that does so in so many of a hundred cases.
    public mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

    /// One of several; `nil` of none.
    public mutating func one<Element>(of elements: [Element]) -> Element? { elements.randomElement(using: &self) }
}

/// The seed of a test that draws another history each time.
public enum TestSeed {
    /// A seed: `CREW_TEST_SEED` of the environment, to have a failure again; otherwise one that is drawn, and printed.
    ///
    /// - Parameter what: What is drawn by it, for whoever reads the output.
    public static func drawn(_ what: String) -> Int {
        if let text = ProcessInfo.processInfo.environment["CREW_TEST_SEED"], let seed = Int(text) { return seed }
        let seed = Int.random(in: 0..<1_000_000)
        print("\(what): CREW_TEST_SEED=\(seed)")
        return seed
    }
}
