import ChatModel
import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTesting
import CrewTools
import Evidence
import Foundation
import Synchronization
import Testing

@testable import CrewCore

/// Whole runs on accounts that they share.
@Suite(.timeLimit(.minutes(2)))
struct AccountRunTests {
    private let directory: TemporaryFolder
    private let store: SQLiteStore

    init() throws {
        directory = try TemporaryFolder()
        store = SQLiteStore(directory: directory.path)
    }

    /// Answers every call with the same usage, after what a test does first.
    private struct Answering: ChatModel, ModelProvider {
        var before: @Sendable (_ request: ChatRequest) async -> Void = { _ in }

        func respond(
            to request: ChatRequest,
            onText: (@Sendable (String) -> Void)?
        ) async throws(ChatError) -> ChatResponse {
            await before(request)
            return ChatResponse(text: "done", usage: TokenUsage(input: 100, output: 20))
        }

        func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel { self }
    }

    private static func crew(_ name: String, tasks: Int, concurrent: Bool = false) -> Crew {
        Crew(
            name: name,
            goal: "Explain tides",
            models: [ModelDefinition(model: "m", maximumOutput: 300, price: Price(input: 3, output: 11))],
            agents: [Agent("scout", role: "Scout", goal: "Find facts")],
            tasks: (1...tasks).map { CrewTask("t\($0)", summary: "Part \($0)", agent: "scout") },
            process: concurrent ? .concurrent : .sequential
        )
    }

    /// What a first call holds.
    private func firstHold() async throws -> Amounts {
        let store = SQLiteStore(directory: directory.path + "/first")
        let result = try await CrewEngine(models: Answering(), journal: store).run(Self.crew("a", tasks: 1))
        let intents = try await store.events(of: result.run).compactMap { event in
            if case .callIntended(let intent) = event.fact { intent.hold } else { nil }
        }
        return try #require(intents.first)
    }

    private func account(_ name: SharedAccount = .project) async throws -> AccountSummary {
        try #require(try await store.accounts().first { $0.account == name })
    }

    @Test func aRunEndsAtTheLimitOfTheProjectAndGoesOnOnceThereIsMore() async throws {
        try await store.limit(.project, to: Limits(calls: 5))
        let asked = Mutex(0)
        let engine = try CrewEngine(
            models: Answering { _ in asked.withLock { $0 += 1 } },
            journal: store,
            clock: TestClock().run
        )
        let first = try await engine.run(Self.crew("a", tasks: 3))
        #expect(first.status == .finished)
        let limited = try await engine.run(Self.crew("b", tasks: 4))
        #expect(limited.status == .limited && limited.code == "limit_account")
        #expect(limited.message == "the account project has reached its limit: all 5 calls made")
        #expect(limited.results.count == 2 && limited.missing == ["t3", "t4"] && !limited.text.isEmpty)
        let facts = try await store.events(of: limited.run).map(\.fact)
        let reached = facts.compactMap { if case .limitReached(let fact) = $0 { fact.account } else { nil } }
        #expect(reached == ["project"])
        let same = try await engine.resume(limited.run)
        #expect(same.status == .limited && asked.withLock { $0 } == 5)
        try await store.limit(.project, to: Limits(calls: 7))
        let finished = try await engine.resume(limited.run)
        #expect(finished.status == .finished && finished.results.count == 4)
        #expect(asked.withLock { $0 } == 7, "no call is made again")
        // A run of which not even the first call fits exists all the same, and says why.
        let none = try await engine.run(Self.crew("c", tasks: 1))
        #expect(none.status == .limited && none.results.isEmpty && none.calls == 0)
        #expect(try await store.verify().isSound)
    }

