/// Carries one run on: it is told what happened, and says what is to be recorded, begun and waited for.
///
/// It is a pure machine. A shell performs each step and tells it what came of that, and the time; nothing else is known to
/// it. What it decides comes in two steps. The first has the events, to be appended in one transaction. Only when the shell
/// has said that they are recorded does the second hand out the work that they intend, so that no shell can perform what is
/// not on record. When the shell cannot say whether they are recorded, the executor is of no more use: the run is taken up
/// anew from its journal.
///
/// An account above the run may have no room for a hold. Then nothing of the transaction is recorded, and the executor goes
/// back to what is, records the outcome it has in hand and all that follows from it without a hold, and takes the holds
/// one by one, waiting for room where there is none.
package struct Executor: Sendable {
    /// The most events of a transaction.
    ///
    /// As many decisions that follow from one outcome are a defect of the engine, and the run ends as at a dead end.
    private static let mostEvents = 100_000

    private enum Phase: Sendable {
        /// Nothing is to be recorded.
        case listening
        /// A transaction is being appended.
        case recording(Transaction)
        /// A transaction was refused and what is recorded is being read; the facts are what had come from outside.
        case reading([Fact])
        /// The work under way is being given up because of this signal.
        case givingUp(Fact)
        /// The run has ended.
        case over
    }

    private struct Transaction: Sendable {
        var events: [Event] = []
        /// What is performed once it is recorded.
        var work: [Work] = []
        /// Its first facts: those that came from outside.
        var given: [Fact] = []
        /// What the state was, where that is kept.
        var rollback: Rollback?
    }

    private indirect enum Rollback: Sendable { case to(RunState) }

    /// The run, with what is being recorded.
    package private(set) var state: RunState
    private var phase = Phase.listening
    /// What happened while something was being recorded.
    private var inbox: [Input] = []
    /// When something was decided last.
    private var decidedAt: Int64 = 0
    /// The times for which steps have asked and that have not been told yet.
    private var armed: [Int64] = []
    /// Whether anything was recorded.
    private var hasBegun = false
    /// Whether each hold is taken in a transaction of its own, since there was no room for one.
    private var takesHoldsApart = false
    private var wait = AccountWait()
    /// When to ask for room again.
    private var askAgain: Int64?
    /// What whoever watches was told that the run waits for.
    private var waitingFor: String?

    /// An executor of a run that is to be created, or of one that is to be taken up, with its state as it is recorded.
    package init(_ state: RunState) {
        self.state = state
    }

    /// Takes in what happened.
    ///
    /// - Parameters:
    ///   - input: What happened.
    ///   - now: The time, in milliseconds since 1970 UTC.
    /// - Returns: What to do next.
    package mutating func take(_ input: Input, at now: Int64) -> Step {
        var step = Step()
        switch input {
        case .recorded: recorded(at: now, &step)
        case .refused(let shortage): refused(shortage, at: now, &step)
        case .journal(let events): read(events, at: now, &step)
        case .interrupted(let outcomes) where isGivingUp: gaveUp(outcomes, at: now, &step)
        default:
            if case .wake(let time) = input { armed.removeAll { $0 == time } }
            if isListening { happened(input, at: now, &step) } else { inbox.append(input) }
        }
        while isListening, !inbox.isEmpty { happened(inbox.removeFirst(), at: now, &step) }
        switch phase {
        case .listening: arm(after: now, &step)
        case .recording, .reading, .givingUp: break
        case .over:
            step.next = .stop
            inbox = []
        }
        return step
    }

    private var isListening: Bool { if case .listening = phase { true } else { false } }

    private var isGivingUp: Bool { if case .givingUp = phase { true } else { false } }

    private mutating func happened(_ input: Input, at now: Int64, _ step: inout Step) {
        switch input {
        case .begin(let fact, let said):
            advance(with: [fact] + said.map { state.reception(of: $0, isLate: true) }, at: now, &step)
        case .end(let fact, let said):
            end(after: [fact] + said.map { state.reception(of: $0) }, at: now, &step) { $0.interruption() }
        case .outcome(let fact): advance(with: [fact], at: now, &step)
        case .said(let signal): hear(signal, at: now, &step)
        case .wake: advance(with: [], at: now, &step)
        case .interrupted(let outcomes):
            // What was completed is paid for, and is not to be repeated.
            end(after: outcomes.filter(\.isCompletion), at: now, &step) { $0.interruption() }
        case .nothingUnderWay: end(after: [], at: now, &step) { $0.deadEnd() }
        case .recorded, .refused, .journal: break
        }
    }

    // MARK: - Deciding

    /// Takes in what came from outside and all that follows from it, and has it recorded.
    private mutating func advance(with given: [Fact], at now: Int64, _ step: inout Step) {
        askAgain = nil
        decidedAt = now
        var transaction = Transaction(given: given)
        for fact in given { add(fact, at: now, to: &transaction) }
        var next = state.decide(at: now)
        if takesHoldsApart, next?.isIntendedCall == true {
            // Nothing can refuse what comes before the first hold.
            if given.isEmpty { transaction.rollback = .to(state) } else { next = nil }
        }
        while let fact = next {
            add(fact, at: now, to: &transaction)
            guard state.status == .running else { break }
            next = transaction.events.count < Self.mostEvents ? state.decide(at: now) : state.deadEnd()
            // Nothing can refuse what comes before the first hold.
            if takesHoldsApart, next?.isIntendedCall == true { break }
        }
        if transaction.events.isEmpty {
            nothingFollows(&step)
        } else {
            record(transaction, &step)
        }
    }

    /// Takes in facts and then the end, without asking what follows, and has them recorded.
    private mutating func end(
        after facts: [Fact],
        at now: Int64,
        _ step: inout Step,
        _ end: (RunState) -> Fact
    ) {
        var transaction = Transaction()
        for fact in facts { add(fact, at: now, to: &transaction) }
        add(end(state), at: now, to: &transaction)
        record(transaction, &step)
    }

    private mutating func add(_ fact: Fact, at now: Int64, to transaction: inout Transaction) {
        let event = Event(sequence: state.sequence + 1, time: now, fact: fact)
        state.apply(event)
        transaction.events.append(event)
        if let work = state.work(for: fact) { transaction.work.append(work) }
    }

    private mutating func record(_ transaction: Transaction, _ step: inout Step) {
        step.next = .append(transaction.events)
        phase = .recording(transaction)
    }

    private mutating func nothingFollows(_ step: inout Step) {
        takesHoldsApart = false
        waitsNoLonger(&step)
    }

    // MARK: - Signals

    private mutating func hear(_ said: SaidSignal, at now: Int64, _ step: inout Step) {
        guard said.number > state.lastSignal else { return }
        let fact = state.reception(of: said)
        guard fact.isCancellation else { return advance(with: [fact], at: now, &step) }
        // What is intended and not begun need not be.
        step.start = []
        step.next = .giveUp
        phase = .givingUp(fact)
    }

    private mutating func gaveUp(_ outcomes: [Fact], at now: Int64, _ step: inout Step) {
        guard case .givingUp(let signal) = phase else { return }
        // What was completed is paid for, and is not to be repeated.
        end(after: outcomes.filter(\.isCompletion) + [signal], at: now, &step) { $0.interruption() }
    }

    // MARK: - What came of an append

    private mutating func recorded(at now: Int64, _ step: inout Step) {
        guard case .recording(let transaction) = phase else { return }
        phase = .listening
        guard state.status == .running else {
            waitsNoLonger(&step)
            phase = .over
            return
        }
        if step.start.isEmpty { step.start = transaction.work } else { step.start += transaction.work }
        if !hasBegun { step.start += state.interruptedTools }
        hasBegun = true
        guard takesHoldsApart else { return }
        // Who was let through waits anew if there is no room for what is next.
        if transaction.rollback != nil { waitsNoLonger(&step) }
        advance(with: [], at: now, &step)
    }

    private mutating func refused(_ shortage: AccountShortage, at now: Int64, _ step: inout Step) {
        guard case .recording(let transaction) = phase else { return }
        guard case .to(let before)? = transaction.rollback else {
            phase = .reading(transaction.given)
            step.next = .read
            // Of a run that is only about to be created nothing is recorded.
            if !hasBegun, case .runCreated? = transaction.events.first?.fact { read([], at: now, &step) }
            return
        }
        phase = .listening
        state = before
        if shortage.mayClear, let time = wait.next(after: now, mayMakeRoom: state.isAnyEffectUnderWay) {
            askAgain = time
            waits(for: shortage.wanted, &step)
        } else {
            advance(with: [shortage.fact], at: now, &step)
        }
    }

    /// Goes back to what is recorded, and on from there with each hold apart.
    private mutating func read(_ events: [Event], at now: Int64, _ step: inout Step) {
        guard case .reading(let given) = phase else { return }
        phase = .listening
        state = state.refolded(events)
        takesHoldsApart = true
        advance(with: given, at: now, &step)
    }

    // MARK: - Waiting

    /// Sees to it that the state is asked again when its time comes.
    private mutating func arm(after now: Int64, _ step: inout Step) {
        // What fell due since the last decision is decided on at once.
        guard let time = state.wakeTime(after: decidedAt).map({ min($0, askAgain ?? $0) }) ?? askAgain else { return }
        // A time that has passed is no longer waited for, though its sleeper may not know that the clock was set.
        guard !armed.contains(where: { $0 <= time && $0 > now }) else { return }
        armed.append(time)
        step.wake = time
    }

    private mutating func waits(for reason: String, _ step: inout Step) {
        guard reason != waitingFor else { return }
        waitingFor = reason
        step.wait = .begun(reason)
    }

    private mutating func waitsNoLonger(_ step: inout Step) {
        wait = AccountWait()
        guard waitingFor != nil else { return }
        waitingFor = nil
        step.wait = .over
    }
}

extension Fact {
    /// Whether it takes a hold.
    package var isIntendedCall: Bool { if case .callIntended = self { true } else { false } }

    /// Whether the run is to stop at once.
    fileprivate var isCancellation: Bool {
        if case .signalReceived(let fact) = self { fact.refused == nil && fact.signal == .cancel } else { false }
    }

    /// Whether an effect did come to its end, other than by being given up.
    fileprivate var isCompletion: Bool {
        switch self {
        case .callCompleted, .toolCompleted: true
        default: false
        }
    }
}
