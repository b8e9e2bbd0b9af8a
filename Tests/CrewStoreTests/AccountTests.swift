import ChatModel
import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTesting
import Evidence
import Foundation
import Testing

@testable import CrewCore

/// The accounts above the runs: reserved in the transaction that records the intent, whoever writes.
@Suite(.timeLimit(.minutes(4)))
struct AccountTests {
    private let directory: TemporaryFolder
    private let store: SQLiteStore

    init() throws {
        directory = try TemporaryFolder()
        store = SQLiteStore(directory: directory.path)
    }

    private static func intent(
        _ call: String,
        money: Int64,
        tokens: Int = 10,
        price: Price? = Price(input: 1, output: 1)
    ) -> Fact {
        .callIntended(
            CallIntended(
                call: call,
                attempt: 1,
                seat: .coordinator(of: nil),
                model: "default",
                hold: Amounts(money: Money(picodollars: money), tokens: tokens, calls: 1),
                price: price,
                maximumOutput: 10,
                dialect: .compatible
            )
        )
    }

    private static func answer(_ call: String, cost: Int64) -> Fact {
        var answer = Samples.completed
        answer.call = call
        answer.cost = Money(picodollars: cost)
        answer.usage = TokenUsage(input: 4, output: 5)
        return .callCompleted(answer)
    }

    private func create(_ run: String, crew: String = "tides") async throws -> Lease {
        try await store.create(run, Samples.events([Samples.created(run, crew: crew)]))
    }

    private func append(_ sequence: Int, _ facts: [Fact], _ lease: Lease) async throws {
        try await store.append(Samples.events(facts, from: sequence), lease)
    }

    private func account(_ name: SharedAccount) async throws -> AccountSummary {
        try #require(try await store.accounts().first { $0.account == name })
    }

    private func shortage(_ body: () async throws -> Void) async throws -> AccountShortage {
        let error = await #expect(throws: JournalError.self) { try await body() }
        #expect(error?.code == .overBudget)
        return try #require(error?.shortage)
    }

    @Test func aHoldIsTakenOnEveryAccountOfThePathAndSettledOnce() async throws {
        try await store.limit(.project, to: Limits(money: Money(picodollars: 1_000)))
        try await store.limit(.crew("tides"), to: Limits(calls: 9))
        let lease = try await create("r1")
        try await append(2, [Self.intent("c1", money: 600)], lease)
        for name in [SharedAccount.project, .crew("tides")] {
            let account = try await account(name)
            #expect(account.held == Amounts(money: Money(picodollars: 600), tokens: 10, calls: 1))
            #expect(account.settled == .zero && account.holders.map(\.run) == ["r1"])
        }
        // An outcome that comes twice is settled once.
        try await append(3, [Self.answer("c1", cost: 100), Self.answer("c1", cost: 100)], lease)
        for name in [SharedAccount.project, .crew("tides")] {
            let account = try await account(name)
            #expect(account.held == .zero && account.holders.isEmpty)
            #expect(account.settled == Amounts(money: Money(picodollars: 100), tokens: 9, calls: 1))
        }
        #expect(try await account(.project).free.money == Money(picodollars: 900))
        #expect(try await store.verify().isSound)
    }

    @Test("The account without room refuses, by name, and nothing is held anywhere")
    func refusal() async throws {
        try await store.limit(.project, to: Limits(money: Money(picodollars: 1_000)))
        try await store.limit(.crew("tides"), to: Limits(money: Money(picodollars: 5_000)))
        try await store.limit(.crew("rain"), to: Limits(money: Money(picodollars: 300)))
        let (tides, rain) = (try await create("r1"), try await create("r2", crew: "rain"))
        var found = try await shortage { try await append(2, [Self.intent("c1", money: 301)], rain) }
        #expect(found.account == .crew("rain") && found.kind == .money && !found.mayClear)
        #expect(found.free.money == Money(picodollars: 300) && found.needed.money == Money(picodollars: 301))
        #expect(found.message.contains("crew/rain"))
        #expect(try await account(.project).held == .zero)
        #expect(try await account(.crew("rain")).held == .zero)
        try await append(2, [Self.intent("c1", money: 900)], tides)
        // A crew's limit above the project's allows nothing that the project does not.
        found = try await shortage { try await append(3, [Self.intent("c2", money: 101)], tides) }
        #expect(found.account == .project && found.mayClear)
        #expect(try await account(.crew("tides")).held.calls == 1)
        #expect(try await store.events(of: "r1").count == 2, "the whole append is refused")
        // A settlement is never refused, and the room that it makes is there in the same append.
        try await append(3, [Self.answer("c1", cost: 950), Self.intent("c2", money: 50)], tides)
        #expect(try await account(.project).free.money == .zero)
        found = try await shortage { try await append(2, [Self.intent("c1", money: 60)], rain) }
        #expect(found.account == .project && !found.mayClear)
        found = try await shortage {
            _ = try await store.create("r3", Samples.events([Samples.created("r3"), Self.intent("c1", money: 1)]))
        }
        await expect(.unknownRun) { try await store.events(of: "r3") }
        _ = try await store.create("r3", Samples.events([Samples.created("r3")]))
        try Evidence.record(
            .neverOverspent,
            "a crew's limit and the project's: refused by the right one, nothing held elsewhere",
            cases: 4
        )
    }

