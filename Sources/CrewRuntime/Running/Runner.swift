import ChatModel
import CrewCore

/// Executes one run: performs the work that the state asks for and records what comes of it.
///
/// It decides nothing. Every outcome is taken into the state, the core is asked what follows, and both are recorded in
/// one transaction before anything that was intended is performed.
struct Runner {
    /// What an effect under way reports.
    private enum Report: Sendable {
        case outcome(Fact)
        case wake
    }

    private(set) var state: RunState
    private let journal: any Journal
    /// The right to record; a new run gets it with its first events.
    private(set) var lease: Lease?
    private let models: [String: any ChatModel]
    private let toolbox: Toolbox
    private let clock: RunClock
    private let feed: RunFeed?
    private var armed: Int64?

    init(
        state: RunState,
        journal: any Journal,
        lease: Lease?,
        models: [String: any ChatModel],
        toolbox: Toolbox,
        clock: RunClock,
        feed: RunFeed?
    ) {
        self.state = state
        self.journal = journal
        self.lease = lease
        self.models = models
        self.toolbox = toolbox
        self.clock = clock
        self.feed = feed
    }

    /// Goes on until the run ends.
    ///
    /// When the task is cancelled the run is recorded as interrupted and what is under way is given up.
    ///
    /// - Parameter fact: The fact to begin with: the creation of the run or its resumption.
    /// - Throws: ``JournalError`` when something could not be recorded; nothing that depends on it is performed.
    mutating func run(beginningWith fact: Fact) async throws(JournalError) {
        let failure: JournalError? = await withTaskGroup(of: Report.self) { group in
            defer { group.cancelAll() }
            do throws(JournalError) {
                try await advance(with: fact, in: &group)
                if state.status == .running { start(state.interruptedTools, in: &group) }
                while state.status == .running {
                    let report = await group.next()
                    if Task.isCancelled {
                        try await record { $0.interruption() }
                    } else if case .outcome(let fact)? = report {
                        try await advance(with: fact, in: &group)
                    } else {
                        armed = nil
                        try await advance(with: nil, in: &group)
                    }
                }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    private var run: String { state.definition.run }

    // MARK: - Deciding and recording

    /// Takes a fact and all that follows from it into the state and the journal, and begins the work that it asks for.
    private mutating func advance(with fact: Fact?, in group: inout TaskGroup<Report>) async throws(JournalError) {
        let now = clock.now()
        var fact = fact
        var work: [Work] = []
        try await record { state in
            if let given = fact.take() { return given }
            return state.decide(at: now)
        } onEvent: { state, event in
            if let next = state.work(for: event.fact) { work.append(next) }
        }
        if state.status == .running { start(work, in: &group) }
        arm(in: &group)
    }

    /// Records facts until there are no more, in one transaction.
    private mutating func record(
        _ next: (RunState) -> Fact?,
        onEvent: (RunState, Event) -> Void = { _, _ in }
    ) async throws(JournalError) {
        let now = clock.now()
        var events: [Event] = []
        while let fact = next(state) {
            let event = Event(sequence: state.sequence + 1, time: now, fact: fact)
            state.apply(event)
            events.append(event)
            onEvent(state, event)
            if state.status != .running { break }
        }
        guard !events.isEmpty else { return }
        if let lease {
            try await journal.append(events, lease)
        } else {
            lease = try await journal.create(run, events)
        }
        feed?.publish(events)
    }

    /// Sees to it that the state is asked again when its time comes.
    private mutating func arm(in group: inout TaskGroup<Report>) {
        guard let time = state.wakeTime, armed.map({ time < $0 }) ?? true else { return }
        armed = time
        group.addTask { [clock] in
            await clock.sleep(time)
            return .wake
        }
    }

    // MARK: - Performing

    private func start(_ work: [Work], in group: inout TaskGroup<Report>) {
        for item in work {
            switch item {
            case .callModel(let call):
                guard let model = models[call.model] else { continue }
                let feed = feed
                group.addTask { .outcome(await Self.perform(call, model, feed)) }
            case .callTool(let tool):
                let context = ToolContext(
                    run: run,
                    agent: tool.agent,
                    idempotencyKey: "\(run)/\(tool.id)"
                )
                group.addTask { [toolbox] in .outcome(await Self.perform(tool, toolbox, context)) }
            }
        }
    }

    private static func perform(_ call: Work.ModelCall, _ model: any ChatModel, _ feed: RunFeed?) async -> Fact {
        let speaker = call.speaker
        let onText: (@Sendable (String) -> Void)? = feed.map { feed in { feed.publish($0, of: speaker) } }
        do throws(ChatError) {
            return call.outcome(try await model.respond(to: call.request, onText: onText))
        } catch {
            return call.outcome(error)
        }
    }

    private static func perform(_ tool: Work.ToolWork, _ toolbox: Toolbox, _ context: ToolContext) async -> Fact {
        let outcome = await toolbox.call(tool.name, arguments: tool.arguments, context: context)
        return .toolCompleted(outcome.completion(of: tool.id))
    }
}

extension ToolOutcome {
    /// The outcome as it is recorded and as the model reads it.
    fileprivate func completion(of tool: String) -> ToolCompleted {
        switch self {
        case .completed(let text): ToolCompleted(tool: tool, outcome: .completed, text: text)
        case .rejected(let message): ToolCompleted(tool: tool, outcome: .rejected, text: Self.error(message))
        case .failed(let message): ToolCompleted(tool: tool, outcome: .failed, text: Self.error(message))
        case .timedOut:
            ToolCompleted(tool: tool, outcome: .timedOut, text: Self.error("the tool took too long and was given up"))
        case .cancelled: ToolCompleted(tool: tool, outcome: .failed, text: Self.error("the call was given up"))
        }
    }

    private static func error(_ message: String) -> String {
        JSONValue.object(["error": .string(message)]).jsonText
    }
}
