import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Crypto
import Evidence
import Foundation
import GRDB
import OpenAIChat
import Testing

@testable import CrewSQLite
@testable import CrewStore

/// Stores as released programs left them open, are sound, fold to the same state, and go on.
@Suite(.timeLimit(.minutes(2)))
struct GoldenStoreTests {
    private let directory: TemporaryFolder

    init() throws { directory = try TemporaryFolder() }

    @Test("It is sound and folds to the state that it had", arguments: GoldenStore.all)
    func state(golden: GoldenStore) async throws {
        let store = try golden.copy(in: directory)
        let verification = try await store.verify()
        #expect(verification.isSound, "\(verification)")
        var text = ""
        for run in try await store.runs() {
            let events = try await store.events(of: run.run)
            let library = try await store.library(of: events, own: try golden.prompts())
            let head = try #require(verification.runs.first { $0.run == run.run }).head
            let state = try #require(RunState(folding: events, library: library))
            text += Self.text(run, head) + Self.text(state)
        }
        for account in try await store.accounts() {
            text += "account \(account.account): limits \(Self.text(account.limits)), "
            text += "\(Self.text([account.settled, account.held, account.uncertain])), "
            text += "free \(Self.text(account.free)), held by \(account.holders.map(\.run))\n"
        }
        await store.close()
        #expect(text == (try golden.recorded("state.txt", text)))
        try Evidence.record(.neverGuessedAround, "a store of an earlier layout opens, is sound and folds to its state")
    }

    @Test("It asks the models what it asked, and what is next is what was next", arguments: GoldenStore.recent)
    func requests(golden: GoldenStore) async throws {
        let store = try golden.copy(in: directory)
        var text = ""
        for run in try await store.runs() {
            text += "run \(run.run) of \(run.crew)\n"
            let events = try await store.events(of: run.run)
            guard case .runCreated(let created)? = events.first?.fact else { throw Unreadable() }
            let library = try await store.library(of: events, own: try golden.prompts())
            var state = RunState(created, library: library)
            for event in events { text += Self.take(event, into: &state) }
            guard state.status != .finished else { continue }
            // What an executor does that takes the run up a second later.
            let now = state.clock + 1_000
            text += "  taken up\n"
            var next: Fact? = .runResumed(RunResumed(epoch: 9, limits: Limits(money: Money(dollars: "1"))))
            while let fact = next {
                text += Self.take(Event(sequence: state.sequence + 1, time: now, fact: fact), into: &state)
                next = state.status == .running ? state.decide(at: now) : nil
            }
            for tool in state.interruptedTools { text += Self.text(tool) }
        }
        await store.close()
        #expect(text == (try golden.recorded("next.txt", text)))
    }

    @Test("Everything that can be recorded is in them")
    func kinds() async throws {
        var kinds: Set<Fact.Kind> = []
        for golden in GoldenStore.recent {
            let directory = try TemporaryFolder()
            let store = try golden.copy(in: directory)
            for run in try await store.runs() { kinds.formUnion(try await store.events(of: run.run).map(\.fact.kind)) }
            await store.close()
        }
        #expect(Set(Fact.Kind.allCases).subtracting(kinds) == [.unknown])
    }

    @Test("What is read of an event is all that was written", arguments: GoldenStore.recent)
    func encoding(golden: GoldenStore) async throws {
        let store = try golden.copy(in: directory)
        let runs = try await store.runs().map(\.run)
        for run in runs {
            let events = try await store.events(of: run)
            let rows = try await store.reader.read { db in
                try Data.fetchAll(
                    db,
                    sql: "SELECT payload FROM events WHERE run = ? ORDER BY sequence",
                    arguments: [run]
                )
            }
            #expect(rows.count == events.count)
            for (row, event) in zip(rows, events) {
                let written = try Self.canonical(Data(EncodedEvent(event).payload))
                #expect(try written == Self.canonical(row), "\(run), event \(event.sequence)")
            }
        }
        await store.close()
    }

