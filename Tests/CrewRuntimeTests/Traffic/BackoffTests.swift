import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Evidence
import Foundation
import Testing

/// A wait between two attempts is an event: it outlives the process that waited.
struct BackoffTests {
    /// When the run is taken up again, relative to the end of its wait, in milliseconds.
    @Test(
        "A run that is taken up again waits until the same time",
        arguments: [-59_999, -30_000, -1, 0, 1, 86_400_000]
    )
    func crash(late: Int64) async throws {
        let events = try await failedOnce()
        let retry = try #require(
            events.lazy.compactMap { if case .retryScheduled(let fact) = $0.fact { fact } else { nil } }.first
        )
        let position = try #require(events.firstIndex { $0.fact.kind == .retryScheduled })
        let failure = try #require(events.last { $0.fact.kind == .callFailed })
        #expect(retry.at - failure.time >= 60_000)
        // Cut off while it waits, and again while it waits after that.
        var prefix = Array(events[...position])
        let clock = TestClock(at: retry.at + late)
        if late < -1 {
            let journal = MemoryJournal(restoring: prefix)
            let stopped = Task {
                let engine = try CrewEngine(
                    models: ScriptedProvider(ScriptedModel(answers: ["too early"])),
                    journal: journal,
                    clock: RunClock(now: { retry.at + late }, sleep: { _ in await Self.untilCancelled() })
                )
                return try await engine.resume(Self.run(of: events))
            }
            while try await journal.events(of: Self.run(of: events)).count == prefix.count { await Task.yield() }
            stopped.cancel()
            #expect(try await stopped.value.status == .interrupted)
            prefix = try await journal.events(of: Self.run(of: events))
            #expect(!prefix[(position + 1)...].contains { $0.fact.kind == .callIntended })
        }
        let journal = MemoryJournal(restoring: prefix)
        let model = ScriptedModel(answers: ["work"])
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: clock.run)
        let result = try await engine.resume(Self.run(of: events))
        #expect(result.status == .finished && result.text == "work")
        #expect(model.requests.count == 1)
        let after = try await journal.events(of: result.run)
        let intent = try #require(after.last { $0.fact.kind == .callIntended })
        #expect(intent.time == max(retry.at, retry.at + late))
        #expect(clock.asked == (late < 0 ? [retry.at] : []))
        #expect(after.count { $0.fact.kind == .retryScheduled } == 1)
        try Evidence.record(.bounded, "a wait between attempts, cut off and taken up: it ends when it would have")
    }

    /// A run whose first attempt is told to come back in a minute.
    private func failedOnce() async throws -> [Event] {
        let model = ScriptedModel { _, number throws(ChatError) in
            if number == 1 { throw ChatError(.rateLimited, "busy", status: 429, retryAfter: 60_000, wasSent: true) }
            return .said("work")
        }
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: TestClock().run)
        let result = try await engine.run(.single())
        #expect(result.status == .finished)
        let events = try JSONEncoder().encode(try await journal.events(of: result.run))
        return try JSONDecoder().decode([Event].self, from: events)
    }

    private static func run(of events: [Event]) -> String {
        if case .runCreated(let created)? = events.first?.fact { created.run } else { "" }
    }

    private static func untilCancelled() async {
        while !Task.isCancelled { await Task.yield() }
    }

    @Test("Who waits for room in the budget sleeps, though the wait between attempts is over")
    func noSpin() async throws {
        // Room for two calls; the third task begins when the first fails, and the retry of the first finds no room.
        let clock = TestClock()
        let both = Rendezvous(2)
        let model = ScriptedModel { request, number throws(ChatError) in
            if number == 1 { throw ChatError(.serverFailed, "busy", status: 500, wasSent: true) }
            if number <= 3 {
                await both.arrive()
                // Long enough for a runner that does not sleep to be seen.
                for _ in 0..<20_000 { await Task.yield() }
            }
            return .said("part")
        }
        let tasks = (1...3).map { CrewTask("t\($0)", summary: "T", agent: "scout") }
        let crew = Crew.pair(.concurrent, price: Price(input: 1, output: 1), tasks: tasks)
        let journal = MemoryJournal()
        let probe = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["x"])), journal: journal)
        let tried = try await probe.run(crew)
        let hold = try #require(
            try await journal.events(of: tried.run).lazy.compactMap { event in
                if case .callIntended(let intent) = event.fact { intent.hold } else { nil }
            }.first
        )
        let engine = try CrewEngine(models: ScriptedProvider(model), clock: clock.run)
        let limits = Limits(money: Money(picodollars: hold.money.picodollars * 5 / 2))
        let result = try await engine.run(crew, limits: limits)
        #expect(result.results.count == 3, "\(result.message ?? "")")
        #expect(clock.asked.count < 10, "\(clock.asked.count) sleeps")
        try Evidence.record(.bounded, "a wait for room in a budget takes no turns", cases: 1)
    }
}
