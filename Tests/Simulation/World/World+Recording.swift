import CrewCore
import Foundation

/// Deciding and recording, as `Runner` does it.
extension World {
    /// Hands an executor what happened; while it waits for an append it does not look.
    func report(_ report: Executor.Report, to executor: Executor) throws(Violation) {
        guard executor.isAlive else { return }
        guard executor.transaction == nil else {
            executor.inbox.append(report)
            return
        }
        switch report {
        case .outcome(let fact): try advance(executor, with: fact)
        case .wake(let time):
            executor.armed.remove(time)
            try advance(executor, with: nil)
        case .interruption: try interrupt(executor)
        }
    }

    /// Takes a fact and all that follows from it into the state, and begins to record it.
    func advance(_ executor: Executor, with fact: Fact?) throws(Violation) {
        let clock = clock
        var fact = fact
        let isAlone = sabotage == .decisionsApart && !executor.isStarting && fact != nil
        try record(executor) { state in
            if let given = fact.take() { return given }
            guard !isAlone else { return nil }
            return state.decide(at: clock)
        }
    }

    /// Records that the run was cancelled, and before it what was completed at the same moment.
    private func interrupt(_ executor: Executor) throws(Violation) {
        note("executor \(executor.number) is interrupted")
        var completed: [Fact] = []
        for id in executor.effects.keys.sorted() {
            guard let outcome = executor.effects[id]?.outcome, outcome.isCompletion, choices.chance(50) else {
                continue
            }
            completed.append(outcome)
        }
        var facts = completed[...]
        try record(executor) { state in facts.popFirst() ?? state.interruption() }
    }

    private func record(_ executor: Executor, _ next: (inout RunState) -> Fact?) throws(Violation) {
        var events: [Event] = []
        var work: [Work] = []
        while let fact = next(&executor.state) {
            let event = Event(sequence: executor.state.sequence + 1, time: clock, fact: fact)
            executor.state.apply(event)
            events.append(event)
            if let item = executor.state.work(for: fact) { work.append(item) }
            if executor.state.status != .running { break }
            guard events.count < 500 else {
                throw Violation(.endless, "500 decisions in a row, the last: \(fact.kind.rawValue)")
            }
        }
        guard !events.isEmpty else { return try settle(executor, work: [], decidedAt: clock) }
        executor.transaction = Executor.Transaction(events: events, work: work, clock: clock)
        if sabotage == .performedBeforeRecording { try start(work, executor) }
        if strikes(.slowAppend) {
            schedule(.append(executor), in: delay())
        } else {
            try append(executor)
        }
    }

    // MARK: - Appending

    func append(_ executor: Executor) throws(Violation) {
        guard executor.isAlive, let transaction = executor.transaction else { return }
        executor.transaction = nil
        let rows = try audit.encode(transaction.events)
        if strikes(.crashBeforeAppend) { return kill(executor, "before an append") }
        if strikes(.tornAppend) {
            journal.tear(Array(rows.prefix(choices.number(1...rows.count))))
            return kill(executor, "in an append")
        }
        if strikes(.failedAppend) { return stop(executor, "its append failed") }
        do throws(SimulatedJournal.Fenced) {
            try journal.append(rows, from: transaction.events[0].sequence, epoch: executor.epoch)
        } catch {
            return stop(executor, "it is fenced")
        }
        if executor.epoch == 0 { executor.epoch = 1 }
        for event in transaction.events { note("executor \(executor.number) records \(event.words)") }
        try audit.take(rows, of: executor, epoch: journal.epoch)
        if strikes(.unknownAppend) { return stop(executor, "its append seems to have failed") }
        if strikes(.crashAfterAppend) { return kill(executor, "after an append") }
        try settle(executor, work: transaction.work, decidedAt: transaction.clock)
    }

    /// What follows when everything decided is on record: the work, or the end of the executor.
    private func settle(_ executor: Executor, work: [Work], decidedAt decision: Int64) throws(Violation) {
        guard executor.state.status == .running else {
            return stop(executor, "the run is \(executor.state.status.rawValue)")
        }
        if sabotage != .performedBeforeRecording { try start(work, executor) }
        guard executor.isAlive else { return }
        arm(executor, at: decision)
        if executor.isStarting {
            executor.isStarting = false
            var again = executor.state.interruptedTools
            if sabotage == .everyToolRepeated { again = audit.tools.unfinished.compactMap(executor.state.work) }
            try start(again, executor)
            guard executor.isAlive else { return }
        }
        if strikes(.takeover) { schedule(.takeUp(isTakeover: true), in: delay()) }
        if strikes(.interruption) { schedule(.interruption(executor), in: delay()) }
        if strikes(.clockJump) {
            let step = Int64(choices.one(of: 90_000, 3_600_000, -3_600_000, 10_800_000, -10_800_000))
            schedule(.clockJump(step), in: delay())
        }
        if !executor.inbox.isEmpty { return try report(executor.inbox.removeFirst(), to: executor) }
        if executor === newest { try audit.checkWait(of: executor, clock: clock, setBack: setBack) }
    }

    /// Sees to it that the state is asked again when its time comes.
    private func arm(_ executor: Executor, at decision: Int64) {
        guard let time = executor.state.wakeTime(after: decision), !executor.armed.contains(where: { $0 <= time })
        else { return }
        executor.armed.insert(time)
        schedule(.wake(executor, time), in: min(86_400_000, max(0, time - clock)))
    }

    // MARK: - The end of an executor

    func kill(_ executor: Executor, _ when: String) {
        note("executor \(executor.number) is killed \(when)")
        executor.life = .dead
        if executor === newest { takeUpSoon() }
    }

    private func stop(_ executor: Executor, _ why: String) {
        note("executor \(executor.number) stops: \(why)")
        executor.life = .stopped
        if executor === newest { takeUpSoon() }
    }
}

extension Fact {
    /// Whether an effect did come to its end, other than by being given up.
    fileprivate var isCompletion: Bool {
        switch self {
        case .callCompleted, .toolCompleted: true
        default: false
        }
    }
}