    @Test(
        "What was left undone is done",
        arguments: GoldenStore.all.filter {
            ["interrupted", "accounts", "absurd", "ended", "waiting", "kinds", "changed", "signals"].contains($0.name)
        }
    )
    func resuming(golden: GoldenStore) async throws {
        let store = try golden.copy(in: directory)
        for account in try await store.accounts() where account.limits.money != nil {
            try await store.limit(account.account, to: Limits(money: Money(dollars: "5")))
        }
        let runs = try await store.runs()
        let undone = runs.filter { $0.status != .finished }
        #expect(!undone.isEmpty)
        for run in undone {
            let before = try await store.events(of: run.run)
            let engine = try CrewEngine(models: Answering(), journal: store, web: NoWeb())
            var options = ResumeOptions(unknownTools: .retry, tools: GoldenTools.all)
            if run.status == .limited { options.limits = Limits(money: Money(dollars: "1"), calls: 99) }
            let result = try await engine.resume(run.run, options)
            #expect(result.status == .finished, "\(result)")
            #expect(Array(try await store.events(of: run.run).prefix(before.count)) == before)
        }
        // A further run stands beside those that were there.
        let crew = Crew(
            name: "further",
            goal: "Go on.",
            models: [ModelDefinition(model: "m", price: Price(input: 1, output: 2))],
            agents: [Agent("a", role: "one", goal: "Do it")],
            tasks: [
                CrewTask("it", summary: "Do it.", agent: "a")
            ]
        )
        _ = try await CrewEngine(models: Answering(), journal: store).run(crew)
        #expect(try await store.runs().count == runs.count + 1)
        let verification = try await store.verify()
        #expect(verification.isSound, "\(verification)")
        await store.close()
    }

    private static func canonical(_ json: Data) throws -> Data {
        try JSONSerialization.data(withJSONObject: JSONSerialization.jsonObject(with: json), options: .sortedKeys)
    }

    /// Takes an event in, and says what it asks for.
    private static func take(_ event: Event, into state: inout RunState) -> String {
        state.apply(event)
        return state.work(for: event.fact).map(text) ?? "  \(event.fact.kind.rawValue)\n"
    }

    private static func text(_ work: Work) -> String {
        switch work {
        case .callModel(let call):
            let body = requestBody(for: call.request, stream: true)
            let digest = SHA256.hash(data: body).reduce(into: "") { $0 += String(format: "%02x", $1) }
            return "  call \(call.call) of \(call.model), attempt \(call.attempt), hold \(call.hold.money)/"
                + "\(call.hold.tokens), \(body.count) bytes, \(digest)\n"
        case .callTool(let tool): return "  tool \(tool.id) \(tool.name) by \(tool.agent): \(tool.arguments)\n"
        }
    }

    private struct Unreadable: Error {}

    private static func text(_ run: RunSummary, _ head: String) -> String {
        """
        run \(run.run) of \(run.crew): \(run.status.rawValue), \(run.events) events, head \(head)
          goal: \(run.goal)
          folder: \(run.folder ?? "-"), started \(run.started), updated \(run.updated)
          cost \(run.cost), uncertain \(run.uncertain), held \(text([run.held])), calls \(run.calls), tokens \(run.tokens)

        """
    }

    private static func text(_ limits: Limits) -> String {
        "\(limits.money?.description ?? "-")/\(limits.tokens?.description ?? "-")/\(limits.calls?.description ?? "-")"
    }

    /// What is settled, held and uncertain.
    private static func text(_ amounts: [Amounts]) -> String {
        amounts.map { "\($0.money)/\($0.tokens)/\($0.calls)" }.joined(separator: " ")
    }

    private static func text(_ status: AssignmentState.Status) -> String {
        switch status {
        case .active: "active"
        case .accepted(let result): "accepted \(result)"
        case .failed(let code, let message): "failed \(code), \(message)"
        }
    }

    private static func text(_ state: RunState) -> String {
        let account = state.ledger.run
        var lines = [
            "state: \(state.status.rawValue), \(state.sequence) events, clock \(state.clock)",
            "end: \(state.end.map { "\($0.status.rawValue), \($0.code ?? "-"), \($0.results), \($0.answer ?? "-")" } ?? "-")",
            "account: limits \(text(account.limits)), "
                + text([account.settled, account.held, account.uncertain]),
            "usage: \(state.usage.input) in, \(state.usage.output) out, \(state.completedCalls) calls",
            "plan: \(state.coordinator.plans), \(state.coordinator.facts), \(state.coordinator.steps)",
            "missing: \(state.missingTasks)",
        ]
        lines += state.assignments.map {
            "\($0.assignment.id): \($0.assignment.agent), \($0.assignment.task ?? "-"), \($0.assignment.objective), "
                + "\($0.assignment.inputs): \(text($0.status))"
        }
        lines += state.results.map { "\($0.id): \($0.assignment), \($0.agent), \($0.task ?? "-"): \($0.text)" }
        return lines.map { "  \($0)\n" }.joined()
    }
}
