import CrewCore

/// Simulated runs: the real core, in a world of which everything follows from a seed.
package struct Simulation: Sendable {
    private let prompts: RunPrompts
    private let sabotage: Sabotage?
    private let mostAttempts: Int

    /// Prepares simulations.
    ///
    /// - Parameters:
    ///   - sabotage: A safeguard to leave out, to see that the checks notice.
    ///   - mostAttempts: How many worlds are tried to shrink a failing one.
    package init(without sabotage: Sabotage? = nil, mostAttempts: Int = 1_500) throws {
        prompts = try RunPrompts()
        self.mostAttempts = mostAttempts
        self.sabotage = sabotage
    }

    /// Runs the world of a seed.
    ///
    /// - Throws: ``Failure`` when a promise was broken, shrunk and with a trace.
    package func run(seed: UInt64) throws(Failure) -> Tally {
        let world = world(Choices(seed: seed))
        do throws(Violation) { try world.run() } catch {
            throw failure(error, seed, world.choices.made)
        }
        return Tally(world)
    }

    /// The journal that the world of a seed leaves, one encoded event a line.
    package func journal(seed: UInt64) -> [[UInt8]] {
        let world = world(Choices(seed: seed))
        try? world.run()
        return world.journal.committed.map(Array.init)
    }

    private func world(_ choices: Choices, isTraced: Bool = false) -> World {
        World(choices, prompts: prompts, sabotage: sabotage, isTraced: isTraced)
    }

    private func failure(_ violation: Violation, _ seed: UInt64, _ choices: [Int]) -> Failure {
        var shrinker = Shrinker(choices, mostAttempts: mostAttempts) { candidate in
            self.violation(Choices(replaying: candidate))?.rule == violation.rule
        }
        shrinker.shrink()
        let world = world(Choices(replaying: shrinker.best), isTraced: true)
        var shrunk = violation
        do throws(Violation) { try world.run() } catch { shrunk = error }
        return Failure(seed: seed, choices: choices, shrunk: shrinker.best, violation: shrunk, trace: world.trace)
    }

    private func violation(_ choices: Choices) -> Violation? {
        do throws(Violation) {
            try world(choices).run()
            return nil
        } catch { return error }
    }
}

/// A seed in whose world a promise was broken.
package struct Failure: Error, CustomStringConvertible {
    /// The seed.
    package let seed: UInt64
    /// The choices of its world up to the breach.
    package let choices: [Int]
    /// The tamest choices found that break the same promise.
    package let shrunk: [Int]
    /// What was broken, in the shrunk world.
    package let violation: Violation
    /// What happened there.
    package let trace: [String]

    /// Everything that is needed to see it again.
    package var description: String {
        let wild = choices.count { $0 != 0 }
        return """
            seed \(seed): \(violation)
            replay it with: make simulate SEED=\(seed)
            shrunk from \(choices.count) choices (\(wild) of them not the tamest) \
            to \(shrunk.count) (\(shrunk.count { $0 != 0 })); the last of what happened then:
            \(trace.suffix(40).map { "  " + $0 }.joined(separator: "\n"))
            """
    }
}

/// What worlds have shown.
package struct Tally: Sendable {
    package private(set) var worlds = 0
    package private(set) var steps = 0
    package private(set) var events = 0
    package private(set) var transactions = 0
    package private(set) var decisions = 0
    package private(set) var balances = 0
    package private(set) var calls = 0
    package private(set) var requests = 0
    package private(set) var toolCalls = 0
    package private(set) var pauses = 0
    /// Requests after a run had gone on with other prompts.
    package private(set) var promptChanges = 0
    package private(set) var executors = 0
    package private(set) var instructions = 0
    /// How many member crews were given work, and how many of those by a member crew.
    package private(set) var crewsWithin = 0
    package private(set) var crewsDeeper = 0
    /// How often an account above the run refused a hold.
    package private(set) var refusals = 0
    /// How often a run began to wait for room there.
    package private(set) var waits = 0
    /// How many signals were taken in, and how often a run was cancelled or paused by one, or had its limits changed.
    package private(set) var signals = 0
    package private(set) var obeyed: [String: Int] = [:]
    /// How often each fault happened, by `Fault.rawValue`.
    package private(set) var faults = [Int](repeating: 0, count: Fault.allCases.count)
    /// How many runs came to each end.
    package private(set) var ends: [String: Int] = [:]

    package init() {}

    init(_ world: World) {
        worlds = 1
        steps = world.steps
        events = world.audit.events
        transactions = world.audit.transactions
        decisions = world.audit.decisions
        balances = world.audit.books.checks
        calls = world.audit.calls.made
        requests = world.audit.calls.compared
        toolCalls = world.audit.tools.performed
        pauses = world.audit.pauses
        promptChanges = world.audit.prompts.compared
        executors = world.executors
        refusals = world.refusals
        waits = world.waits
        let scopes = world.audit.state?.scopes ?? []
        instructions = scopes.reduce(0) { $0 + $1.coordinator.issued.count }
        crewsWithin = scopes.count { $0.assignment != nil }
        let assignments = world.audit.state?.assignments ?? []
        crewsDeeper = scopes.count { scope in
            assignments.contains { $0.assignment.id == scope.assignment && $0.assignment.scope != nil }
        }
        signals = world.audit.signals.taken
        obeyed = world.audit.signals.effects
        faults = world.faults.happened
        if let state = world.audit.state {
            ends[[state.status.rawValue, state.end?.code].compactMap(\.self).joined(separator: " ")] = 1
        }
    }

    /// Adds up.
    package static func += (left: inout Tally, right: Tally) {
        left.worlds += right.worlds
        left.steps += right.steps
        left.events += right.events
        left.transactions += right.transactions
        left.decisions += right.decisions
        left.balances += right.balances
        left.calls += right.calls
        left.requests += right.requests
        left.toolCalls += right.toolCalls
        left.pauses += right.pauses
        left.promptChanges += right.promptChanges
        left.executors += right.executors
        left.instructions += right.instructions
        left.crewsWithin += right.crewsWithin
        left.crewsDeeper += right.crewsDeeper
        left.refusals += right.refusals
        left.waits += right.waits
        left.signals += right.signals
        left.obeyed.merge(right.obeyed, uniquingKeysWith: +)
        for index in left.faults.indices { left.faults[index] += right.faults[index] }
        left.ends.merge(right.ends, uniquingKeysWith: +)
    }

    /// How often faults of these kinds happened.
    package func count(_ kinds: Fault...) -> Int { kinds.reduce(0) { $0 + faults[$1.rawValue] } }
}

extension Tally: CustomStringConvertible {
    /// The numbers, a line each.
    package var description: String {
        let faults = Fault.allCases.map { "\($0) \(count($0))" }.joined(separator: ", ")
        let ends = ends.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }
        return """
            \(worlds) worlds, \(steps) steps, \(executors) executors
            \(transactions) transactions with \(events) events, \(balances) balances checked, \
            \(decisions) decisions made again
            \(calls) model calls, \(requests) requests compared, \(toolCalls) tool calls \
            (\(pauses) times a person was asked), \(instructions) instructions
            \(crewsWithin) member crews at work, \(crewsDeeper) of them for a member crew
            \(refusals) holds refused above the run, \(waits) waits for room there
            \(signals) signals taken in: \(obeyed.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))
            faults: \(faults)
            ends: \(ends.joined(separator: ", "))
            """
    }
}
