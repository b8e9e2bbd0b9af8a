import CrewCore

/// A process that carries the run on, as `Runner` does: it performs the steps of its executor, which is the real one.
final class Shell {
    /// What an effect under way will report.
    struct Effect {
        let work: Work
        /// What comes of it; `nil` while that is not settled yet.
        var outcome: Fact?
        /// How many more times its outcome is delivered after the first.
        var isDuplicated = false
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
    var executor: Executor
    var life = Life.running
    var effects: [Int: Effect] = [:]
    /// What is being appended.
    var transaction: [Event]?
    /// When its sleepers wake, in the world's time.
    var sleepers: [Int64] = []
    /// Whether its first transaction, the creation or resumption, is not through yet.
    var isStarting = true
    /// The outcomes that it knows of and that are not on record.
    var owed: [Fact] = []
    /// The numbers of the signals that it was told of and that are not on record.
    var heard: Set<Int> = []
    /// The last refusal of a hold, since which nothing but holds may be missing from the record.
    var refusal: AccountShortage?
    /// Whether it took holds one by one until now.
    var tookHoldsApart = false
    /// Since when it waits for room on an account above the run, in the world's time.
    var waitsSince: Int64?
    /// What whoever watches was told that it waits for.
    var told: String?

    init(number: Int, epoch: Int, state: RunState) {
        self.number = number
        self.epoch = epoch
        executor = Executor(state)
    }

    var isAlive: Bool { life == .running }
    var state: RunState { executor.state }
}
