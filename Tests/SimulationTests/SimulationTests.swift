import Evidence
import Simulation
import Testing

/// The real executor in simulated worlds; `make simulate SEEDS=N` runs more of them.
struct SimulationTests {
    private static let seeds: UInt64 = 2_000
    private static let share: UInt64 = 250

    @Test(arguments: Array(stride(from: 0, to: seeds, by: Int(share))))
    func everyPromiseIsKeptInEveryWorld(first: UInt64) throws {
        let simulation = try Simulation()
        var tally = Tally()
        for seed in first..<first + Self.share { tally += try simulation.run(seed: seed) }
        // What did not happen would prove nothing.
        for fault in Fault.allCases { #expect(tally.count(fault) > 0, "no seed from \(first) on had a \(fault)") }
        #expect(tally.promptChanges > 0, "no seed from \(first) on had other prompts")
        for effect in ["cancelled", "paused", "limit"] {
            #expect(tally.obeyed[effect, default: 0] > 0, "no seed from \(first) on had a \(effect) by a signal")
        }
        for end in ["finished", "failed", "limited"] {
            #expect(tally.ends.keys.contains { $0.hasPrefix(end) }, "no seed from \(first) on \(end)")
        }
        #expect(tally.refusals > 100 && tally.waits > 10, "no seed from \(first) on waited for room above the run")
        try record(tally)
    }

    @Test func aSeedMakesTheSameWorldEachTime() throws {
        let simulation = try Simulation()
        for seed in UInt64(0)..<60 {
            let journal = simulation.journal(seed: seed)
            #expect(!journal.isEmpty && simulation.journal(seed: seed) == journal, "seed \(seed)")
        }
    }

    @Test(arguments: Sabotage.allCases)
    func aMissingSafeguardIsSeenShrunkAndSeenAgain(safeguard: Sabotage) throws {
        let simulation = try Simulation(without: safeguard, mostAttempts: 200)
        var caught: Failure?
        for seed in UInt64(0)..<400 where caught == nil {
            do throws(Failure) { _ = try simulation.run(seed: seed) } catch { caught = error }
        }
        let failure = try #require(caught, "nobody misses \(safeguard)")
        #expect(failure.shrunk.count <= failure.choices.count)
        #expect(failure.shrunk.count { $0 != 0 } < failure.choices.count { $0 != 0 })
        #expect(!failure.trace.isEmpty)
        #expect(failure.description.contains("make simulate SEED=\(failure.seed)"))
        let again = #expect(throws: Failure.self) { try simulation.run(seed: failure.seed) }
        #expect(again?.description == failure.description)
        // With the safeguard, the same world keeps its promises.
        _ = try Simulation().run(seed: failure.seed)
    }

    private func record(_ tally: Tally) throws {
        let crashes = tally.count(
            .crashBeforeAppend,
            .tornAppend,
            .crashAfterAppend,
            .crashInWork,
            .crashWhileOpening
        )
        try Evidence.record(.neverRepeated, "simulated worlds: crashes around every append and effect", cases: crashes)
        try Evidence.record(.atMostOnce, "simulated worlds: tool calls", cases: tally.toolCalls)
        try Evidence.record(.atMostOnce, "simulated worlds: runs that asked a person", cases: tally.pauses)
        try Evidence.record(.sameKey, "simulated worlds: tool calls", cases: tally.toolCalls)
        try Evidence.record(
            .oneExecutor,
            "simulated worlds: takeovers from a live executor",
            cases: tally.count(.takeover)
        )
        try Evidence.record(.neverOverspent, "simulated worlds: all accounts after each event", cases: tally.balances)
        try Evidence.record(
            .neverOverspent,
            "simulated worlds: holds that an account above the run refused",
            cases: tally.refusals
        )
        try Evidence.record(.deterministic, "simulated worlds: decisions derived again", cases: tally.decisions)
        try Evidence.record(.deterministic, "simulated worlds: request bodies derived again", cases: tally.requests)
        try Evidence.record(.bounded, "simulated worlds: runs brought to their end", cases: tally.worlds)
        try Evidence.record(.onlyLegal, "simulated worlds: instructions carried out", cases: tally.instructions)
    }
}
