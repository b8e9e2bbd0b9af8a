import ChatModel
import CrewCore
import Synchronization

/// Executes one run: performs the work that the state asks for and records what comes of it.
///
/// It decides nothing. Every outcome is taken into the state, the core is asked what follows, and both are recorded in
/// one transaction before anything that was intended is performed.
///
/// The state is large, and what a suspended function keeps is what a run under way costs: so whatever looks into the state
/// is done in functions that do not wait, and are not made part of those that do.
struct Runner {
    /// What an effect under way reports.
    private enum Report: Sendable {
        case outcome(Fact)
        /// The effect was given up, and nothing is known of how it ended.
        case givenUp
        case wake(Int64)
    }

    private(set) var state: RunState
    private let journal: any Journal
    /// The right to record; a new run gets it with its first events.
    private(set) var lease: Lease?
    private let models: [String: any ChatModel]
    private let toolbox: Toolbox
    private let clock: RunClock
    private let feed: RunFeed?
    /// The times at which a sleeper will wake.
    private var armed: Set<Int64> = []
    /// The wait for room on an account above the run.
    private var accountWait = AccountWait()
    /// What whoever watches was last told of it.
    private var toldWait: String?

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
                startInterruptedTools(in: &group)
                while state.status == .running {
                    let report = await group.next()
                    if Task.isCancelled {
                        try await interrupt(after: report, in: &group)
                        return nil
                    }
                    switch report {
                    case .outcome(let fact): try await advance(with: fact, in: &group)
                    case .wake(let time):
                        armed.remove(time)
                        try await advance(with: nil, in: &group)
                    case .givenUp: break
                    case nil: try await record(at: clock.now()) { $0.deadEnd() }
                    }
                }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    @inline(never)
    private func startInterruptedTools(in group: inout TaskGroup<Report>) {
        if state.status == .running { start(state.interruptedTools, in: &group) }
    }

    /// Records the interruption, and before it what was completed at the same moment: it is paid for and not repeated.
    @inline(never)
    private mutating func interrupt(
        after report: Report?,
        in group: inout TaskGroup<Report>
    ) async throws(JournalError) {
        group.cancelAll()
        var completed: [Fact] = []
        var next = report
        while let report = next {
            if case .outcome(let fact) = report, fact.isCompletion { completed.append(fact) }
            next = await group.next()
        }
        var facts = completed[...]
        try await record(at: clock.now()) { state in facts.popFirst() ?? state.interruption() }
    }

    private var run: String { state.definition.run }

    /// What came of the run.
    @inline(never)
    func result() -> RunResult { RunResult(state) }

    /// What was learned of the endpoints since it was as given.
    @inline(never)
    func learned(since before: [String: Dialect]) -> [(model: ModelDefinition, dialect: Dialect)] {
        guard state.dialects != before else { return [] }
        return state.crew.models.compactMap { model in
            state.dialects[model.name].flatMap { $0 == before[model.name] ? nil : (model, $0) }
        }
    }

    // MARK: - Deciding and recording

    /// Takes a fact and all that follows from it into the state and the journal, and begins the work that it asks for.
    private mutating func advance(with fact: Fact?, in group: inout TaskGroup<Report>) async throws(JournalError) {
        let now = clock.now()
        if accountWait.isUnderWay {
            try await advanceByHolds(with: fact, in: &group)
        } else {
            do throws(JournalError) {
                var fact = fact
                var work: [Work] = []
                try await record(at: now) { state in
                    if let given = fact.take() { return given }
                    return state.decide(at: now)
                } onEvent: { state, event in
                    if let next = state.work(for: event.fact) { work.append(next) }
                }
                if state.status == .running { start(work, in: &group) }
            } catch {
                guard error.shortage != nil else { throw error }
                refold(lease == nil ? [] : try await journal.events(of: run))
                try await advanceByHolds(with: fact, in: &group)
            }
        }
        armNext(after: now, in: &group)
    }

    /// Goes back to what is recorded.
    @inline(never)
    private mutating func refold(_ events: [Event]) {
        state = state.refolded(events)
    }

