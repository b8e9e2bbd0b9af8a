import ChatModel
import Evidence
import Testing

@testable import CrewCore

/// How long is waited between attempts, with the numbers that real runs draw.
struct RetryPolicyTests {
    private func failure(_ code: ChatError.Code, retryAfter: Int? = nil) -> CallFailed {
        CallFailed(
            call: "c1",
            code: code,
            message: "",
            status: nil,
            retryAfter: retryAfter,
            serverSaysRetry: nil,
            feature: nil,
            uncertain: .zero
        )
    }

    /// The seeds of many runs with many calls: what the engine draws its jitter from.
    private var seeds: [UInt64] {
        (0..<50).flatMap { run in
            (1...40).map { call in
                var hash = StableHash()
                hash.combine("20261122-203512-run\(run)")
                hash.combine("c\(call)")
                hash.combine(1 + call % 2)
                return hash.value
            }
        }
    }

    @Test("Full jitter: even between nothing and a bound that doubles up to eight seconds", arguments: 1...8)
    func jitter(failures: Int) throws {
        let bound = min(8_000, 500 << (failures - 1))
        let delays = seeds.compactMap {
            RetryPolicy.delay(after: failure(.serverFailed), failures: failures, patience: 120_000, seed: $0)
        }.sorted()
        #expect(delays.count == 2_000)
        #expect(delays.allSatisfy { (0..<bound).contains($0) })
        // Kolmogorov and Smirnov's distance from the even distribution; for 2,000 draws 0.043 would come once in a
        // thousand samples.
        let distance = delays.enumerated().map { index, delay in
            abs(Double(index + 1) / Double(delays.count) - Double(delay) / Double(bound))
        }.max()
        #expect(try #require(distance) < 0.043)
        try Evidence.record(
            .bounded,
            "random waits between attempts, even between nothing and their bound",
            cases: delays.count
        )
    }

    @Test(
        "A wait that was asked for is never cut short, and drawn out by a tenth at most",
        arguments: [1, 300, 1_000, 119_999, 120_000]
    )
    func asked(wait: Int) {
        let delays = seeds.compactMap {
            RetryPolicy.delay(after: failure(.rateLimited, retryAfter: wait), failures: 1, patience: 120_000, seed: $0)
        }
        #expect(delays.count == 2_000)
        #expect(delays.allSatisfy { $0 >= wait && $0 <= wait + wait / 10 })
        if wait >= 1_000 { #expect(Set(delays).count > 60) }
        let tooLong = failure(.rateLimited, retryAfter: 120_001)
        #expect(RetryPolicy.delay(after: tooLong, failures: 1, patience: 120_000, seed: 1) == nil)
    }

    @Test("What may have been billed is asked for once more only, unless the model costs nothing")
    func whatMayBeBilled() {
        func most(_ uncertain: Amounts, _ price: Price?, attempts: Int = 5) -> Int {
            var failure = failure(.serverFailed)
            failure.uncertain = uncertain
            return RetryPolicy.maximumFailures(failure, attempts: attempts, price: price)
        }
        let price = Price(input: 1, output: 1)
        let some = Amounts(money: Money(picodollars: 1), tokens: 1)
        #expect(most(some, price) == 2 && most(some, price, attempts: 1) == 1)
        // The money of a model without a known price cannot be reckoned; that is no reason to pay thrice.
        #expect(most(Amounts(tokens: 1), nil) == 2)
        #expect(most(Amounts(tokens: 1), .free) == 5)
        #expect(most(.zero, price) == 5 && most(.zero, nil) == 5)
    }

    @Test func onlyWhatTheServerPacesIsFreeOfTheBucket() {
        #expect(RetryPolicy.isPaced(failure(.rateLimited, retryAfter: 1), patience: 120_000))
        #expect(RetryPolicy.isPaced(failure(.rateLimited, retryAfter: 120_000), patience: 120_000))
        #expect(!RetryPolicy.isPaced(failure(.rateLimited, retryAfter: 120_001), patience: 120_000))
        #expect(!RetryPolicy.isPaced(failure(.rateLimited), patience: 120_000))
        #expect(!RetryPolicy.isPaced(failure(.serverFailed, retryAfter: 1_000), patience: 120_000))
        #expect(!RetryPolicy.isPaced(failure(.circuitOpen, retryAfter: 1_000), patience: 120_000))
    }

    @Test("A server that is not ready is looked at ever more rarely, and not beyond the patience")
    func looks() {
        for patience in [1, 700, 10_000, 120_000, 3_600_000] {
            for seed in seeds.prefix(20) {
                var waited: Int64 = 0
                var looks = 0
                while let wait = RetryPolicy.wait(
                    after: failure(.loading),
                    waited: waited,
                    patience: patience,
                    seed: seed &+ UInt64(looks)
                ) {
                    #expect(wait > 0 && wait <= 15_000 && wait <= max(500, Int(waited) / 2))
                    waited += Int64(wait)
                    looks += 1
                }
                #expect(waited == Int64(patience))
                #expect(looks <= 30 + patience / 7_000, "\(looks) looks in \(patience) ms")
            }
        }
        #expect(RetryPolicy.wait(after: failure(.loading), waited: 0, patience: 0, seed: 1) == nil)
        // A clock that was set back does not make it endless.
        #expect(RetryPolicy.wait(after: failure(.loading), waited: -1_000_000, patience: 10_000, seed: 1) ?? 0 <= 500)
    }

    @Test("What is asked for is waited for within the patience, and not begun beyond it")
    func askedWhileWaiting() throws {
        let asked = failure(.circuitOpen, retryAfter: 5_000)
        for seed in seeds.prefix(50) {
            let wait = try #require(RetryPolicy.wait(after: asked, waited: 5_000, patience: 10_000, seed: seed))
            #expect((5_000...5_500).contains(wait))
        }
        #expect(RetryPolicy.wait(after: asked, waited: 5_001, patience: 10_000, seed: 1) == nil)
    }
}
