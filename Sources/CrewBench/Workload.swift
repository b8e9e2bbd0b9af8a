import CrewKit

/// A workload: units of work, each of which makes so many model calls.
struct Workload {
    /// Its name in `Scripts/bench`.
    let name: String
    /// How many units are done before the clock starts.
    let warmUps: Int
    /// Does one unit and returns the number of model calls that were answered.
    private let unit: (Bench) async throws -> Int

    static func named(_ name: String) -> Workload? {
        switch name {
        case "w1": Workload(name: name, warmUps: 5) { try await $0.sequence(of: 3) }
        case "w2": Workload(name: name, warmUps: 0) { try await $0.runs(1_000, atOnce: 100) }
        case "w3-burst": Workload(name: name, warmUps: 1) { try await $0.stream("stream2000-burst") }
        case "w3-paced": Workload(name: name, warmUps: 1) { try await $0.stream("stream2000-paced") }
        case "w4-50": Workload(name: name, warmUps: 1) { try await $0.toolRounds(50) }
        case "w4-100": Workload(name: name, warmUps: 1) { try await $0.toolRounds(100) }
        case "w4-200": Workload(name: name, warmUps: 1) { try await $0.toolRounds(200) }
        case "w5": Workload(name: name, warmUps: 0) { try await $0.sequence(of: 1) }
        case "w6": Workload(name: name, warmUps: 0) { $0.agents(10_000) }
        case "w7": Workload(name: name, warmUps: 1) { try await $0.delegations(6) }
        case "w8": Workload(name: name, warmUps: 0) { try await $0.runs(10_000, atOnce: 10_000) }
        default: nil
        }
    }

    /// Does the units and returns their cost as `Scripts/bench` reads it.
    func measure(units: Int, at server: String, in journal: any Journal) async throws -> String {
        let bench = try Bench(server: server, journal: journal)
        for _ in 0..<warmUps { _ = try await unit(bench) }
        var calls = 0
        let before = Cost.now()
        for _ in 0..<units { calls += try await unit(bench) }
        let after = Cost.now()
        return JSONValue.object([
            "workload": .string(name),
            "repeat": .integer(Int64(units)),
            "cpu_us": .integer(Int64(after.processor - before.processor)),
            "wall_us": .integer(Int64(after.wall - before.wall)),
            "max_rss_kb": .integer(Int64(after.peak)),
            "growth_kb": .integer(Int64(after.peak - before.peak)),
            "calls": .integer(Int64(calls)),
        ]).jsonText
    }
}
