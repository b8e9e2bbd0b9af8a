import Foundation
import Simulation

/// `simulate [--seeds N] [--from S]` runs the worlds of N seeds, `simulate --seed X` that of one.
let arguments = Array(CommandLine.arguments.dropFirst())

func option(_ name: String) -> UInt64? {
    arguments.firstIndex(of: name).flatMap { index in
        arguments.indices.contains(index + 1) ? UInt64(arguments[index + 1]) : nil
    }
}

let single = option("--seed")
let first = single ?? option("--from") ?? 0
let count = single == nil ? option("--seeds") ?? 2_000 : 1
let simulation = try Simulation()
var tally = Tally()
var failures = 0

for seed in first..<first + count {
    do throws(Failure) { tally += try simulation.run(seed: seed) } catch {
        failures += 1
        print(error)
        // Many seeds that fail mostly fail for the same reason.
        if failures == 5 { break }
    }
}

print(tally)
exit(failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE)
