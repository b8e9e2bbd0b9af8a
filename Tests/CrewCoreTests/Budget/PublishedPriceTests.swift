import ChatModel
import CrewTesting
import Evidence
import Foundation
import Testing

@testable import CrewCore

/// What calls cost, against the reckoning of those who publish the prices.
struct PublishedPriceTests {
    private static let roundsPerName = 30

    @Test func everyCostIsExactToThePicodollarAndWithinItsBound() throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["CREW_TEST_PYTHON"],
            "CREW_TEST_PYTHON has to name a python with genai-prices; `make test` sets it"
        )
        let table = PriceTable.builtIn
        let seed = TestSeed.drawn("the calls whose prices are compared")
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("published_prices.py").path
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script, "\(seed)", "\(Self.roundsPerName)"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let models = PriceTable.publishedEntries.flatMap { entry in
            entry.names.map { "\(entry.provider) \($0) \(table.date)\n" }
        }.joined()
        input.fileHandleForWriting.write(Data(models.utf8))
        try input.fileHandleForWriting.close()
        let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .split(separator: "\n")
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        var (written, longer) = (0, 0)
        for line in lines {
            let parts = line.split(separator: " ")
            let numbers = parts.dropFirst().prefix(4).compactMap { Int($0) }
            try #require(parts.count == 6 && numbers.count == 4, "\(line)")
            let price = try #require(table.price(for: String(parts[0])))
            let usage = TokenUsage(
                input: numbers[0],
                cachedInput: numbers[1],
                cacheWrites: numbers[2],
                output: numbers[3]
            )
            let cost = price.cost(of: usage)
            #expect(String(cost.picodollars) == parts[5], "seed \(seed): \(line)")
            #expect(cost <= price.upperBound(input: usage.input, output: usage.output), "seed \(seed): \(line)")
            if usage.cacheWrites > 0, price.tiers[0].cacheWrite != nil { written += 1 }
            if price.tiers.count > 1, usage.input > price.tiers[1].above { longer += 1 }
        }
        #expect(lines.count >= 5_000)
        #expect(written > 100 && longer > 100, "writes to the cache and long inputs are among them")
        try Evidence.record(.neverOverspent, "costs exact to the pico-dollar against genai-prices", cases: lines.count)
    }
}
