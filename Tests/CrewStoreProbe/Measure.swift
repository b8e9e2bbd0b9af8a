import CrewCore
import CrewRuntime
import CrewStore
import Foundation

/// Prints what a durable append costs alone and in company.
func measure(_ store: RunStore) async throws {
    let clock = ContinuousClock()
    let opening = clock.now
    let lease = try await store.create("alone", [try Sample.created("alone")])
    print("open and create: \(clock.now - opening)")
    try await report("one run", appends: 2_000) {
        for sequence in 2..<2_002 { try await store.append([Sample.event(sequence)], lease) }
    }
    var leases: [Lease] = []
    for index in 0..<100 { leases.append(try await store.create("r\(index)", [try Sample.created("r\(index)")])) }
    try await report("100 runs", appends: 20_000) {
        try await withThrowingTaskGroup { group in
            for lease in leases {
                group.addTask {
                    for sequence in 2..<202 { try await store.append([Sample.event(sequence)], lease) }
                }
            }
            try await group.waitForAll()
        }
    }
    let reading = clock.now
    let events = try await store.events(of: "alone")
    print("read \(events.count) events: \(clock.now - reading)")
    let encoding = cpu()
    for sequence in 1...10_000 { _ = try JSONEncoder().encode(Sample.event(sequence)) }
    print("of which JSONEncoder: \((cpu() - encoding) / 10_000) us an event")
}

private func report(_ name: String, appends: Int, _ body: () async throws -> Void) async throws {
    let clock = ContinuousClock()
    let start = (clock.now, cpu())
    try await body()
    let wall = clock.now - start.0
    let seconds = Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18
    print(
        "\(name): wall \(seconds / Double(appends) * 1e6) us, cpu \((cpu() - start.1) / Double(appends)) us an append"
    )
}

/// Microseconds of processor time that the process has used.
private func cpu() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}
