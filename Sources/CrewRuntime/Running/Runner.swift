import ChatModel
import CrewCore
import Synchronization

/// Executes one run: performs what the executor asks for, and tells it what came of that.
///
/// It decides nothing. The executor, which holds the run's state, is large, and what a suspended function keeps is what a
/// run under way costs: so whatever looks into it is done in functions that do not wait, and are not made part of those
/// that do.
struct Runner {
    /// What a task of the run's group reports.
    private enum Report: Sendable {
        case outcome(Fact)
        /// The effect was given up, and nothing is known of how it ended.
        case givenUp
        case wake(Int64)
        /// Something may have been said to the run.
        case sayings
        /// Nothing will be said to it any more.
        case silence
    }

    private var executor: Executor
    private let journal: any Journal
    /// The right to record; a new run gets it with its first events.
    private(set) var lease: Lease?
    private let models: [String: any ChatModel]
    private let toolbox: Toolbox
    private let clock: RunClock
    /// How many tasks the clock was told of, of which it was not told yet that all is taken in.
    private var held = 0
    private let feed: RunFeed?
    private let log: RunLog?
    /// How many effects and waits are under way.
    private var underWay = 0

    init(
        state: RunState,
        journal: any Journal,
        lease: Lease?,
        models: [String: any ChatModel],
        toolbox: Toolbox,
        clock: RunClock,
        feed: RunFeed?,
        log: RunLog?
    ) {
        executor = Executor(state)
        self.journal = journal
        self.lease = lease
        self.models = models
        self.toolbox = toolbox
        self.clock = clock
        self.feed = feed
        self.log = log
    }

