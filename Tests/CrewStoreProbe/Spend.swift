import CrewCore
import CrewRuntime
import CrewSQLite
import CrewStore
import Foundation

/// Makes calls one after the other, each held, settled and recorded, and says how many an account let through.
///
/// A call holds as much as it costs in the end, unless the run is called `varied`: then it costs less, or is lost.
func spend(_ store: SQLiteStore, _ run: String, calls: Int) async throws {
    let lease = try await store.create(run, [try Sample.created(run)])
    let isVaried = run.hasPrefix("varied")
    var sequence = 2
    var (admitted, refused) = (0, 0)
    for call in 1...calls {
        let hold = isVaried ? 500 + call * 37 % 1_000 : 1_000
        do {
            try await store.append([try Sample.intended(sequence, call: call, hold: hold)], lease)
        } catch let error as JournalError {
            guard error.code == .overBudget, error.shortage != nil else { throw error }
            refused += 1
            continue
        }
        let isLost = isVaried && call % 7 == 0
        let cost = isVaried ? hold * (call % 4) / 4 : hold
        try await store.append(
            [try isLost ? Sample.lost(sequence + 1, call, hold) : Sample.completed(sequence + 1, call, cost)],
            lease
        )
        admitted += 1
        sequence += 2
    }
    await store.close()
    say("admitted \(admitted) refused \(refused)")
}

/// Begins a call and waits to be killed.
func begin(_ store: SQLiteStore, _ run: String) async throws {
    let lease = try await store.create(run, [try Sample.created(run)])
    try await store.append([try Sample.intended(2, call: 1, hold: 1_000)], lease)
    say("begun")
    _ = readLine()
}