    @Test("A model without a known price cannot be called under a limit in dollars")
    func unpriced() async throws {
        let lease = try await create("r1")
        try await append(2, [Self.intent("c1", money: 0, price: nil), Self.answer("c1", cost: 0)], lease)
        try await store.limit(.project, to: Limits(tokens: 1_000))
        try await append(4, [Self.intent("c2", money: 0, price: nil), Self.answer("c2", cost: 0)], lease)
        #expect(try await store.moneyAccount(ofCrew: "tides") == nil)
        try await store.limit(.crew("tides"), to: Limits(money: Money(dollars: "5")))
        let found = try await shortage { try await append(6, [Self.intent("c3", money: 0, price: nil)], lease) }
        #expect(found.account == .crew("tides") && found.kind == .money && !found.mayClear)
        #expect(found.unpriced == "default" && found.message.contains("price"), "\(found.message)")
        #expect(try await store.moneyAccount(ofCrew: "tides") == .crew("tides"))
        #expect(try await store.moneyAccount(ofCrew: "rain") == nil)
        // What it may hold is not asked for, but what has a price is.
        try await append(6, [Self.intent("c3", money: 1)], lease)
        #expect(try await store.verify().isSound)
    }

    @Test func aLimitThatIsSetLaterCountsWhatWasSpent() async throws {
        let (tides, rain) = (try await create("r1"), try await create("r2", crew: "rain"))
        try await append(2, [Self.intent("c1", money: 700), Self.answer("c1", cost: 400)], tides)
        try await append(2, [Self.intent("c1", money: 200)], rain)
        #expect(try await account(.project).limits == Limits())
        #expect(try await account(.project).held.calls == 1)
        try await store.limit(.project, to: Limits(money: Money(picodollars: 650)))
        #expect(try await account(.project).free.money == Money(picodollars: 50))
        _ = try await shortage { try await append(4, [Self.intent("c2", money: 51)], tides) }
        // What is not named stays.
        try await store.limit(.project, to: Limits(calls: 100))
        #expect(try await account(.project).limits == Limits(money: Money(picodollars: 650), calls: 100))
        try await store.removeLimits(of: .project)
        try await append(4, [Self.intent("c2", money: 5_000)], tides)
        #expect(try await account(.project).held.money == Money(picodollars: 5_200))
        try await store.limit(.project, to: Limits(tokens: 30))
        let found = try await shortage { try await append(5, [Self.intent("c3", money: 1, tokens: 2)], tides) }
        #expect(found.kind == .tokens && found.free.tokens == 1)
        #expect(try await store.verify().isSound)
    }

    @Test("What a killed run held stays held until it is resumed, then it is uncertain")
    func killed() async throws {
        try await store.limit(.project, to: Limits(money: Money(picodollars: 1_500)))
        let probe = try Probe(["begin", directory.path, "r1"])
        #expect(probe.line() == "begun")
        probe.kill(SIGKILL)
        probe.process.waitUntilExit()
        let held = try await account(.project)
        #expect(held.held.money == Money(picodollars: 1_000))
        #expect(held.holders.map(\.run) == ["r1"] && held.holders.map(\.status) == [.interrupted])
        let other = try await create("r2")
        let found = try await shortage { try await append(2, [Self.intent("c1", money: 501)], other) }
        #expect(found.mayClear)
        let (lease, events) = try await store.open("r1")
        try await append(events.count + 1, [.runResumed(RunResumed(epoch: lease.epoch))], lease)
        let after = try await account(.project)
        #expect(after.held == .zero && after.uncertain == Amounts(money: Money(picodollars: 1_000), tokens: 10))
        #expect(after.settled.calls == 1 && after.free.money == Money(picodollars: 500))
        // Its late answer, which nobody asked for any more, moves nothing.
        try await append(events.count + 2, [Self.answer("c1", cost: 1)], lease)
        #expect(try await account(.project).settled.money == .zero)
        #expect(try await store.verify().isSound)
        try Evidence.record(.neverOverspent, "a process killed while it held part of an account above the run")
    }

