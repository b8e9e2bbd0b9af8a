import ChatModel
import CrewTesting
import Evidence
import Testing

@testable import CrewCore

/// The accounts above runs, under any interleaving of what runs do.
struct AccountPathTests {
    /// A run as the accounts see it.
    private struct Run {
        let crew: Int
        var holds = OpenHolds()
        var open: [(call: String, hold: Amounts)] = []
        var account = Ledger.Account(limits: Limits())
        var calls = 0
    }

    @Test func noInterleavingOfRunsBreaksALimit() throws {
        let seed = TestSeed.drawn("the interleaving of runs on accounts")
        var random = SeededGenerator(seed: seed)
        var (steps, refused, admitted) = (0, 0, 0)
        while steps < 150_000 {
            var accounts: [(name: SharedAccount, account: Ledger.Account)] = [
                (.crew("0"), Ledger.Account(limits: Self.limits(&random))),
                (.crew("1"), Ledger.Account(limits: Self.limits(&random))),
                (.project, Ledger.Account(limits: Self.limits(&random))),
            ]
            var runs = (0..<6).map { Run(crew: $0 % 2) }
            for _ in 0..<120 {
                steps += 1
                let index = random.number(0...5)
                var run = runs[index]
                var movement = Movement()
                // As many facts as one transaction may have.
                for _ in 0...random.number(0...2) { movement += run.holds.take(Self.fact(&run, &random)) }
                let path = [run.crew, 2]
                do throws(AccountShortage) {
                    let changed = try movement.applied(to: path.map { accounts[$0] })
                    for (place, account) in zip(path, changed) { accounts[place] = account }
                    run.account.settled += movement.settled
                    run.account.held += movement.taken - movement.released
                    run.account.uncertain += movement.uncertain
                    runs[index] = run
                    if movement.taken != .zero { admitted += 1 }
                } catch {
                    // Nothing was taken in: neither on the accounts nor of the run.
                    refused += 1
                    try #require(path.map { accounts[$0].name }.contains(error.account))
                    try #require(movement.taken != .zero, "seed \(seed): what is used is never refused")
                }
                try Self.check(accounts, runs, seed)
            }
            for index in runs.indices {
                let end = runs[index].holds.take(.runResumed(RunResumed(epoch: 2)))
                let changed = try end.applied(to: [runs[index].crew, 2].map { accounts[$0] })
                for (place, account) in zip([runs[index].crew, 2], changed) { accounts[place] = account }
            }
            try #require(accounts.allSatisfy { $0.account.held == .zero }, "seed \(seed): nothing stays held")
        }
        #expect(refused > 10_000 && admitted > 10_000)
        try Evidence.record(
            .neverOverspent,
            "random interleavings of runs on the accounts of their crews and of the project",
            cases: steps
        )
    }