    @Test("Runs that ask for more at once than there is stay within it, and use it up", arguments: 1...6)
    func crowd(seed: Int) async throws {
        let hold = try await firstHold().money.picodollars
        let limit = Money(picodollars: hold * 3 + Int64(seed) * 1_237)
        try await store.limit(.project, to: Limits(money: limit))
        try await store.limit(.crew("a"), to: Limits(money: Money(picodollars: hold * 2)))
        let model = Answering { request in
            for _ in 0..<(request.conversation.messages.count * seed % 13) { await Task.yield() }
        }
        let store = store
        let results = try await withThrowingTaskGroup(of: RunResult.self) { group in
            for index in 0..<12 {
                group.addTask {
                    let engine = try CrewEngine(models: model, journal: store, clock: TestClock().run)
                    return try await engine.run(Self.crew(index % 2 == 0 ? "a" : "b", tasks: 8, concurrent: true))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let (project, crew) = (try await account(), try await account(.crew("a")))
        #expect(project.held == .zero && crew.held == .zero)
        #expect(project.settled.money <= limit)
        #expect(crew.settled.money <= Money(picodollars: hold * 2))
        #expect(project.settled.money == results.reduce(.zero) { $0 + $1.cost })
        for result in results {
            #expect(result.status == .finished || result.code == "limit_account", "\(result.message ?? "")")
            #expect(result.results.count + result.missing.count == 8)
            #expect(result.results.count == result.calls, "every call that was made gave its result")
        }
        #expect(results.contains { $0.status == .limited })
        #expect(try await store.verify().isSound)
        try Evidence.record(.neverOverspent, "runs that share a crew's and the project's account", cases: results.count)
    }

    @Test func aRunWaitsForRoomThatACallOfAnotherMakes() async throws {
        let hold = try await firstHold()
        // Room for one call that is under way, and for both once it is known what the first one cost.
        try await store.limit(.project, to: Limits(money: Money(picodollars: hold.money.picodollars + 1_000)))
        let (isAsked, asked) = AsyncStream.makeStream(of: Void.self)
        let (isWaiting, waiting) = AsyncStream.makeStream(of: Void.self)
        let store = store
        let first = Task {
            let model = Answering { _ in
                asked.yield()
                for await _ in isWaiting { break }
            }
            return try await CrewEngine(models: model, journal: store).run(Self.crew("a", tasks: 1))
        }
        for await _ in isAsked { break }
        // Whoever waits lets the other one's answer come, and asks again when that has ended.
        let clock = RunClock(
            now: { 1_000_000 },
            sleep: { _ in
                waiting.yield()
                _ = await first.result
            }
        )
        let second = try await CrewEngine(models: Answering(), journal: store, clock: clock).run(
            Self.crew("b", tasks: 1)
        )
        #expect(try await first.value.status == .finished)
        #expect(second.status == .finished)
        #expect(try await account().settled.calls == 2)
        let reached = try await store.events(of: second.run).filter { $0.fact.kind == .limitReached }
        #expect(reached.isEmpty)
    }

    @Test func theWaitForRoomIsBounded() async throws {
        let hold = try await firstHold()
        try await store.limit(.project, to: Limits(money: hold.money))
        // What a dead run holds is never given back.
        let lease = try await store.create(
            "dead",
            Samples.events([
                Samples.created("dead"),
                .callIntended(
                    CallIntended(
                        call: "c1",
                        attempt: 1,
                        seat: .coordinator(of: nil),
                        model: "default",
                        hold: Amounts(money: Money(picodollars: 1), calls: 1),
                        price: Price(input: 1, output: 1),
                        maximumOutput: 1,
                        dialect: .compatible
                    )
                ),
            ])
        )
        await store.release(lease)
        let clock = TestClock()
        let result = try await CrewEngine(models: Answering(), journal: store, clock: clock.run).run(
            Self.crew("a", tasks: 2)
        )
        #expect(result.status == .limited && result.code == "limit_account" && result.calls == 0)
        #expect(clock.now == 1_060_000, "it was waited for a minute")
        #expect(clock.asked.count < 80, "and asked less and less often")
        #expect(try await account().held.money == Money(picodollars: 1))
        try Evidence.record(.bounded, "a run that waits for room on an account above it", cases: 1)
    }
}
