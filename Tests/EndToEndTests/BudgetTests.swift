import Foundation
import ScriptedServer
import Synchronization
import Testing

/// Many agents at once under a limit on money: never a pico-dollar above, whatever the order of the answers.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct BudgetTests {
    private static let tasks = 100
    /// Dollars per million tokens, chosen so that sums are no round numbers.
    private static let inputPrice = Decimal(string: "0.37") ?? 0
    private static let outputPrice = Decimal(string: "11.3") ?? 0

    private let work: Workspace

    init() throws {
        work = try Workspace()
        let tasks = (1...Self.tasks).map { "  t\($0): {description: Task number \($0)., agent: worker}\n" }.joined()
        try work.write(
            """
            crew: crowd
            goal: Do much at once.
            models:
              default: {model: m, max_output: 300, price: {input: \(Self.inputPrice), output: \(Self.outputPrice)}}
            agents:
              worker: {role: a worker, goal: Work}
            process: concurrent
            tasks:
            \(tasks)
            """,
            to: "crew.yaml"
        )
    }

    /// Holds answers back and lets them go in a random order.
    private final class Shuffle: Sendable {
        private struct State {
            var waiting: [Latch] = []
            var generator: Mixer
        }

        private let state: Mutex<State>

        init(seed: UInt64) { state = Mutex(State(generator: Mixer(state: seed))) }

        /// Blocks until it is this answer's turn.
        ///
        /// One is let go for each that comes, so that a few always wait.
        func wait() {
            let signal = Latch()
            let next = state.withLock { state in
                state.waiting.append(signal)
                guard state.waiting.count > 3 else { return nil as Latch? }
                return state.waiting.remove(at: Int.random(in: state.waiting.indices, using: &state.generator))
            }
            next?.fire()
            // When no more come, whoever still waits goes on.
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(20)) { signal.fire() }
            signal.waitBlocking()
        }
    }

    @Test("A limit on money", arguments: ["0.01", "0.05", "0.1", "0.2", "0.33333", "1"], [1, 2] as [UInt64])
    func limit(budget: String, seed: UInt64) async throws {
        let shuffle = Shuffle(seed: seed)
        let billed = Mutex<Decimal>(0)
        try await ChatServer.with { call, connection in
            shuffle.wait()
            // As many tokens as the request may cost at most, or fewer; what the bytes can be at most is read.
            let most = call.document["max_tokens"]?.integer ?? 0
            let output = call.number % 3 == 0 ? most : most / (1 + call.number % 7)
            let input = min(call.body.count, 200 + call.number % 50)
            let cost = Decimal(input) * Self.inputPrice / 1_000_000 + Decimal(output) * Self.outputPrice / 1_000_000
            billed.withLock { $0 += cost }
            connection.answer(call, ChatReply.text("done").using(input, output))
        } _: { server in
            let arguments = ["run", "crew.yaml", "--budget", budget, "--output", "json"]
            let outcome = try await work.start(arguments, server: server.url).outcome()
            let limit = try #require(Decimal(string: budget))
            let billed = billed.withLock { $0 }
            #expect(billed <= limit)
            let object = try outcome.object()
            #expect(object["cost_usd"]?.number == billed, "what the server billed is what was counted")
            #expect(object["uncertain_usd"]?.number == 0)
            let missing = object["missing"]?.items.count ?? 0
            #expect(missing == Self.tasks - (object["results"]?.items.count ?? 0))
            switch outcome.status {
            case 0:
                #expect(missing == 0)
                #expect(server.requests.count == Self.tasks)
                #expect(server.server.connectionCount > 3, "they work at the same time")
            case 4:
                #expect(missing > 0)
                #expect(object["error"]?["code"]?.text == "limit_money")
                #expect(server.requests.count < Self.tasks)
            default: Issue.record("exit code \(outcome.status): \(outcome.errors)")
            }
            if limit >= 1 { #expect(outcome.status == 0, "\(outcome.errors)") }
            if limit <= Decimal(string: "0.05") ?? 0 { #expect(outcome.status == 4) }
        }
    }
}

/// A small generator whose numbers follow from its seed.
private struct Mixer: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