    /// Does the same with a transaction for each hold, so that those are taken for which there is room.
    ///
    /// The outcome and what follows from it without a hold is recorded at once: it is paid for, and what was held for it
    /// may be what others wait for.
    @inline(never)
    private mutating func advanceByHolds(
        with fact: Fact?,
        in group: inout TaskGroup<Report>
    ) async throws(JournalError) {
        var fact = fact
        while state.status == .running {
            let now = clock.now()
            let before = state
            var isFirst = true
            var work: [Work] = []
            do throws(JournalError) {
                try await record(at: now) { state in
                    defer { isFirst = false }
                    guard let next = fact.take() ?? state.decide(at: now) else { return nil }
                    return next.isIntendedCall && !isFirst ? nil : next
                } onEvent: { state, event in
                    if let next = state.work(for: event.fact) { work.append(next) }
                }
            } catch {
                guard let shortage = error.shortage else { throw error }
                state = before
                if shortage.mayClear, let time = accountWait.next(after: now, mayMakeRoom: state.isAnyEffectUnderWay) {
                    arm(time, in: &group)
                    tell(waitingFor: shortage.wanted)
                    return
                }
                fact = shortage.fact
                continue
            }
            // Somebody who was let through waits anew if there is no room for what is next.
            if before.sequence == state.sequence || !work.isEmpty {
                accountWait = AccountWait()
                tell(waitingFor: nil)
            }
            if before.sequence == state.sequence { return }
            if state.status == .running { start(work, in: &group) }
        }
    }

    /// Tells whoever watches what the run waits for; once, since it asks again and again.
    private mutating func tell(waitingFor reason: String?) {
        guard reason != toldWait else { return }
        toldWait = reason
        feed?.publish(waitingFor: reason)
    }

    /// Records facts until there are no more, in one transaction.
    ///
    /// - Parameters:
    ///   - now: The time at which they happen and are decided; one time, so that whoever folds them decides the same.
    ///   - next: The next fact.
    ///   - onEvent: Told of each event once it is in the state.
    private mutating func record(
        at now: Int64,
        _ next: (inout RunState) -> Fact?,
        onEvent: (RunState, Event) -> Void = { _, _ in }
    ) async throws(JournalError) {
        let events = take(at: now, next, onEvent)
        guard !events.isEmpty else { return }
        if let lease {
            try await journal.append(events, lease)
        } else {
            lease = try await journal.create(run, events)
        }
        feed?.publish(events)
    }

    /// Takes facts into the state until there are no more.
    @inline(never)
    private mutating func take(
        at now: Int64,
        _ next: (inout RunState) -> Fact?,
        _ onEvent: (RunState, Event) -> Void
    ) -> [Event] {
        var events: [Event] = []
        while let fact = next(&state) {
            let event = Event(sequence: state.sequence + 1, time: now, fact: fact)
            state.apply(event)
            events.append(event)
            onEvent(state, event)
            if state.status != .running { break }
        }
        return events
    }

    @inline(never)
    private mutating func armNext(after now: Int64, in group: inout TaskGroup<Report>) {
        arm(state.wakeTime(after: now), in: &group)
    }

    /// Sees to it that the state is asked again when its time comes.
    private mutating func arm(_ time: Int64?, in group: inout TaskGroup<Report>) {
        guard let time, !armed.contains(where: { $0 <= time }) else { return }
        armed.insert(time)
        group.addTask { [clock] in
            await clock.sleep(time)
            return .wake(time)
        }
    }

    // MARK: - Performing

    @inline(never)
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
                group.addTask { [toolbox] in await Self.perform(tool, toolbox, context) }
            }
        }
    }

    private static func perform(_ call: Work.ModelCall, _ model: any ChatModel, _ feed: RunFeed?) async -> Fact {
        let speaker = call.speaker
        var onText: (@Sendable (String) -> Void)?
        // Whoever watches sees the answer grow, not what is thought before it.
        let thoughts = Mutex(ReasoningBlocks.Stream())
        @Sendable func show(_ text: String) { if !text.isEmpty { feed?.publish(text, of: speaker) } }
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

extension Fact {
    /// Whether it takes a hold.
    fileprivate var isIntendedCall: Bool { if case .callIntended = self { true } else { false } }

    /// Whether an effect did come to its end, other than by being given up.
    fileprivate var isCompletion: Bool {
        switch self {
        case .callCompleted, .toolCompleted: true
        default: false
        }
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