    /// The sum of what events move is the run's own account, after each of them.
    @Test func whatEventsMoveIsWhatTheRunsAccountSays() throws {
        for seed in 0..<300 {
            var random = SeededGenerator(seed: seed)
            let tasks = (1...5).map { CrewTask("t\($0)", summary: "Part \($0)", agent: "scout") }
            var simulation = try DrivenRun(
                .team(.concurrent, tasks: tasks, price: Price(input: 3, output: 7)),
                limits: Limits(calls: 12)
            )
            for _ in 0..<25 where !simulation.pending.isEmpty {
                let index = random.number(0...(simulation.pending.count - 1))
                switch random.number(0...9) {
                case 0...4: simulation.finish(index, with: .said(random.chance(20) ? "" : "done"))
                case 5...6: simulation.fail(index, with: ChatError(.interrupted, "cut", wasSent: true))
                case 7: simulation.fail(index, with: ChatError(.serverFailed, "no", status: 500, wasSent: true))
                case 8:
                    // The late answer of a call that is given up moves nothing.
                    let late = simulation.call(index)
                    simulation.pending = []
                    simulation.take(.runResumed(RunResumed(epoch: 2)))
                    if let late { simulation.take(late.outcome(.said("late"))) }
                    simulation.settle()
                default:
                    if let call = simulation.call(index) {
                        simulation.finish(index, with: .said("done"))
                        simulation.take(call.outcome(.said("again")))
                    }
                }
            }
            var holds = OpenHolds()
            var account = Ledger.Account(limits: Limits())
            let created = simulation.state.definition
            var state = RunState(created, prompts: simulation.state.prompts)
            for event in simulation.events {
                let movement = holds.take(event.fact)
                account.settled += movement.settled
                account.held += movement.taken - movement.released
                account.uncertain += movement.uncertain
                state.apply(event)
                let run = state.ledger.run
                try #require(
                    account.settled == run.settled && account.held == run.held && account.uncertain == run.uncertain,
                    "seed \(seed), event \(event.sequence): \(account) is not \(run)"
                )
            }
        }
    }

    struct Unexpected: Error {}

    @Test func aLateOutcomeMovesOnlyWhatItsOwnAttemptHolds() throws {
        var simulation = try DrivenRun(.team(.sequential, price: Price(input: 1, output: 1)))
        guard case .callModel(let first)? = simulation.pending.first else { throw Unexpected() }
        simulation.fail(0, with: ChatError(.interrupted, "gone", wasSent: true))
        try #require(simulation.call(0)?.attempt == 2)
        var holds = OpenHolds(folding: simulation.events)
        #expect(holds.take(first.outcome(.said("late"))) == Movement())
        let second = try #require(simulation.call(0))
        #expect(holds.take(second.outcome(.said("text"))).released == second.hold)
    }

    @Test func callsThatFailHoldNothing() throws {
        var holds = OpenHolds()
        var path: [(name: SharedAccount, account: Ledger.Account)] = [
            (.project, Ledger.Account(limits: Limits(money: Money(picodollars: 400))))
        ]
        var random = SeededGenerator(seed: 1)
        for _ in 0..<10_000 {
            var run = Run(crew: 0)
            path = try holds.take(Self.fact(&run, &random)).applied(to: path)
            let failure = CallFailed(call: "c1", code: .serverFailed, message: "", uncertain: .zero)
            path = try holds.take(.callFailed(failure)).applied(to: path)
        }
        #expect(path[0].account.held == .zero && path[0].account.settled == Amounts(calls: 10_000))
        #expect(path[0].account.uncertain == .zero && holds == OpenHolds())
    }

    @Test func aCallWithoutAPriceIsRefusedByALimitOnMoneyAlone() throws {
        var movement = Movement()
        movement.taken = Amounts(tokens: 5, calls: 1)
        movement.unpriced = "local"
        let tokens = Ledger.Account(limits: Limits(tokens: 10))
        #expect(try movement.applied(to: [(.project, tokens)])[0].account.held == movement.taken)
        let money = Ledger.Account(limits: Limits(money: Money(dollars: "100")))
        let shortage = #expect(throws: AccountShortage.self) {
            try movement.applied(to: [(.crew("a"), tokens), (.project, money)])
        }
        #expect(shortage?.account == .project && shortage?.unpriced == "local" && shortage?.mayClear == false)
        #expect(shortage?.message.contains("local") == true)
    }

    @Test func theNameOfAnAccountIsReadExactly() {
        #expect(SharedAccount("project") == .project)
        #expect(SharedAccount("crew/a-b_1") == .crew("a-b_1"))
        for wrong in ["", "Project", "crew", "crew/", "crew/a/b", "crew/a b", "crew/$(id)", "run/x", " project"] {
            #expect(SharedAccount(wrong) == nil)
        }
    }

    @Test func sumsThatAreTooLargeStayAtTheLargest() {
        let most = Money(picodollars: .max)
        #expect(most + Money(picodollars: 1) == most)
        var account = Ledger.Account(limits: Limits(money: most))
        account.settled.money = most
        var movement = Movement()
        movement.taken = Amounts(money: Money(picodollars: 5), calls: 1)
        movement.settled = Amounts(money: Money(picodollars: .max / 4))
        #expect(throws: Never.self) { try movement.applied(to: [(.project, account)]) }
        var sum = Money.zero
        for _ in 0..<1_000_000 { sum += Money(picodollars: 9_223_372_036_854) }
        #expect(sum.picodollars == 9_223_372_036_854_000_000)
    }

    // MARK: - Random runs

    private static func fact(_ run: inout Run, _ random: inout SeededGenerator) -> Fact {
        let choice = random.number(0...99)
        if run.open.isEmpty || choice < 45 {
            let hold = Amounts(
                money: Money(picodollars: Int64(random.number(0...400))),
                tokens: random.number(0...400),
                calls: 1
            )
            run.calls += 1
            run.open.append(("c\(run.calls)", hold))
            return .callIntended(
                CallIntended(
                    call: "c\(run.calls)",
                    attempt: 1,
                    seat: .coordinator(of: nil),
                    model: "m",
                    hold: hold,
                    price: Price(input: 1, output: 1),
                    maximumOutput: 1,
                    dialect: .compatible
                )
            )
        }
        if choice < 50 {
            run.open = []
            return .runResumed(RunResumed(epoch: 2))
        }
        let (call, hold) = run.open.remove(at: random.number(0...(run.open.count - 1)))
        if choice < 65 {
            return .callFailed(
                CallFailed(
                    call: call,
                    code: .interrupted,
                    message: "",
                    uncertain: random.chance(50) ? Amounts(money: hold.money, tokens: hold.tokens) : .zero
                )
            )
        }
        return .callCompleted(
            CallCompleted(
                call: call,
                text: "",
                toolCalls: [],
                refusal: nil,
                finishReason: .stop,
                usage: TokenUsage(input: 0, output: random.number(0...hold.tokens)),
                isEstimated: false,
                cost: Money(picodollars: Int64(random.number(0...Int(hold.money.picodollars)))),
                isCached: random.chance(10)
            )
        )
    }

    private static func limits(_ random: inout SeededGenerator) -> Limits {
        Limits(
            money: random.chance(70) ? Money(picodollars: Int64(random.number(0...9_000))) : nil,
            tokens: random.chance(50) ? random.number(0...9_000) : nil,
            calls: random.chance(30) ? random.number(0...60) : nil
        )
    }

    private static func check(
        _ accounts: [(name: SharedAccount, account: Ledger.Account)],
        _ runs: [Run],
        _ seed: Int
    ) throws {
        for (place, (name, account)) in accounts.enumerated() {
            let used = account.committed
            let isWithin =
                used.money <= account.limits.money ?? used.money && used.tokens <= account.limits.tokens ?? used.tokens
                && used.calls <= account.limits.calls ?? used.calls
            try #require(isWithin, "seed \(seed): \(name) \(account)")
            let own = runs.filter { place == 2 || $0.crew == place }.map(\.account)
            let isSum =
                account.settled == own.reduce(.zero) { $0 + $1.settled }
                && account.held == own.reduce(.zero) { $0 + $1.held }
                && account.uncertain == own.reduce(.zero) { $0 + $1.uncertain }
            try #require(isSum, "seed \(seed): \(name) is not the sum of its runs")
        }
    }
}