    /// Goes on until the run ends.
    ///
    /// When the task is cancelled the run is recorded as interrupted and what is under way is given up.
    ///
    /// - Parameters:
    ///   - fact: The fact to begin with: the creation of the run or its resumption.
    ///   - said: What was said to the run before it was taken up.
    ///   - onBegin: Called once that is recorded.
    /// - Throws: ``JournalError`` when something could not be recorded; nothing that depends on it is performed.
    mutating func run(
        beginningWith fact: Fact,
        said: [SaidSignal],
        _ onBegin: (@Sendable () -> Void)? = nil
    ) async throws(JournalError) {
        let sayings = journal.sayings(to: run)
        hold()
        defer { letGo(held) }
        let failure: JournalError? = await withTaskGroup(of: Report.self) { group in
            defer { group.cancelAll() }
            do throws(JournalError) {
                try await tell(.begin(fact, said: said), in: &group)
                letGo(1)
                onBegin?()
                Self.listen(to: sayings, in: &group)
                while isRunning {
                    guard underWay > 0 else {
                        try await tell(.nothingUnderWay, in: &group)
                        continue
                    }
                    let report = await group.next()
                    if Task.isCancelled {
                        let outcomes = await Self.giveUp(&group, after: report)
                        try await tell(.interrupted(outcomes), in: &group)
                        return nil
                    }
                    switch report {
                    case .outcome(let fact):
                        underWay -= 1
                        try await tell(.outcome(fact), in: &group)
                        letGo(1)
                    case .wake(let time):
                        underWay -= 1
                        try await tell(.wake(time), in: &group)
                        letGo(1)
                    case .givenUp:
                        underWay -= 1
                        letGo(1)
                    case .sayings:
                        for signal in try await journal.signals(to: run) where isRunning {
                            try await tell(.said(signal), in: &group)
                        }
                        Self.listen(to: sayings, in: &group)
                    case .silence: break
                    case nil: underWay = 0
                    }
                }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// Cancels what is under way, and returns what came of it.
    private static func giveUp(_ group: inout TaskGroup<Report>, after report: Report?) async -> [Fact] {
        group.cancelAll()
        var outcomes: [Fact] = []
        var next = report
        while let report = next {
            if case .outcome(let fact) = report { outcomes.append(fact) }
            next = await group.next()
        }
        return outcomes
    }

    /// Waits beside everything else for something to be said to the run.
    private static func listen(to sayings: AsyncStream<Void>?, in group: inout TaskGroup<Report>) {
        guard let sayings else { return }
        group.addTask {
            for await _ in sayings { return .sayings }
            return .silence
        }
    }

    /// Counts one more task that the run waits for.
    private mutating func begin() {
        underWay += 1
        hold()
    }

    /// Tells the clock of one more task.
    private mutating func hold() {
        held += 1
        clock.underWay(1)
    }

    /// Tells the clock of tasks that have ended, and of which everything has been taken in.
    private mutating func letGo(_ count: Int) {
        held -= count
        if count > 0 { clock.underWay(-count) }
    }

    private var run: String { executor.state.definition.run }

    private var isRunning: Bool { executor.state.status == .running }

    /// What came of the run.
    @inline(never)
    func result() -> RunResult { RunResult(executor.state) }

    /// What the run found out about its models' endpoints, its lessons from one on.
    @inline(never)
    func findings(since lessons: Int) -> [(ModelDefinition, EndpointFindings)] {
        let state = executor.state
        var all: [(model: ModelDefinition, findings: EndpointFindings)] = []
        for (name, model) in state.crew.allModels {
            let findings = state.findings(on: name, after: lessons)
            if findings.isEmpty { continue }
            // What is one model at one endpoint has been seen by one run, however many names the crews have for it.
            if let same = all.firstIndex(where: { $0.model.baseURL == model.baseURL && $0.model.model == model.model })
            {
                all[same].findings.lessons += findings.lessons
                all[same].findings.keptForms.formUnion(findings.keptForms)
            } else {
                all.append((model, findings))
            }
        }
        return all
    }

    // MARK: - The executor's steps

    /// Tells the executor what happened, and does what it asks for until it waits for something else to happen.
    private mutating func tell(
        _ input: Executor.Input,
        in group: inout TaskGroup<Report>
    ) async throws(JournalError) {
        var next = step(input, in: &group)
        while true {
            switch next {
            case .append(let events):
                if let shortage = try await append(events) {
                    next = step(.refused(shortage), in: &group)
                } else {
                    next = step(.recorded, in: &group)
                }
            case .read: next = step(.journal(try await journal.events(of: run)), in: &group)
            case .giveUp: next = step(.interrupted(await Self.giveUp(&group, after: nil)), in: &group)
            case .listen, .stop: return
            }
        }
    }

    /// Takes a step, all of it that needs no waiting.
    @inline(never)
    private mutating func step(_ input: Executor.Input, in group: inout TaskGroup<Report>) -> Executor.Next {
        let step = executor.take(input, at: clock.now())
        start(step.start, in: &group)
        if let time = step.wake {
            begin()
            group.addTask { [clock] in
                await clock.sleep(time)
                return .wake(time)
            }
        }
        switch step.wait {
        case .begun(let reason): feed?.publish(waitingFor: reason)
        case .over: feed?.publish(waitingFor: nil)
        case nil: break
        }
        return step.next
    }

    /// Records events in one transaction, and shows them to whoever watches.
    ///
    /// - Returns: Why a hold was refused; then nothing is recorded.
    private mutating func append(_ events: [Event]) async throws(JournalError) -> AccountShortage? {
        do throws(JournalError) {
            if let lease {
                try await journal.append(events, lease)
            } else {
                lease = try await journal.create(run, events)
            }
        } catch {
            // Only a hold can be refused; a journal that refuses anything else does not work.
            guard let shortage = error.shortage, events.contains(where: \.fact.isIntendedCall) else { throw error }
            return shortage
        }
        feed?.publish(events)
        log?.tell(events)
        return nil
    }

    // MARK: - Performing

    private mutating func start(_ work: [Work], in group: inout TaskGroup<Report>) {
        for item in work {
            switch item {
            case .callModel(let call):
                guard let model = models[call.model] else { continue }
                let feed = feed
                begin()
                group.addTask { .outcome(await Self.perform(call, model, feed)) }
            case .callTool(let tool):
                let context = context(of: tool)
                begin()
                group.addTask { [toolbox] in await Self.perform(tool, toolbox, context) }
            }
        }
    }

    private func context(of tool: Work.ToolWork) -> ToolContext {
        ToolContext(
            run: run,
            agent: tool.agent,
            assignment: tool.seat.description,
            task: tool.task,
            idempotencyKey: "\(run)/\(tool.id)"
        ) { [feed] text in
            feed?.publish(
                ToolProgress(seat: tool.seat, agent: tool.agent, tool: tool.name, call: tool.id, text: text)
            )
        }
    }

    private static func perform(_ call: Work.ModelCall, _ model: any ChatModel, _ feed: RunFeed?) async -> Fact {
        let seat = call.seat
        var onText: (@Sendable (String) -> Void)?
        // Whoever watches sees the answer grow, not what is thought before it.
        let thoughts = Mutex(ReasoningBlocks.Stream())
        @Sendable func show(_ text: String) { if !text.isEmpty { feed?.publish(text, of: seat) } }
        if feed != nil { onText = { text in show(thoughts.withLock { $0.take(text) }) } }
        defer { show(thoughts.withLock { $0.end() }) }
        do throws(ChatError) {
            let response = try await model.respond(to: call.request, onText: onText)
            return call.outcome(response)
        } catch {
            return call.outcome(error)
        }
    }

    private static func perform(_ tool: Work.ToolWork, _ toolbox: Toolbox, _ context: ToolContext) async -> Report {
        let outcome = await toolbox.call(tool.name, arguments: tool.arguments, context: context)
        return outcome.completion(of: tool.id).map { .outcome(.toolCompleted($0)) } ?? .givenUp
    }
}

extension ToolOutcome {
    /// The outcome as it is recorded and as the model reads it; `nil` when the call was given up.
    fileprivate func completion(of tool: String) -> ToolCompleted? {
        switch self {
        case .completed(let text): ToolCompleted(tool: tool, outcome: .completed, text: text)
        case .rejected(let message): ToolCompleted(tool: tool, outcome: .rejected, text: Self.error(message))
        case .failed(let message): ToolCompleted(tool: tool, outcome: .failed, text: Self.error(message))
        case .timedOut:
            ToolCompleted(tool: tool, outcome: .timedOut, text: Self.error("the tool took too long and was given up"))
        case .cancelled: nil
        }
    }

    private static func error(_ message: String) -> String {
        JSONValue.object(["error": .string(message)]).jsonText
    }
}
