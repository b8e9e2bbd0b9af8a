public import ChatModel

/// The state of a run: the fold of its events, and nothing else.
public struct RunState: Sendable {
    /// What the run was created with.
    public let definition: RunCreated
    /// How it stands.
    public internal(set) var status = RunStatus.running
    /// How it stopped, when it has.
    public internal(set) var end: RunEnded?
    /// The accounts.
    public internal(set) var ledger: Ledger
    /// What is known of the endpoints, by the crew's model names.
    public internal(set) var dialects: [String: Dialect]
    /// What was found out about the endpoints, in order.
    public internal(set) var lessons: [DialectLearned] = []
    /// The forms in which the models' answers came as they were asked for.
    var keptForms: [String: Set<Dialect.StructuredOutput>] = [:]
    /// The assignments, in order; `a1` is the first.
    public internal(set) var assignments: [AssignmentState] = []
    /// The accepted results, in order; `r1` is the first.
    public internal(set) var results: [AcceptedResult] = []
    /// What the coordinator has done.
    public internal(set) var coordinator = CoordinatorState()
    /// The limit that ended the run's work, when one has.
    public internal(set) var exhausted: LimitReached?
    /// The number of the last event.
    public internal(set) var sequence = 0
    /// The time of the last event, in milliseconds since 1970 UTC.
    public internal(set) var clock: Int64 = 0
    /// The tokens, as providers counted them or as they were bounded.
    public internal(set) var usage = TokenUsage.zero
    /// What providers said that their answers cost, as far as they did.
    public internal(set) var bill = ProviderBill()
    /// How many model calls were answered.
    public internal(set) var completedCalls = 0

    /// How many instructions the coordinator may issue in all.
    public internal(set) var maximumInstructions: Int

    var exhaustedAgents: Set<String> = []
    var latestResults: [String: String] = [:]
    var callCount = 0
    var toolCount = 0
    var timeBefore: Int64 = 0
    var startOfEpoch: Int64 = 0
    var forgivenAssignments = 0
    var retryTokens = RetryPolicy.fullBucket
    var contact = EndpointContact()
    /// How exchanges begin, as far as they have been needed.
    var openings: [Opening: Conversation] = [:]
    /// The prompts with which the run goes on.
    var prompts: PromptBook
    let library: PromptLibrary
    let mark: DataMark
    let inputTexts: [String: String]
    let catalogs: [String: ToolCatalog]

    /// Begins a run's state.
    ///
    /// - Parameters:
    ///   - definition: What the run was created with.
    ///   - library: The templates from which its requests are made.
    public init(_ definition: RunCreated, library: PromptLibrary) {
        self.definition = definition
        self.library = library
        prompts = library.book(definition.prompts)
        mark = DataMark(definition)
        maximumInstructions = definition.crew.process.maximumInstructions
        inputTexts = Dictionary(
            (definition.inputs.objectValue ?? [:]).map { ($0.key, $0.value.stringValue ?? $0.value.jsonText) },
            uniquingKeysWith: { first, _ in first }
        )
        ledger = Ledger(limits: definition.limits, agents: definition.crew.agents)
        dialects = definition.dialects
        catalogs = definition.tools.mapValues { ToolCatalog($0.map(\.declaration)) }
    }

    /// Begins a run's state with templates that no journal need keep.
    public init(_ definition: RunCreated, prompts: PromptBook) {
        self.init(definition, library: PromptLibrary(prompts))
    }

    /// Folds a run's events with templates that no journal need keep.
    public init?(folding events: [Event], prompts: PromptBook) {
        self.init(folding: events, library: PromptLibrary(prompts))
    }

    /// Folds a run's events.
    ///
    /// - Parameters:
    ///   - events: All events of the run, the creation first.
    ///   - library: The templates from which its requests are made.
    /// - Returns: `nil` when the events do not begin with the creation of a run.
    public init?(folding events: [Event], library: PromptLibrary) {
        guard case .runCreated(let definition)? = events.first?.fact else { return nil }
        self.init(definition, library: library)
        for event in events { apply(event) }
    }

    /// What the beginning of an agent's exchange depends on.
    struct Opening: Sendable, Hashable {
        var agent: String
        /// Whether it is told how to read data.
        var readsData: Bool
    }

    /// The crew.
    public var crew: Crew { definition.crew }

    /// How long the run has been executed, in milliseconds, at a time.
    public func elapsed(at now: Int64) -> Int64 {
        timeBefore.addingWithSaturation(max(0, now.subtractingWithSaturation(startOfEpoch)))
    }

    /// The accepted result of that identifier.
    public func result(_ id: String) -> AcceptedResult? { results.first { $0.id == id } }

    /// The newest accepted result of a task.
    public func result(ofTask task: String) -> AcceptedResult? { latestResults[task].flatMap { result($0) } }

    /// The required tasks that have no accepted result; the task whose result is the answer is always required.
    public var missingTasks: [String] {
        crew.tasks.filter { latestResults[$0.name] == nil && ($0.isRequired || $0.name == crew.process.answer) }.map(
            \.name
        )
    }

    /// A text of the crew with the run's inputs put in.
    package func text(_ template: String) -> String {
        // Most texts have none.
        guard template.firstPair(of: UInt8(ascii: "{")) != nil else { return template }
        // A crew with other placeholders than its inputs is refused before it gets here.
        return Template(template).filled(with: inputTexts) ?? template
    }

    func assignmentIndex(_ id: String) -> Int? {
        guard let number = Int(id.dropFirst()), number >= 1, number <= assignments.count else { return nil }
        return number - 1
    }
}

/// An assignment and how it goes.
public struct AssignmentState: Sendable {
    /// The ways in which it can stand.
    public enum Status: Sendable, Hashable {
        /// Its agent is at work.
        case active
        /// Its result was accepted.
        case accepted(result: String)
        /// It ended without a result.
        case failed(code: String, message: String)
    }

    /// What is to be done.
    public let assignment: Assignment
    /// The exchange with the agent's model.
    public internal(set) var exchange: Exchange
    /// How it stands.
    public internal(set) var status = Status.active

    var isActive: Bool {
        if case .active = status { true } else { false }
    }
}

/// What the coordinator has done so far.
public struct CoordinatorState: Sendable {
    /// How the exchange about each instruction begins.
    var opening = Conversation()
    /// The exchange that was worked out to decide on the next call, until something happens.
    var proposal: Proposal?
    /// What was legal when the exchange began: its answer is held against this.
    var menu = Menu()
    /// The exchange about the instruction that is due, while there is one.
    public internal(set) var exchange: Exchange?
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
        let menu: Menu
        let exchange: Exchange

        init(menu: Menu, exchange: Exchange) {
            self.menu = menu
            self.exchange = exchange
        }
    }
}
