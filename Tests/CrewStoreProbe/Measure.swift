import ChatModel
import CrewCore
import CrewRuntime
import CrewSQLite
import CrewStore
import Foundation
import ModelTraffic

/// Prints what a durable append costs alone and in company.
func measure(_ store: SQLiteStore) async throws {
    let clock = ContinuousClock()
    let opening = clock.now
    let lease = try await store.create("alone", [try Sample.created("alone")])
    print("open and create: \(clock.now - opening)")
    try await report("one run", times: 2_000) {
        for sequence in 2..<2_002 { try await store.append([Sample.event(sequence)], lease) }
    }
    var leases: [Lease] = []
    for index in 0..<100 { leases.append(try await store.create("r\(index)", [try Sample.created("r\(index)")])) }
    try await report("100 runs", times: 20_000) {
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
    await store.close()
    for _ in 0..<3 {
        let again = SQLiteStore(directory: store.directory)
        let start = (clock.now, cpu())
        let opened = try await again.open("r1")
        print(
            "open a store and a run of \(opened.events.count) events: \(clock.now - start.0), cpu \(cpu() - start.1) us"
        )
        let creating = (clock.now, cpu())
        let name = "new-\(opened.lease.epoch)"
        _ = try await again.create(name, [try Sample.created(name)])
        print("create a run: \(clock.now - creating.0), cpu \(cpu() - creating.1) us")
        await again.close()
    }
    let encoding = cpu()
    for sequence in 1...10_000 { _ = try JSONEncoder().encode(Sample.event(sequence)) }
    print("of which JSONEncoder: \((cpu() - encoding) / 10_000) us an event")
}

/// Prints what the way through limiter and breaker costs when nothing is limited.
func measureTraffic() async throws {
    struct Constant: ChatModel {
        func respond(
            to request: ChatRequest,
            onText: (@Sendable (String) -> Void)?
        ) async throws(ChatError) -> ChatResponse { ChatResponse(text: "") }
    }
    let request = ChatRequest(model: "m", conversation: Conversation([.user("?")]), maximumOutput: 1)
    let bare: any ChatModel = Constant()
    let control = TrafficControl()
    let wrapped = control.model(wrapping: bare, endpoint: "e", keyIdentity: "k", model: "m")
    let limits = RateLimits(requestsPerMinute: 1_000_000_000, tokensPerMinute: 1_000_000_000)
    let limited = control.model(wrapping: bare, endpoint: "f", keyIdentity: "k", model: "m", limits: limits)
    for (name, model) in [("bare call", bare), ("through limiter and breaker", wrapped), ("with limits", limited)] {
        try await report(name, times: 1_000_000) {
            for _ in 0..<1_000_000 { _ = try await model.respond(to: request, onText: nil) }
        }
    }
}

private func report(_ name: String, times: Int, _ body: () async throws -> Void) async throws {
    let clock = ContinuousClock()
    let start = (clock.now, cpu())
    try await body()
    let wall = clock.now - start.0
    let seconds = Double(wall.components.seconds) + Double(wall.components.attoseconds) / 1e18
    print(
        "\(name): wall \(seconds / Double(times) * 1e6) us, cpu \((cpu() - start.1) / Double(times)) us an append"
    )
}

/// Microseconds of processor time that the process has used.
private func cpu() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
}
