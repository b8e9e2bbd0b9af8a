import ChatModel
import CrewCore

/// Whoever starts the run, and takes it up again after each of its ends.
extension World {
    func takeUpSoon() {
        guard !isTakeUpDue else { return }
        isTakeUpDue = true
        schedule(.takeUp(isTakeover: false), in: delay())
    }

    func takeUp(isTakeover: Bool) throws(Violation) {
        if !isTakeover { isTakeUpDue = false }
        if let newest, newest.isAlive, !isTakeover || journal.isEmpty { return }
        guard !journal.isEmpty else {
            let state = RunState(scenario.created, library: scenario.prompts.library)
            let shell = begin(epoch: 0, state)
            return try tell(.begin(.runCreated(scenario.created)), to: shell)
        }
        guard let resumption = resumption() else { return }
        let epoch = journal.open()
        guard let shell = try open(epoch: epoch) else { return }
        var fact = resumption
        fact.epoch = epoch
        try tell(.begin(.runResumed(fact), said: journal.signals), to: shell)
    }

    /// An executor of the run as it is recorded; `nil` when it was killed at once.
    func open(epoch: Int) throws(Violation) -> Shell? {
        let events = try audit.decode(journal.committed)
        let prompts = scenario.prompts
        let library = sabotage == .promptsOfWhoResumes ? PromptLibrary(prompts.other) : prompts.library
        guard let state = RunState(folding: events, library: library) else {
            throw Violation(.replay, "the journal does not begin with the creation of a run")
        }
        let shell = begin(epoch: epoch, state)
        if strikes(.crashWhileOpening) {
            kill(shell, "when it has opened the run")
            return nil
        }
        try audit.compare(state)
        return shell
    }

    private func begin(epoch: Int, _ state: RunState) -> Shell {
        executors += 1
        let shell = Shell(number: executors, epoch: epoch, state: state)
        newest = shell
        note("executor \(executors) takes the run up")
        return shell
    }

    /// What a person, or whoever restarts processes, asks for; `nil` when the run is left as it is.
    private func resumption() -> RunResumed? {
        guard let state = audit.state else { return nil }
        var options = RunResumed(epoch: 0)
        switch state.status {
        case .finished: return nil
        case .running, .interrupted: options.unknownTools = choices.one(of: .pause, .retry, .skip)
        case .waiting:
            options.unknownTools = patience > 0 ? choices.one(of: .skip, .retry, .pause) : .skip
            patience -= 1
        case .failed, .limited:
            guard secondChances > 0 else { return nil }
            secondChances -= 1
            if state.exhausted?.account != nil, choices.chance(60) { raiseLimits() }
            if state.exhausted?.kind == .instructions, choices.chance(60) {
                options.instructions = state.coordinator.issued.count + choices.one(of: 3, 1, 8)
            }
            if choices.chance(60) {
                let used = state.ledger.run.committed
                let old = state.limits
                options.limits = Limits(
                    money: old.money.map { max($0, used.money) + $0 },
                    tokens: old.tokens.map { max($0, used.tokens) + 20_000 },
                    calls: old.calls.map { $0 + 5 },
                    time: old.time.map { $0 + 3_600_000 }
                )
            }
        }
        // Somebody has other prompts by now, or the first ones again.
        if choices.chance(8) {
            options.prompts = choices.one(of: scenario.prompts.other, scenario.prompts.first).version
        }
        return options
    }
}
