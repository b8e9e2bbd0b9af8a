package import CrewCore

/// What a batch of events changes in the list of runs.
package struct RunChange: Sendable {
    /// How the run stands afterwards, when the events say so.
    package var status: RunStatus?
    /// What it moves on the run and on the accounts above it.
    package var movement = Movement()
    package var updated: Int64
    /// The numbers of the signals that are taken in.
    package var signals: [Int] = []

    /// Takes the events in.
    ///
    /// - Parameter holds: The run's holds before the events, and then after them.
    package init(_ events: [Event], _ holds: inout OpenHolds) {
        updated = 0
        for event in events { add(event, &holds) }
    }

    /// Takes one more event in.
    package mutating func add(_ event: Event, _ holds: inout OpenHolds) {
        updated = event.time
        movement += holds.take(event.fact)
        switch event.fact {
        case .runCreated, .runResumed: status = .running
        case .runEnded(let end): status = end.status
        case .signalReceived(let taken): signals.append(taken.number)
        default: break
        }
    }
}
