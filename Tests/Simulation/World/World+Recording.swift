import CrewCore
import Foundation

/// Performing an executor's steps, as `Runner` does it.
extension World {
    /// Tells an executor what happened, and does what it asks for.
    func tell(_ input: Executor.Input, to shell: Shell) throws(Violation) {
        guard shell.isAlive else { return }
        let step = shell.executor.take(input, at: clock)
        var work = step.start
        let isStarting = shell.isStarting
        if isStarting, case .recorded = input {
            shell.isStarting = false
            if sabotage == .everyToolRepeated { work += audit.tools.unfinished.compactMap(shell.state.work) }
        }
        if sabotage != .performedBeforeRecording || isStarting { try start(work, shell) }
        guard shell.isAlive else { return }
        if let time = step.wake { sleep(shell, until: time) }
        switch step.wait {
        case .begun(let reason): shell.told = reason
        case .over: shell.told = nil
        case nil: break
        }
        switch step.next {
        case .append(let events): try beginAppend(events, shell)
        case .read:
            let events = try audit.decode(journal.committed)
            try tell(.journal(events), to: shell)
        case .stop: stop(shell, "the run is \(shell.state.status.rawValue)")
        case .listen: try listen(shell, after: input)
        case .giveUp: try interrupt(shell)
        }
    }

    private func sleep(_ shell: Shell, until time: Int64) {
        guard sabotage != .wakesForgotten else { return }
        let delay = min(86_400_000, max(0, time - clock))
        shell.sleepers.append(now + delay)
        schedule(.wake(shell, time, due: now + delay), in: delay)
    }

    func wake(_ shell: Shell, _ time: Int64, due: Int64) throws(Violation) {
        if let index = shell.sleepers.firstIndex(of: due) { shell.sleepers.remove(at: index) }
        try tell(.wake(time), to: shell)
    }

    /// The executor has nothing to record any more and waits.
    private func listen(_ shell: Shell, after input: Executor.Input) throws(Violation) {
        guard shell.transaction == nil else { return }
        var isRefused = false
        if case .refused = input { isRefused = true }
        if isRefused, shell.waitsSince == nil { waits += 1 }
        shell.tookHoldsApart = shell.refusal != nil && !isRefused
        shell.waitsSince = isRefused ? shell.waitsSince ?? now : nil
        if !isRefused { shell.refusal = nil }
        guard shell === newest else { return }
        try audit.checkWait(of: shell, now: now, clock: clock, setBack: setBack, setForward: setForward)
        if shell.effects.isEmpty, shell.sleepers.isEmpty { try tell(.nothingUnderWay, to: shell) }
    }

    /// Gives up what is under way; what came of it at the same moment is still heard.
    func interrupt(_ shell: Shell) throws(Violation) {
        guard shell.isAlive else { return }
        note("executor \(shell.number) is interrupted")
        var outcomes: [Fact] = []
        for id in shell.effects.keys.sorted() {
            if let outcome = shell.effects[id]?.outcome, choices.chance(50) { outcomes.append(outcome) }
        }
        try tell(.interrupted(outcomes), to: shell)
    }

    // MARK: - Appending

    private func beginAppend(_ events: [Event], _ shell: Shell) throws(Violation) {
        shell.transaction = events
        if sabotage == .performedBeforeRecording, !shell.isStarting {
            try start(events.compactMap { shell.state.work(for: $0.fact) }, shell)
        }
        if strikes(.slowAppend) {
            schedule(.append(shell), in: delay())
        } else {
            try append(shell)
        }
    }

    func append(_ shell: Shell) throws(Violation) {
        guard shell.isAlive, let events = shell.transaction else { return }
        shell.transaction = nil
        let rows = try audit.encode(events)
        if strikes(.crashBeforeAppend) { return kill(shell, "before an append") }
        if strikes(.tornAppend) {
            journal.tear(Array(rows.prefix(choices.number(1...rows.count))))
            return kill(shell, "in an append")
        }
        if strikes(.failedAppend) { return stop(shell, "its append failed") }
        // What is appended apart is as if the rest came too late.
        let count = sabotage == .decisionsApart && !shell.isStarting ? 1 : events.count
        do throws(SimulatedJournal.Refusal) {
            try journal.append(
                Array(rows.prefix(count)),
                of: events.prefix(count).map(\.fact),
                from: events[0].sequence,
                epoch: shell.epoch
            )
        } catch {
            return try refuse(events, shell, error)
        }
        if shell.epoch == 0 { shell.epoch = 1 }
        for event in events {
            note("executor \(shell.number) records \(event.words)")
            if let index = shell.owed.firstIndex(of: event.fact) { shell.owed.remove(at: index) }
            if case .signalReceived(let signal) = event.fact { shell.heard.remove(signal.number) }
        }
        try audit.checkGivingUp(events.first?.fact, of: shell, now: now, setForward: setForward)
        try audit.take(Array(rows.prefix(count)), of: shell, epoch: journal.epoch)
        if events.contains(where: \.fact.isIntendedCall) { shell.waitsSince = nil }
        try audit.books.checkShared(journal.accounts)
        if strikes(.unknownAppend) { return stop(shell, "its append seems to have failed") }
        if strikes(.crashAfterAppend) { return kill(shell, "after an append") }
        if strikes(.takeover) { schedule(.takeUp(isTakeover: true), in: delay()) }
        if strikes(.interruption) { schedule(.interruption(shell), in: delay()) }
        if strikes(.clockJump) {
            let step = Int64(choices.one(of: 90_000, 3_600_000, -3_600_000, 10_800_000, -10_800_000))
            schedule(.clockJump(step), in: delay())
        }
        try tell(.recorded, to: shell)
    }

    private func refuse(
        _ events: [Event],
        _ shell: Shell,
        _ refusal: SimulatedJournal.Refusal
    ) throws(Violation) {
        switch refusal {
        case .fenced:
            guard shell !== newest else {
                throw Violation(.numbered, "the journal does not take \(events[0].words) from the newest executor")
            }
            stop(shell, "it is fenced")
        case .overBudget(let shortage):
            note("executor \(shell.number) is refused \(events[0].words) and on: \(shortage.wanted)")
            refusals += 1
            try audit.refused(events, of: shell, shortage, journal.accounts)
            shell.refusal = shortage
            if strikes(.crashAfterAppend) { return kill(shell, "after an append was refused") }
            try tell(.refused(shortage), to: shell)
        }
    }

    // MARK: - The end of an executor

    func kill(_ shell: Shell, _ when: String) {
        note("executor \(shell.number) is killed \(when)")
        shell.life = .dead
        if shell === newest { takeUpSoon() }
    }

    private func stop(_ shell: Shell, _ why: String) {
        note("executor \(shell.number) stops: \(why)")
        shell.life = .stopped
        if shell === newest { takeUpSoon() }
    }
}
