import Foundation

/// The seed of a test that draws another history each time.
enum TestSeed {
    /// `CREW_TEST_SEED`, to have a failure again; otherwise one that is drawn, and printed.
    static func drawn(_ what: String) -> Int {
        if let text = ProcessInfo.processInfo.environment["CREW_TEST_SEED"], let seed = Int(text) { return seed }
        let seed = Int.random(in: 0..<1_000_000)
        print("\(what): CREW_TEST_SEED=\(seed)")
        return seed
    }
}
