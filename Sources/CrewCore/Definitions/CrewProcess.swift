/// Who decides what a crew does next.
public struct CrewProcess: Sendable, Hashable {
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
    package static let instructionRange = CoordinatedProcess.instructions

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
    /// The agent or member crew that joins the results of a concurrent process into one answer.
    public var aggregator: String?
    /// The task whose result is the run's answer.
    ///
    /// Without one it is the last required task's; a coordinator without tasks writes the answer itself.
    public var answer: String?
    /// The tools that the coordinator may call, and no others.
    public var tools: [ToolGrant]
    /// What the coordinator may use in a run.
    public var limits: Limits

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
        answer: String? = nil,
        tools: [ToolGrant] = [],
        limits: Limits = Limits()
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
        self.tools = tools
        self.limits = limits
    }

    /// The tasks one after the other.
    public static let sequential = CrewProcess(pattern: .sequential)
    /// Every task as soon as its needs are met.
    public static let concurrent = CrewProcess(pattern: .concurrent)
    /// A language model decides.
    public static let coordinator = CrewProcess(pattern: .coordinator)
}

extension CrewProcess: Codable {
    private enum CodingKeys: String, CodingKey {
        case pattern, model, maximumInstructions, maximumRevisions, stallAfter, maximumPlans, maximumAssignments,
            aggregator
        case answer, tools, limits
    }

    /// Reads a process; one that was recorded before coordinators had tools and limits of their own has none.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            pattern: try container.decode(Pattern.self, forKey: .pattern),
            model: try container.decodeIfPresent(String.self, forKey: .model),
            maximumInstructions: try container.decode(Int.self, forKey: .maximumInstructions),
            maximumRevisions: try container.decode(Int.self, forKey: .maximumRevisions),
            stallAfter: try container.decode(Int.self, forKey: .stallAfter),
            maximumPlans: try container.decode(Int.self, forKey: .maximumPlans),
            maximumAssignments: try container.decode(Int.self, forKey: .maximumAssignments),
            aggregator: try container.decodeIfPresent(String.self, forKey: .aggregator),
            answer: try container.decodeIfPresent(String.self, forKey: .answer),
            tools: try container.decodeIfPresent([ToolGrant].self, forKey: .tools) ?? [],
            limits: try container.decodeIfPresent(Limits.self, forKey: .limits) ?? Limits()
        )
    }

    /// Writes a process; one whose coordinator has no tools and limits as it was written before there could be any.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(pattern, forKey: .pattern)
        try container.encodeIfPresent(model, forKey: .model)
        try container.encode(maximumInstructions, forKey: .maximumInstructions)
        try container.encode(maximumRevisions, forKey: .maximumRevisions)
        try container.encode(stallAfter, forKey: .stallAfter)
        try container.encode(maximumPlans, forKey: .maximumPlans)
        try container.encode(maximumAssignments, forKey: .maximumAssignments)
        try container.encodeIfPresent(aggregator, forKey: .aggregator)
        try container.encodeIfPresent(answer, forKey: .answer)
        if !tools.isEmpty { try container.encode(tools, forKey: .tools) }
        if limits != Limits() { try container.encode(limits, forKey: .limits) }
    }
}
