/// Who decides what a crew does next.
public struct CrewProcess: Sendable, Hashable, Codable {
    /// The patterns of deciding.
    public enum Pattern: String, Sendable, Hashable, Codable, CaseIterable {
        /// The tasks one after the other, in their order.
        case sequential
        /// Every task whose needs are met, at once.
        case concurrent
        /// A language model that decomposes the goal and delegates.
        case coordinator
    }

    /// How many instructions a coordinator may be allowed.
    package static let instructionRange = 1...10_000

    /// The pattern.
    public var pattern: Pattern
    /// The coordinator's model; `default` without one.
    public var model: String?
    /// How many instructions the coordinator may issue.
    public var maximumInstructions: Int
    /// How often one result may be sent back for revision.
    public var maximumRevisions: Int
    /// After how many instructions without a new accepted result the coordinator must plan again.
    public var stallAfter: Int
    /// How many plans there may be, the first included.
    public var maximumPlans: Int
    /// How many assignments one instruction may hand out.
    public var maximumAssignments: Int
    /// The agent that joins the results of a concurrent process into one answer.
    public var aggregator: String?
    /// The task whose result is the run's answer.
    ///
    /// Without one it is the last required task's; a coordinator without tasks writes the answer itself.
    public var answer: String?

    /// Makes a process.
    public init(
        pattern: Pattern,
        model: String? = nil,
        maximumInstructions: Int = 20,
        maximumRevisions: Int = 2,
        stallAfter: Int = 3,
        maximumPlans: Int = 3,
        maximumAssignments: Int = 8,
        aggregator: String? = nil,
        answer: String? = nil
    ) {
        self.pattern = pattern
        self.model = model
        self.maximumInstructions = maximumInstructions
        self.maximumRevisions = maximumRevisions
        self.stallAfter = stallAfter
        self.maximumPlans = maximumPlans
        self.maximumAssignments = maximumAssignments
        self.aggregator = aggregator
        self.answer = answer
    }

    /// The tasks one after the other.
    public static let sequential = CrewProcess(pattern: .sequential)
    /// Every task as soon as its needs are met.
    public static let concurrent = CrewProcess(pattern: .concurrent)
    /// A language model decides.
    public static let coordinator = CrewProcess(pattern: .coordinator)
}