    @Test(
        "A process killed anywhere between its calls leaves accounts that are the sum of what is recorded",
        arguments: 0..<12
    )
    func killedAnywhere(round: Int) async throws {
        let limit = Money(picodollars: 60_000)
        try await store.limit(.project, to: Limits(money: limit))
        let probe = try Probe(["spend", directory.path, "varied-r", "1000"])
        let target = 3 + round * 9
        while probe.process.isRunning, try await (store.runs().first?.events ?? 0) < target {}
        probe.kill(SIGKILL)
        _ = probe.rest()
        let verification = try await store.verify()
        #expect(verification.isSound, "\(verification)")
        let (lease, events) = try await store.open("varied-r")
        let before = try await account(.project)
        #expect(before.held.calls <= 1)
        try await append(events.count + 1, [.runResumed(RunResumed(epoch: lease.epoch))], lease)
        let after = try await account(.project)
        #expect(after.held == .zero)
        #expect(after.settled.calls == events.count { $0.fact.kind == .callIntended })
        #expect(after.uncertain.money == before.uncertain.money + before.held.money)
        #expect(after.settled.money + after.uncertain.money <= limit)
        #expect(try await store.verify().isSound)
        try Evidence.record(.neverOverspent, "a process killed while it spent from an account above the run")
    }

    @Test func aProviderThatChargesMoreThanItsHoldIsSettledInFullAndNothingIsBegunAfterIt() async throws {
        try await store.limit(.project, to: Limits(money: Money(picodollars: 1_000)))
        let lease = try await create("r1")
        try await append(2, [Self.intent("c1", money: 900)], lease)
        try await append(3, [Self.answer("c1", cost: 1_200)], lease)
        #expect(try await account(.project).settled.money == Money(picodollars: 1_200))
        #expect(try await account(.project).free.money == .zero)
        let found = try await shortage { try await append(4, [Self.intent("c2", money: 0)], lease) }
        #expect(found.account == .project && !found.mayClear)
        let ended = RunEnded(status: .limited, code: nil, message: nil, answer: nil, results: [], missing: [])
        try await append(4, [.runEnded(ended)], lease)
    }

    @Test(
        "Of 64 runs that ask at the same moment, as many are let through as there is room for",
        arguments: [0, 1, 7, 40, 64]
    )
    func simultaneous(room: Int) async throws {
        try await store.limit(.project, to: Limits(money: Money(picodollars: Int64(room) * 1_000)))
        var leases: [Lease] = []
        for index in 0..<64 { leases.append(try await create("r\(index)")) }
        let admitted = await withTaskGroup(of: Bool.self) { group in
            for lease in leases {
                group.addTask {
                    do {
                        try await store.append(Samples.events([Self.intent("c1", money: 1_000)], from: 2), lease)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(admitted == room)
        #expect(try await account(.project).held.calls == room)
        try Evidence.record(.neverOverspent, "64 calls of one store at the same moment", cases: 64)
    }

    @Test("8 processes with 1,000 calls each never pass the limit", arguments: ["equal", "varied"])
    func processes(kind: String) async throws {
        let limit = Money(picodollars: kind == "equal" ? 3_000_000 : 2_000_000)
        try await store.limit(.project, to: Limits(money: limit))
        let probes = try (0..<8).map { try Probe(["spend", directory.path, "\(kind)-\($0)", "1000"]) }
        let outputs = Task.detached { probes.map { $0.rest() } }
        // Whoever looks in between sees it within its limit at every moment.
        var looks = 0
        while probes.contains(where: { $0.process.isRunning }) {
            let account = try await account(.project)
            let used = account.settled.money + account.held.money + account.uncertain.money
            try #require(used <= limit)
            looks += 1
        }
        let printed = await outputs.value
        let numbers = printed.map { $0.split(whereSeparator: \.isWhitespace).compactMap { Int($0) } }
        try #require(numbers.allSatisfy { $0.count == 2 && $0[0] + $0[1] == 1_000 }, "\(printed)")
        let admitted = numbers.map { $0[0] }.reduce(0, +)
        let end = try await account(.project)
        #expect(end.held == .zero && end.settled.calls == admitted)
        if kind == "equal" {
            #expect(admitted == 3_000)
            #expect(end.settled.money == limit)
        } else {
            #expect(end.settled.money + end.uncertain.money <= limit)
            #expect(end.free.money ?? limit < Money(picodollars: 1_500), "there is room for a call")
        }
        let verification = try await store.verify()
        #expect(verification.isSound, "\(verification.accounts)")
        try Evidence.record(.neverOverspent, "8 processes with 1,000 calls each on one store", cases: 8_000)
    }
}
