import ChatModel
import CrewCore
import CrewRuntime
import CrewStore
import Evidence
import Foundation
import GRDB
import Testing

/// Stores as released programs left them, in `Golden`: they open, are sound, fold to the same state, and go on.
///
/// The files never change. A layout that comes is a folder beside the others.
@Suite(.timeLimit(.minutes(2)))
struct GoldenStoreTests {
    static let stores = ["sequential", "concurrent", "coordinator", "interrupted", "accounts", "absurd"]

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static func golden(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/v2/\(name)")
    }

    /// A copy of a golden store, to be opened and written.
    private func store(_ name: String) throws -> RunStore {
        for file in ["crew.sqlite", "cache.sqlite"] {
            let source = Self.golden(name).appendingPathComponent(file).path
            guard FileManager.default.fileExists(atPath: source) else { continue }
            try FileManager.default.copyItem(atPath: source, toPath: directory.path + "/" + file)
        }
        return RunStore(directory: directory.path)
    }

    @Test("It is sound and folds to the state that it had", arguments: stores)
    func state(name: String) async throws {
        let store = try store(name)
        let verification = try await store.verify()
        #expect(verification.isSound, "\(verification)")
        var text = ""
        for run in try await store.runs() {
            let events = try await store.events(of: run.run)
            let head = try #require(verification.runs.first { $0.run == run.run }).head
            let state = try #require(RunState(folding: events, prompts: try PromptBook.builtIn()))
            text += Self.text(run, head) + Self.text(state)
        }
        for account in try await store.accounts() {
            text += "account \(account.account): limits \(Self.text(account.limits)), "
            text += "\(Self.text([account.settled, account.held, account.uncertain])), "
            text += "free \(Self.text(account.free)), held by \(account.holders.map(\.run))\n"
        }
        await store.close()
        let file = Self.golden(name).appendingPathComponent("state.txt")
        if ProcessInfo.processInfo.environment["CREW_RECORD_SNAPSHOTS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: file, encoding: .utf8)))
        try Evidence.record(.neverGuessedAround, "a store of an earlier layout opens, is sound and folds to its state")
    }

    @Test("What was left undone is done", arguments: ["interrupted", "accounts", "absurd"])
    func resuming(name: String) async throws {
        let store = try store(name)
        if name == "accounts" { try await store.limit(.crew("sequence"), to: Limits(money: Money(dollars: "1"))) }
        let runs = try await store.runs()
        let run = try #require(runs.first { $0.status != .finished })
        let before = try await store.events(of: run.run)
        let engine = try CrewEngine(models: Answering(), journal: store, web: NoWeb())
        let result = try await engine.resume(run.run)
        #expect(result.status == .finished, "\(result)")
        #expect(Array(try await store.events(of: run.run).prefix(before.count)) == before)
        // A further run stands beside those that were there.
        let crew = try await store.creation(of: run.run).crew
        _ = try await engine.run(crew)
        #expect(try await store.runs().count == runs.count + 1)
        let verification = try await store.verify()
        #expect(verification.isSound, "\(verification)")
        await store.close()
    }

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

/// Answers every request with the same prose.
private struct Answering: ModelProvider, ChatModel {
    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel { self }

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        ChatResponse(text: "It is done.", usage: TokenUsage(input: 100, output: 20))
    }
}

/// A web on which nothing can be reached.
private struct NoWeb: WebClient {
    func get(_ request: WebRequest) async throws(WebFailure) -> WebAnswer { throw WebFailure("nobody answers") }
}
