import ChatModel
import CrewCore

/// What a batch of events changes in the list of runs.
struct RunChange: Sendable {
    /// How the run stands afterwards, when the events say so.
    var status: RunStatus?
    var cost = Money.zero
    var uncertain = Money.zero
    var calls = 0
    var tokens = 0
    var updated: Int64

    init(_ events: [Event]) {
        updated = events.last?.time ?? 0
        for event in events {
            switch event.fact {
            case .runCreated, .runResumed: status = .running
            case .runEnded(let end): status = end.status
            case .callIntended: calls += 1
            case .callCompleted(let call):
                cost += call.cost
                if !call.isCached { tokens += call.usage.total }
            case .callFailed(let call):
                uncertain += call.uncertain.money
                tokens += call.uncertain.tokens
            default: break
            }
        }
    }
}
