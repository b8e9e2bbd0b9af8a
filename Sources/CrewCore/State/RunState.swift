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
    /// The crews at work: the run's own, and each member crew that was given an assignment.
    public internal(set) var scopes: [Scope]
    /// The assignments of all crews, in order; `a1` is the first.
    public internal(set) var assignments: [AssignmentState] = []
    /// The accepted results of all crews, in order; `r1` is the first.
    public internal(set) var results: [AcceptedResult] = []
    /// The exchanges that are not over, in the order in which they began.
    public internal(set) var exchanges: [Exchange] = []
    /// The limit that ended the run's work, when one has.
    public internal(set) var exhausted: LimitReached?
    /// What the run was told that makes it stop, when it was.
    public internal(set) var stop: SignalReceived?
    /// The number of the last signal that was taken in; 0 before the first.
    public internal(set) var lastSignal = 0
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

    /// The members that have reached a limit of their own, by their paths.
    var exhaustedMembers: Set<String> = []
    /// The member crews that have, by their places, and what was said of it.
    var exhaustedPlaces: [Int: LimitReached] = [:]
    var callCount = 0
    var toolCount = 0
    var timeBefore: Int64 = 0
    var startOfEpoch: Int64 = 0
    var retryTokens = RetryPolicy.fullBucket
    var contact = EndpointContact()
    /// How exchanges begin, as far as they have been needed.
    var openings: [Opening: Conversation] = [:]
    /// The prompts with which the run goes on.
    var prompts: PromptBook
    let library: PromptLibrary
    let mark: DataMark
    /// The crews of the run, each before those within it.
    let places: [CrewPlace]
    /// The tools of the members, by their paths.
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
        (places, ledger) = CrewPlace.all(of: definition)
        scopes = [Scope(of: nil, place: 0, parent: nil, crew: definition.crew)]
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
        var member: String
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
    public func result(_ id: String) -> AcceptedResult? {
        if let number = Int(id.dropFirst()), number >= 1, number <= results.count,
            results[number - 1].id == id
        {
            return results[number - 1]
        }
        return results.first { $0.id == id }
    }

    /// The model of that name; see ``Crew/qualifiedModel(_:seenFrom:)``.
    func model(_ name: String) -> ModelDefinition? { crew.model(qualified: name) }

    /// A text of the run's crew with its inputs put in.
    package func text(_ template: String) -> String { text(template, in: 0) }

    /// A text of a crew at work with its inputs put in.
    func text(_ template: String, in scope: Int) -> String {
        // Most texts have none.
        guard template.firstPair(of: UInt8(ascii: "{")) != nil else { return template }
        // A crew with other placeholders than its inputs is refused before it gets here.
        return Template(template).filled(with: places[scopes[scope].place].inputTexts) ?? template
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
    /// Where the crew that it belongs to stands among the scopes.
    let scope: Int
    /// Where the member crew that works on it stands among the scopes; `nil` where an agent does.
    let inner: Int?
    /// The number of instructions of its crew when it began.
    let instruction: Int
    /// How it stands.
    public internal(set) var status = Status.active

    var isActive: Bool {
        if case .active = status { true } else { false }
    }

    var isFailed: Bool {
        if case .failed = status { true } else { false }
    }
}
