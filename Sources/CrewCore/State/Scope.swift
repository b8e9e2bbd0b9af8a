import ChatModel

/// A crew at work inside a run: the run's own, or a member crew on one assignment.
public struct Scope: Sendable {
    /// The assignment that the crew works on; `nil` for the run's own crew.
    public let assignment: String?
    /// The crew's place among those of the run.
    let place: Int
    /// Where the crew that gave it the assignment stands among the scopes; `nil` for the run's own.
    let parent: Int?
    /// The crew, with what the assignment asks of its answer.
    public let crew: Crew
    /// What it is to do beside its goal, as its members read it; empty for the run's own.
    let commission: Commission
    /// How long the run had been executed when it began, in milliseconds.
    var began: Int64
    /// The same of its end.
    var ended: Int64?
    /// For how long it may be at work, in milliseconds; `nil` for as long as the crews around it.
    let time: Int64?
    /// What its coordinator has done.
    public internal(set) var coordinator = CoordinatorState()
    /// The places of its assignments among those of the run, in order.
    var assignments: [Int] = []
    /// The places of its accepted results among those of the run, in order.
    var results: [Int] = []
    /// The newest accepted result of each task.
    var latestResults: [String: String] = [:]
    /// How many of its assignments were made before failures were last forgiven.
    var forgivenAssignments = 0
    /// Those of them whose failures were forgiven and that were taken up where they were: should they fail again, it counts.
    var reopened: Set<Int> = []
    /// How many instructions its coordinator may issue in all.
    public internal(set) var maximumInstructions: Int
    /// How many of its assignments are worked on.
    var activeAssignments = 0
    /// Whether it is at work, or can be.
    public internal(set) var isOpen = true

    /// What a member crew is to do beside its goal.
    struct Commission: Sendable, Hashable {
        /// All of it: the task, remarks, and the results on which it builds.
        var whole = ""
        /// The same without those results, for those whose own task builds on others.
        var brief = ""
        /// Whether the whole holds what agents wrote.
        var holdsData = false
    }

    init(
        of assignment: String?,
        place: Int,
        parent: Int?,
        crew: Crew,
        commission: Commission = Commission(),
        began: Int64 = 0,
        time: Int64? = nil
    ) {
        self.assignment = assignment
        self.place = place
        self.parent = parent
        self.crew = crew
        self.commission = commission
        self.began = began
        self.time = time
        maximumInstructions = crew.process.maximumInstructions
    }
}

/// What a coordinator has done so far.
public struct CoordinatorState: Sendable {
    /// How the exchange about each instruction begins.
    var opening = Conversation()
    /// The exchange that was worked out to decide on the next call, until something happens.
    var proposal: Proposal?
    /// The instructions carried out, in order.
    public internal(set) var issued: [Instruction] = []
    /// The facts of the last plan.
    public internal(set) var facts: [String] = []
    /// The steps of the last plan.
    public internal(set) var steps: [String] = []
    /// How many plans there have been.
    public internal(set) var plans = 0
    /// How many instructions in a row brought no new accepted result.
    public internal(set) var withoutProgress = 0
    /// Whether the next instruction must be a plan.
    public internal(set) var mustPlan = false
    /// The assignments that were handed out and have not begun.
    var pending: [PendingOrder] = []
    /// The end that was instructed.
    var conclusion: Conclusion?
    /// How often each task's result was sent back.
    var revisions: [String: Int] = [:]

    /// The ends that can be instructed.
    enum Conclusion: Sendable, Hashable {
        /// With success; the text is the answer where no task gives it.
        case finished(answer: String?, results: [String])
        case failed(code: String, message: String)
    }

    /// An exchange that may begin next.
    ///
    /// A class, since whoever waits for a run keeps room for a struct that is not there.
    final class Proposal: Sendable {
        let exchange: Exchange

        init(_ exchange: Exchange) {
            self.exchange = exchange
        }
    }
}
