extension RunState {
    /// A signal as the run takes it in, refused where it cannot act on it.
    ///
    /// - Parameter isLate: Whether it was said before the run was taken up: whoever did that wants it to go on.
    package func reception(of said: SaidSignal, isLate: Bool = false) -> Fact {
        let isOver = isLate && said.signal.isStop
        return .signalReceived(
            SignalReceived(
                number: said.number,
                signal: said.signal,
                speaker: said.speaker,
                said: said.time,
                refused: isOver ? "the run was taken up again after it was said" : said.signal.objection(of: crew)
            )
        )
    }

    mutating func receive(_ fact: SignalReceived) {
        lastSignal = max(lastSignal, fact.number)
        guard fact.refused == nil else { return }
        switch fact.signal {
        case .cancel: stop = fact
        case .pause: stop = stop ?? fact
        case .limit(let limits, let instructions):
            ledger.change(limits)
            if let instructions {
                scopes[0].maximumInstructions = max(instructions, scopes[0].coordinator.issued.count)
            }
            if let exhausted, exhausted.account == nil, limits.names(exhausted.kind, instructions) {
                self.exhausted = nil
            }
        case .unknown: break
        }
    }

    /// The end that is recorded when an executor is told to stop.
    public func interruption() -> Fact {
        let speaker = stop?.speaker.map { " by \($0)" } ?? ""
        return switch stop?.signal {
        case .cancel?:
            ending(.interrupted, code: "cancelled", message: "the run was cancelled\(speaker); it can be resumed")
        case .pause?: ending(.interrupted, code: "paused", message: "the run was paused\(speaker); it can be resumed")
        default: ending(.interrupted, code: "interrupted", message: "the run was interrupted; it can be resumed")
        }
    }

    /// What follows in a run that was told to stop: nothing that begins anything.
    mutating func decide(before stop: SignalReceived, at now: Int64) -> Fact? {
        if stop.signal == .cancel { return interruption() }
        if let fact = decideUndisturbed(at: now), !fact.beginsSomething { return fact }
        // What was worked out for a call that is not made is of no use.
        for scope in scopes.indices { scopes[scope].coordinator.proposal = nil }
        return isAnyEffectUnderWay ? nil : interruption()
    }
}

extension Fact {
    /// Whether something is done because of it that would not be done otherwise.
    package var beginsSomething: Bool {
        switch self {
        case .callIntended, .toolIntended, .assignmentStarted: true
        case .instructionIssued(let issued):
            switch issued.instruction {
            case .delegate, .revise: true
            case .plan, .finish, .giveUp: false
            }
        default: false
        }
    }
}

extension Limits {
    /// Whether one of these limits, or that of the instructions, is of a kind.
    fileprivate func names(_ kind: LimitKind, _ instructions: Int?) -> Bool {
        switch kind {
        case .money: money != nil
        case .tokens: tokens != nil
        case .calls: calls != nil
        case .time: time != nil
        case .instructions: instructions != nil
        }
    }
}
