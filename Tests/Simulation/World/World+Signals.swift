import ChatModel
import CrewCore

/// Whoever says something to the run without executing it.
extension World {
    func beginSignalling() {
        guard choices.chance(50) else { return }
        for _ in 0..<choices.number(1...4) { schedule(.signal, in: choices.one(of: 2_000, 5, 300, 20_000, 90_000)) }
    }

    /// Somebody says something, and whoever executes the run learns of it after a while.
    func say() throws(Violation) {
        guard let state = audit.state else { return }
        let signal = signal(state)
        guard signal.objection(to: "run", that: state.status) == nil, let said = journal.say(signal, at: clock) else {
            return note("\(signal.kind) cannot be said to the run")
        }
        note("\(signal.kind) is said to the run, as signal \(said.number)")
        audit.signals.say(said)
        schedule(.hearing, in: choices.one(of: 5, 250))
        // Whoever looks too often tells twice what is not on record yet.
        if choices.chance(20) { schedule(.hearing, in: choices.one(of: 5, 250)) }
    }

    private func signal(_ state: RunState) -> Signal {
        switch choices.weighted([4, 3, 3, 1]) {
        case 0:
            let used = state.ledger.run.committed
            let most = choices.one(of: 8, 1, 0, 30)
            var limits = Limits()
            if choices.chance(50), state.crew.models.allSatisfy({ $0.effectivePrice != nil }) {
                limits.money = used.money + Money(picodollars: Int64(most) * 20_000 - 40_000)
            }
            if choices.chance(50) { limits.tokens = used.tokens + most * 8_000 - 16_000 }
            if choices.chance(50) { limits.calls = used.calls + most - 2 }
            if choices.chance(20) { limits.time = choices.one(of: 7_200_000, 60_000) }
            if limits == Limits() { limits.calls = used.calls + 3 }
            let instructions = choices.chance(20) ? choices.number(4...20) : nil
            return .limit(limits, instructions: instructions)
        case 1: return .pause
        case 2: return .cancel
        default: return .unknown(UnknownSignal(kind: "answer", json: #"{"kind":"answer","text":"yes"}"#))
        }
    }

    /// The run's executor looks at what was said; where there is none, whoever said it may take the run up to end it.
    func hear() throws(Violation) {
        let queue = journal.signals
        guard !queue.isEmpty else { return }
        if let newest, newest.isAlive {
            if sabotage == .signalsTakenEarly { journal.dropSignals() }
            for said in queue where newest.isAlive {
                newest.heard.insert(said.number)
                try tell(.said(said), to: newest)
            }
        } else if queue.contains(where: { $0.signal.isStop }), let status = audit.state?.status,
            [.running, .waiting, .interrupted].contains(status), choices.chance(50)
        {
            try end(queue)
        }
    }

    private func end(_ queue: [SaidSignal]) throws(Violation) {
        let epoch = journal.open()
        guard let shell = try open(epoch: epoch) else { return }
        try tell(.end(.runResumed(RunResumed(epoch: epoch)), said: queue), to: shell)
    }
}
