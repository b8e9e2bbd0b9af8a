/// What can go wrong in a simulated world besides bad answers.
package enum Fault: Int, CaseIterable, Sendable {
    /// The process dies before an append.
    case crashBeforeAppend
    /// The process dies while an append is written: of its transaction only the beginning reaches the disk.
    case tornAppend
    /// The process dies after an append, before anything of what it intends is performed.
    case crashAfterAppend
    /// The process dies after it has begun some of the work, not all, or when a tool has had its effect.
    case crashInWork
    /// The process dies when it has taken the lease of a run.
    case crashWhileOpening
    /// The journal refuses an append.
    case failedAppend
    /// The journal appends and says that it failed.
    case unknownAppend
    /// An append takes its time, so that other things happen meanwhile.
    case slowAppend
    /// An answer, or the result of a tool, never arrives.
    case lostOutcome
    /// An outcome arrives twice.
    case duplicatedOutcome
    /// The run is cancelled from outside.
    case interruption
    /// A second executor takes the run over while the first is alive.
    case takeover
    /// The clock jumps by up to three hours, forward or back.
    case clockJump
}

/// The faults of one world.
///
/// Each seed draws weights of its own ("swarm testing", A. Groce and others, 2012): a world in which everything goes
/// wrong a little shows less than many in each of which a few things go wrong a lot. Their number is bounded, since
/// only a run whose faults end has to end.
struct Faults {
    private var weights: [Int]
    private var left: Int
    private(set) var happened = [Int](repeating: 0, count: Fault.allCases.count)

    init(_ choices: inout Choices) {
        left = choices.one(of: 0, 2, 6, 16)
        weights = []
        for _ in Fault.allCases { weights.append(choices.one(of: 0, 0, 3, 10, 30)) }
    }

    /// Whether a fault happens here.
    mutating func strike(_ fault: Fault, _ choices: inout Choices) -> Bool {
        guard left > 0, choices.chance(weights[fault.rawValue]) else { return false }
        left -= 1
        happened[fault.rawValue] += 1
        return true
    }
}
