import ChatModel
import CrewCore
import Foundation

/// A world in which one run is executed: time, processes, an endpoint, tools, a journal and a person, all in one thread
/// and all following from the choices.
final class World {
    /// What is going to happen.
    enum Happening {
        case append(Shell)
        case toolPerformed(Shell, Int)
        case delivery(Shell, Int)
        /// A sleeper of a shell wakes: the executor had asked for that time, and in the world's time it is this one.
        case wake(Shell, Int64, due: Int64)
        case interruption(Shell)
        /// Somebody takes the run up; while its executor is alive only when that is believed dead.
        case takeUp(isTakeover: Bool)
        case clockJump(Int64)
        /// Another run of the store, by its number, takes room on the accounts above the run or gives some back.
        case spending(Int)
        /// A person gives those accounts more room.
        case raise
        /// Somebody says something to the run.
        case signal
        /// The run's executor looks at what was said to it.
        case hearing
    }

    private static let beginning: Int64 = 1_000_000_000
    /// A run whose faults have ended has to end before this, in milliseconds.
    static let longestRun: Int64 = 72 * 3_600_000
    /// And within so many happenings.
    static let mostSteps = 4_000

    var choices: Choices
    var faults: Faults
    var provider: Provider
    let scenario: Scenario
    let sabotage: Sabotage?
    var journal: SimulatedJournal
    var audit: Audit
    /// Whoever took the run up last.
    var newest: Shell?
    /// The other runs that share accounts with this one.
    var spenders: [Spender] = []
    /// How often a hold was refused, and how often an executor began to wait for room.
    var refusals = 0
    var waits = 0
    var executors = 0
    var effects = 0
    /// Whether somebody is about to take the run up.
    var isTakeUpDue = false
    var secondChances: Int
    var patience = 2
    /// The longest an answer takes, as an index into `delays`.
    private let slowness: Int

    private(set) var now = beginning
    private(set) var steps = 0
    /// How far the executors' clock is off, and how far it was ever set back and forward.
    private(set) var skew: Int64 = 0
    private(set) var setBack: Int64 = 0
    private(set) var setForward: Int64 = 0
    private var queue: [(time: Int64, order: Int, happening: Happening)] = []
    private var scheduled = 0
    /// What happened, in words, when somebody wants to read it.
    private(set) var trace: [String] = []
    private let isTraced: Bool

    init(
        _ choices: Choices,
        prompts: RunPrompts,
        sabotage: Sabotage?,
        isTraced: Bool
    ) {
        var choices = choices
        faults = Faults(&choices)
        provider = Provider(&choices)
        scenario = Scenario(&choices, prompts: prompts)
        slowness = choices.number(1...5)
        secondChances = choices.below(3)
        let crew = scenario.created.crew
        let accounts = SharedAccounts(&choices, crew, sabotage: sabotage)
        journal = SimulatedJournal(accounts: accounts, crew: crew.name, sabotage: sabotage)
        self.choices = choices
        self.sabotage = sabotage
        self.isTraced = isTraced
        audit = Audit(prompts: prompts)
    }

    /// Lets everything happen until nothing is left to happen.
    func run() throws(Violation) {
        beginSpending()
        beginSignalling()
        takeUpSoon()
        while let next = popNext() {
            now = max(now, next.time)
            steps += 1
            guard steps < Self.mostSteps, now < Self.beginning + Self.longestRun else {
                throw Violation(
                    .endless,
                    "after \(steps) steps and \((now - Self.beginning) / 3_600_000) h the run goes on"
                )
            }
            try perform(next.happening)
        }
        try audit.finish(scenario, journal.committed)
        if let status = audit.state?.status { try audit.signals.finish(journal.signals, status) }
    }

    private func perform(_ happening: Happening) throws(Violation) {
        switch happening {
        case .append(let shell): try append(shell)
        case .toolPerformed(let shell, let id): try performTool(shell, id)
        case .delivery(let shell, let id): try deliver(shell, id)
        case .wake(let shell, let time, let due): try wake(shell, time, due: due)
        case .interruption(let shell): try interrupt(shell)
        case .takeUp(let isTakeover): try takeUp(isTakeover: isTakeover)
        case .clockJump(let step):
            note("the clock jumps by \(step / 60_000) min")
            skew += step
            setBack += max(0, -step)
            setForward += max(0, step)
        case .spending(let index): try spend(index)
        case .raise: raiseLimits()
        case .signal: try say()
        case .hearing: try hear()
        }
    }

    // MARK: - Time

    /// What the executors' clock shows.
    var clock: Int64 { now + skew }

    /// How long something takes, in milliseconds.
    func delay() -> Int64 {
        let delays: [Int64] = [5, 40, 300, 4_000, 25_000]
        return delays[choices.below(slowness)]
    }

    func schedule(_ happening: Happening, in delay: Int64) {
        queue.append((now + delay, scheduled, happening))
        scheduled += 1
    }

    private func popNext() -> (time: Int64, order: Int, happening: Happening)? {
        guard
            let index = queue.indices.min(by: { (queue[$0].time, queue[$0].order) < (queue[$1].time, queue[$1].order) })
        else { return nil }
        return queue.remove(at: index)
    }

    func strikes(_ fault: Fault) -> Bool { faults.strike(fault, &choices) }

    func note(_ words: @autoclosure () -> String) {
        guard isTraced else { return }
        trace.append("\(now - Self.beginning) ms: \(words())")
    }
}
