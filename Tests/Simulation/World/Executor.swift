import CrewCore

/// One executor of the run: what `Runner` is in a process.
final class Executor {
    /// What an effect under way will report.
    struct Effect {
        let work: Work
        /// What comes of it; `nil` while that is not settled yet.
        var outcome: Fact?
        /// How many more times its outcome is delivered after the first.
        var isDuplicated = false
    }

    /// What happened while an append was under way.
    enum Report {
        case outcome(Fact)
        case wake(Int64)
        case interruption
    }

    /// An append under way, and what is performed once it is through.
    struct Transaction {
        let events: [Event]
        let work: [Work]
        /// When it was decided.
        let clock: Int64
    }

    enum Life {
        case running
        /// It returned: what it had begun was cancelled.
        case stopped
        /// Its process is gone, and everything in it.
        case dead
    }

    let number: Int
    var epoch: Int
    var state: RunState
    var life = Life.running
    var effects: [Int: Effect] = [:]
    var transaction: Transaction?
    /// Whether its first transaction, the creation or resumption, is not through yet.
    var isStarting = true
    var inbox: [Report] = []
    /// The times at which a sleeper will wake.
    var armed: Set<Int64> = []

    init(number: Int, epoch: Int, state: RunState) {
        self.number = number
        self.epoch = epoch
        self.state = state
    }

    var isAlive: Bool { life == .running }
}
