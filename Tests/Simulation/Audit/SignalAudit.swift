import ChatModel
import CrewCore

/// What is known of what was said to the run: that it is taken in once, and that the run keeps to it.
struct SignalAudit {
    private var waiting: [Int: Signal] = [:]
    /// What the run was told since it was taken up that makes it stop.
    private var stop: Signal?
    private(set) var taken = 0
    /// How often the run was cancelled and paused, and how often its limits were changed.
    private(set) var effects: [String: Int] = [:]

    /// Notes that something was said, and is in the queue.
    mutating func say(_ said: SaidSignal) { waiting[said.number] = said.signal }

    mutating func take(_ fact: Fact, before state: RunState, _ books: Books) throws(Violation) {
        if stop == .cancel {
            switch fact {
            // Several that waited are taken in together.
            case .signalReceived: break
            case .runEnded(let end) where end.code == "cancelled": break
            default: throw Violation(.obeyed, "\(fact.kind.rawValue) follows a cancellation")
            }
        }
        switch fact {
        case .signalReceived(let received): try take(received, before: state, books)
        case .callIntended, .toolIntended, .assignmentStarted:
            guard stop == nil else { throw Violation(.obeyed, "\(fact.kind.rawValue) follows a pause") }
        case .runResumed: stop = nil
        case .runEnded(let end):
            if ["cancelled", "paused"].contains(end.code) {
                guard stop != nil, end.status == .interrupted else {
                    throw Violation(.obeyed, "\(end.code ?? ""), and nobody said so")
                }
                effects[end.code ?? "", default: 0] += 1
            }
            stop = nil
        default: break
        }
    }

    private mutating func take(_ fact: SignalReceived, before state: RunState, _ books: Books) throws(Violation) {
        guard waiting.removeValue(forKey: fact.number) == fact.signal else {
            throw Violation(.heard, "signal \(fact.number) is taken in, and nobody said it or it was taken in before")
        }
        taken += 1
        if case .unknown = fact.signal, fact.refused == nil {
            throw Violation(.obeyed, "what nobody understands is acted on")
        }
        guard fact.refused == nil else { return }
        if fact.signal.isStop { stop = fact.signal == .cancel || stop == nil ? fact.signal : stop }
        guard case .limit(let wanted, let instructions) = fact.signal else { return }
        effects["limit", default: 0] += 1
        var after = state
        after.apply(Event(sequence: state.sequence + 1, time: state.clock, fact: .signalReceived(fact)))
        let (old, new, used) = (state.limits, after.limits, books.used)
        guard new.money == wanted.money.map({ max($0, used.money) }) ?? old.money,
            new.tokens == wanted.tokens.map({ max($0, used.tokens) }) ?? old.tokens,
            new.calls == wanted.calls.map({ max($0, used.calls) }) ?? old.calls,
            new.time == wanted.time ?? old.time,
            instructions == nil || after.scopes[0].maximumInstructions >= instructions ?? 0
        else { throw Violation(.obeyed, "the limits \(wanted) make \(new) of \(old)") }
        if wanted.money != nil, state.exhausted?.kind == .money, state.exhausted?.account == nil,
            after.exhausted != nil
        {
            throw Violation(.obeyed, "there is more money, and the run does not go on")
        }
    }

    /// Checks that nothing that was said is lost.
    ///
    /// - Parameter queue: What waits to be taken in.
    func finish(_ queue: [SaidSignal], _ status: RunStatus) throws(Violation) {
        if status == .finished { return }
        let kept = Set(queue.map(\.number))
        if let lost = waiting.keys.sorted().first(where: { !kept.contains($0) }) {
            throw Violation(.heard, "signal \(lost) was said, and is neither taken in nor waiting")
        }
    }
}
