public import ChatModel
public import CrewCore
import Synchronization

/// Runs crews.
///
/// An engine holds what runs share: where models come from, where journals are kept, and the prompts. Runs share nothing
/// else, and any number of them may be under way.
public final class CrewEngine: Sendable {
    private let models: any ModelProvider
    private let journal: any Journal
    private let prompts: PromptBook
    private let web: (any WebClient)?
    private let clock: RunClock
    /// The last crew that was found to be in order: one that is run many times is checked once.
    private let sound = Mutex<Crew?>(nil)

    /// Makes an engine.
    ///
    /// - Parameters:
    ///   - models: Where models come from.
    ///   - journal: Where runs are recorded.
    ///   - prompts: The texts that are sent to models; the built-in ones unless said otherwise.
    ///   - web: What the built-in tool `fetch` reads the web through; without it, a crew that declares it is refused.
    ///   - clock: The time; the machine's unless a test turns it.
    /// - Throws: ``CrewError`` when the prompts cannot be read.
    public init(
        models: any ModelProvider,
        journal: any Journal = MemoryJournal(),
        prompts: PromptBook? = nil,
        web: (any WebClient)? = nil,
        clock: RunClock = .system
    ) throws(CrewError) {
        self.models = models
        self.journal = journal
        self.web = web
        self.clock = clock
        do throws(PromptError) {
            self.prompts = if let prompts { prompts } else { try PromptBook.builtIn() }
        } catch {
            throw CrewError(.prompts, error.description, cause: error)
        }
    }

    // MARK: - Running

    /// Runs a crew to its end.
    ///
    /// - Parameters:
    ///   - crew: The crew.
    ///   - inputs: Its inputs.
    ///   - limits: What the run may use; what is left out is as the crew says.
    ///   - folder: What relative paths of tools are relative to.
    ///   - file: The path, from the root, of the file that the crew was read from, if any: no tool may change it.
    /// - Returns: What came of it, also when it failed or reached a limit.
    /// - Throws: ``CrewError`` when it could not be run at all.
    public func run(
        _ crew: Crew,
        inputs: [String: JSONValue] = [:],
        limits: Limits = Limits(),
        folder: String = ".",
        file: String? = nil
    ) async throws(CrewError) -> RunResult {
        let prepared = try await prepare(crew, inputs, limits, folder, file)
        return try await execute(prepared, feed: nil)
    }

    /// Runs a crew and lets it be watched.
    ///
    /// - Parameters:
    ///   - crew: The crew.
    ///   - inputs: Its inputs.
    ///   - limits: What the run may use; what is left out is as the crew says.
    ///   - folder: What relative paths of tools are relative to.
    ///   - file: The path, from the root, of the file that the crew was read from, if any: no tool may change it.
    ///   - body: Observes the run. When it returns before the run has ended, the run is interrupted.
    /// - Returns: What `body` returns.
    /// - Throws: ``CrewError`` when the crew could not be run at all, and what `body` throws.
    public func withRun<Value>(
        _ crew: Crew,
        inputs: [String: JSONValue] = [:],
        limits: Limits = Limits(),
        folder: String = ".",
        file: String? = nil,
        _ body: (CrewRun) async throws -> Value
    ) async throws -> Value {
        try await observe(try await prepare(crew, inputs, limits, folder, file), body)
    }

    // MARK: - Resuming

    /// Takes a run up where it stopped, and brings it to its end.
    ///
    /// - Parameters:
    ///   - run: The run's identifier.
    ///   - options: What is to be different from now on.
    /// - Returns: What came of it.
    /// - Throws: ``CrewError`` when it could not be taken up.
    public func resume(_ run: String, _ options: ResumeOptions = ResumeOptions()) async throws(CrewError) -> RunResult {
        try await execute(try await reopen(run, options), feed: nil)
    }

    /// Takes a run up where it stopped, and lets it be watched; see ``withRun(_:inputs:limits:folder:_:)``.
    public func withResumedRun<Value>(
        _ run: String,
        _ options: ResumeOptions = ResumeOptions(),
        _ body: (CrewRun) async throws -> Value
    ) async throws -> Value {
        try await observe(try await reopen(run, options), body)
    }

    // MARK: - Looking

    /// The state of a run, as far as it is recorded.
    public func state(of run: String) async throws(CrewError) -> RunState {
        let events = try await journaled { () async throws(JournalError) in try await self.journal.events(of: run) }
        return try fold(events, run, try await library(of: events))
    }

    /// What would be sent first, without sending anything: the state of a run that is created but not executed.
    public func preview(
        _ crew: Crew,
        inputs: [String: JSONValue] = [:],
        limits: Limits = Limits(),
        folder: String = "."
    ) async throws(CrewError) -> RunState {
        let draft = try draft(crew, inputs, limits, folder, nil)
        return RunState(draft.completed(await dialects(of: draft)), prompts: prompts)
    }
}

/// What is to be different when a run is taken up again.
public struct ResumeOptions: Sendable {
    /// New limits; what is left out stays as it was.
    public var limits: Limits
    /// What becomes of tool calls that were cut off and may have had their effect.
    public var unknownTools: RunResumed.UnknownToolPolicy
    /// The tools written in Swift that the crew's agents are granted.
    ///
    /// They have to take the arguments that they took when the run began, and may do less than then, not more: a tool with
    /// further effects, or one that may no longer be called twice, is refused by name.
    public var tools: [any Tool]
    /// How many instructions the coordinator may issue in all; without it, as many as before.
    public var instructions: Int?
    /// Other prompts to go on with, which the journal then keeps for the run; without them, those that it was begun with.
    public var prompts: PromptBook?
    /// The crew as its file says now, where it came from one: the run goes on with what it grants as well as what was
    /// granted when the run began.
    public var current: Crew?

    /// Makes options; by default nothing is different.
    public init(
        limits: Limits = Limits(),
        unknownTools: RunResumed.UnknownToolPolicy = .pause,
        tools: [any Tool] = [],
        instructions: Int? = nil,
        prompts: PromptBook? = nil,
        current: Crew? = nil
    ) {
        self.limits = limits
        self.unknownTools = unknownTools
        self.tools = tools
        self.instructions = instructions
        self.prompts = prompts
        self.current = current
    }
}

// MARK: - Preparing

extension CrewEngine {
    /// A run that is ready to be executed.
    ///
    /// A class, so that those who wait for its end keep but a reference.
    private final class Prepared: Sendable {
        let state: RunState
        let toolbox: Toolbox
        let models: [String: any ChatModel]
        /// The journal's lease, for a run that exists; a new run is created with its first event.
        let lease: Lease?
        let first: Fact

        // What makes it is kept out of the functions that wait, whose local values live as long as the run.
        init(state: RunState, toolbox: Toolbox, models: [String: any ChatModel], lease: Lease?, first: Fact) {
            self.state = state
            self.toolbox = toolbox
            self.models = models
            self.lease = lease
            self.first = first
        }
    }

    /// Makes a run ready to be executed; nothing of it is recorded yet.
    @inline(never)
    private func prepare(
        _ crew: Crew,
        _ inputs: [String: JSONValue],
        _ limits: Limits,
        _ folder: String,
        _ file: String?
    ) async throws(CrewError) -> Prepared {
        let draft = try draft(crew, inputs, limits, folder, file)
        try await checkPrices(draft.created.crew)
        return try prepared(draft, await dialects(of: draft))
    }

    private func dialects(of draft: Draft) async -> [String: Dialect] {
        var dialects: [String: Dialect] = [:]
        for model in draft.created.crew.models { dialects[model.name] = await models.dialect(for: model) }
        return dialects
    }

    /// A run of which all is known but what is remembered of its endpoints.
    private final class Draft {
        let created: RunCreated
        let toolbox: Toolbox

        init(_ created: RunCreated, _ toolbox: Toolbox) {
            self.created = created
            self.toolbox = toolbox
        }

        func completed(_ dialects: [String: Dialect]) -> RunCreated {
            var created = created
            created.dialects = dialects
            return created
        }
    }

    @inline(never)
    private func draft(
        _ crew: Crew,
        _ inputs: [String: JSONValue],
        _ limits: Limits,
        _ folder: String,
        _ file: String?
    ) throws(CrewError) -> Draft {
        var crew = crew
        crew.models = try models.resolve(crew.models)
        let limits = limits.completed(from: crew.limits)
        crew.limits = limits
        try check(crew)
        let values: JSONObject
        do throws(InputError) { values = try crew.resolveInputs(inputs) } catch {
            throw CrewError(.invalidInput, error.message, cause: error)
        }
        // Without inputs nothing is put in, and what stands in the crew has been looked at.
        if !values.isEmpty, let problem = crew.oversizedTexts(with: values).first {
            throw CrewError(.invalidInput, problem.description)
        }
        let secrets = models.secrets(of: crew.models)
        if let (name, _) = values.first(where: { secrets.isContained(in: $0.value) }) {
            throw CrewError(.invalidInput, "the input \"\(name)\" holds a key, which is not recorded or sent to models")
        }
        let toolbox = try openToolbox(crew, folder, file, [])
        let created = RunCreated(
            run: RunIdentifier.make(at: clock.now()),
            crew: crew,
            inputs: .object(values),
            limits: limits,
            tools: Dictionary(
                crew.agents.map { ($0.name, toolbox.specifications(for: $0.name)) },
                uniquingKeysWith: { first, _ in first }
            ),
            prompts: prompts.version,
            folder: folder,
            file: file
        )
        return Draft(created, toolbox)
    }

    @inline(never)
    private func prepared(_ draft: Draft, _ dialects: [String: Dialect]) throws(CrewError) -> Prepared {
        let created = draft.completed(dialects)
        journal.keep(prompts)
        return Prepared(
            state: RunState(created, prompts: prompts),
            toolbox: draft.toolbox,
            models: try openModels(created.crew),
            lease: nil,
            first: .runCreated(created)
        )
    }

    private func check(_ crew: Crew) throws(CrewError) {
        // Tools written in Swift are equal by their names alone, and may have come to touch something else.
        let isComparable = crew.agents.allSatisfy {
            $0.tools.allSatisfy { if case .named = $0 { true } else { false } }
        }
        if isComparable, sound.withLock({ $0 == crew }) { return }
        let problems = crew.problems()
        guard problems.isEmpty else {
            throw CrewError(.invalidCrew, problems.map(\.description).joined(separator: "\n"))
        }
        if isComparable { sound.withLock { $0 = crew } }
    }

    /// Sees to it that a limit in dollars on an account above the run can be kept, as the run's own limits are.
    private func checkPrices(_ crew: Crew) async throws(CrewError) {
        // Priced models are the rule, and then nobody has to be asked.
        guard crew.models.contains(where: { $0.effectivePrice == nil }) else { return }
        let account = try await journaled { () async throws(JournalError) in
            try await self.journal.moneyAccount(ofCrew: crew.name)
        }
        guard let account else { return }
        var limited = crew
        limited.limits.money = limited.limits.money ?? .zero
        let problems = limited.problems()
        guard !problems.isEmpty else { return }
        let reason = "the account \(account) is limited in dollars (crew budget shows it)"
        throw CrewError(.invalidCrew, (problems.map(\.description) + [reason]).joined(separator: "\n"))
    }

    @inline(never)
    private func reopen(_ run: String, _ options: ResumeOptions) async throws(CrewError) -> Prepared {
        let (lease, events) = try await journaled { () async throws(JournalError) in try await self.journal.open(run) }
        do throws(CrewError) {
            if let unknown = events.firstUnknown {
                let error = JournalError.newer(run, unknown)
                throw CrewError(.journal, error.message, cause: error)
            }
            var library = try await library(of: events)
            if let prompts = options.prompts { library.add(prompts) }
            let state = try fold(events, run, library)
            guard state.status != .finished else {
                throw CrewError(.configuration, "the run \(run) has finished; there is nothing to resume")
            }
            let (crew, withdrawn) = try narrowed(state.crew, options)
            try checkInstructions(options.instructions, crew)
            var limits: Limits?
            if options.limits != Limits() { limits = options.limits.completed(from: state.limits) }
            // Whoever gives the prompts that the run has goes on with them.
            let others = options.prompts.flatMap { $0.version == state.promptVersion ? nil : $0 }
            if let others { journal.keep(others) }
            let toolbox = try openToolbox(crew, state.definition.folder, state.definition.file, options.tools)
            try checkTools(toolbox, options.tools, state)
            return Prepared(
                state: state,
                toolbox: toolbox,
                models: try openModels(crew),
                lease: lease,
                first: .runResumed(
                    RunResumed(
                        epoch: lease.epoch,
                        limits: limits,
                        unknownTools: options.unknownTools,
                        instructions: options.instructions,
                        prompts: others?.version,
                        withdrawn: withdrawn.isEmpty ? nil : withdrawn
                    )
                )
            )
        } catch {
            await journal.release(lease)
            throw error
        }
    }

    /// The crew that a run goes on with: held to what is granted now, and by the rules that hold now.
    private func narrowed(_ crew: Crew, _ options: ResumeOptions) throws(CrewError) -> (Crew, withdrawn: [String]) {
        var current = options.current
        if let written = current?.models { current?.models = try models.resolve(written) }
        let narrowed = current.map { crew.narrowed(to: $0) }
        if let withdrawn = narrowed?.withdrawn, !withdrawn.isEmpty {
            throw CrewError(
                .invalidCrew,
                "the run cannot go on without what its crew is no longer granted: \(withdrawn.joined(separator: ", ")); "
                    + "grant it again, or start a new run"
            )
        }
        let crew = narrowed?.crew ?? crew
        var checked = crew
        for (index, agent) in crew.agents.enumerated() {
            // Of tools written in Swift only names are recorded; one that is not given is the toolbox's to refuse.
            checked.agents[index].tools = agent.tools.compactMap { grant in
                if let tool = options.tools.first(where: { $0.name == grant.name }) { return .code(tool) }
                let set = grant.name.split(separator: ".", maxSplits: 1).first.map(String.init)
                return crew.tools.contains { $0.name == set } ? grant : nil
            }
        }
        try check(checked)
        return (crew, narrowed?.differences ?? [])
    }

    /// Sees to it that tools that are handed over again are those with which the run was begun, or do less.
    ///
    /// The built-in ones are the program's own: of them the declaration is recorded, and held against the crew as it is now.
    private func checkTools(_ toolbox: Toolbox, _ tools: [any Tool], _ state: RunState) throws(CrewError) {
        let names = Set(tools.map(\.name))
        var changes: [String] = []
        for (agent, recorded) in state.definition.tools.sorted(by: { $0.key < $1.key }) {
            let present = toolbox.specifications(for: agent)
            for tool in recorded where names.contains(tool.declaration.name) {
                guard let now = present.first(where: { $0.declaration.name == tool.declaration.name }),
                    let change = tool.change(to: now)
                else { continue }
                let sentence = "the tool `\(tool.declaration.name)` is not as it was when the run began: \(change)"
                if !changes.contains(sentence) { changes.append(sentence) }
            }
        }
        guard !changes.isEmpty else { return }
        throw CrewError(
            .configuration,
            changes.joined(separator: "\n") + "; hand over what it was, or begin a new run"
        )
    }

    private func checkInstructions(_ instructions: Int?, _ crew: Crew) throws(CrewError) {
        guard let instructions else { return }
        guard crew.process.pattern == .coordinator else {
            throw CrewError(
                .configuration,
                "the crew \(crew.name) has no coordinator, so its instructions cannot be limited"
            )
        }
        guard CrewProcess.instructionRange.contains(instructions) else {
            let range = CrewProcess.instructionRange
            throw CrewError(
                .configuration,
                "\(instructions) instructions are out of range: from \(range.lowerBound) to \(range.upperBound)"
            )
        }
    }

    /// The prompts with which a run was begun, and others that it has gone on with.
    private func library(of events: [Event]) async throws(CrewError) -> PromptLibrary {
        try await journaled { () async throws(JournalError) in
            try await self.journal.library(of: events, own: self.prompts)
        }
    }

    private func fold(
        _ events: [Event],
        _ run: String,
        _ library: PromptLibrary
    ) throws(CrewError) -> RunState {
        guard let state = RunState(folding: events, library: library) else {
            if case .unknown(let fact)? = events.first?.fact {
                let error = JournalError.newer(run, (1, fact))
                throw CrewError(.journal, error.message, cause: error)
            }
            throw CrewError(.journal, "the journal of \(run) does not begin with its creation")
        }
        return state
    }

    private func openModels(_ crew: Crew) throws(CrewError) -> [String: any ChatModel] {
        var opened: [String: any ChatModel] = [:]
        let secrets = models.secrets(of: crew.models)
        for definition in crew.models {
            let model = try models.model(for: definition)
            opened[definition.name] = secrets.isEmpty ? model : FilteringModel(base: model, secrets: secrets)
        }
        return opened
    }

    private func openToolbox(
        _ crew: Crew,
        _ folder: String,
        _ file: String?,
        _ tools: [any Tool]
    ) throws(CrewError) -> Toolbox {
        do throws(ToolboxError) {
            return try Toolbox(
                crew: crew,
                folder: folder,
                protected: ProtectedPlaces(
                    files: [file].compactMap(\.self),
                    folders: [journal.folder].compactMap(\.self) + PersonalFolder.allCases.compactMap(\.path)
                ),
                tools: tools,
                web: web,
                secrets: models.secrets(of: crew.models)
            )
        } catch {
            throw CrewError(.configuration, error.description, cause: error)
        }
    }

    private func journaled<Value>(
        _ body: () async throws(JournalError) -> Value
    ) async throws(CrewError) -> Value {
        do throws(JournalError) { return try await body() } catch {
            throw CrewError(.journal, error.message, cause: error)
        }
    }
}

// MARK: - Executing

extension CrewEngine {
    private func observe<Value>(_ prepared: Prepared, _ body: (CrewRun) async throws -> Value) async throws -> Value {
        let feed = RunFeed()
        let execution = Task {
            defer { feed.finish() }
            return try await self.execute(prepared, feed: feed)
        }
        let run = CrewRun(id: prepared.state.definition.run, feed: feed, execution: execution)
        return try await withTaskCancellationHandler {
            do {
                let value = try await body(run)
                execution.cancel()
                _ = await execution.result
                return value
            } catch {
                execution.cancel()
                _ = await execution.result
                throw error
            }
        } onCancel: {
            execution.cancel()
        }
    }

    private func execute(_ prepared: Prepared, feed: RunFeed?) async throws(CrewError) -> RunResult {
        do throws(JournalError) {
            if let executor = models.executor {
                let result: Result<RunResult, JournalError> = await withTaskExecutorPreference(executor) {
                    do throws(JournalError) { return .success(try await self.perform(prepared, feed)) } catch {
                        return .failure(error)
                    }
                }
                return try result.get()
            }
            return try await perform(prepared, feed)
        } catch {
            throw CrewError(.journal, error.message, cause: error)
        }
    }

    private func perform(_ prepared: Prepared, _ feed: RunFeed?) async throws(JournalError) -> RunResult {
        var runner = runner(prepared, feed)
        do throws(JournalError) {
            try await runner.run(beginningWith: prepared.first)
        } catch {
            if let lease = runner.lease { await journal.release(lease) }
            throw error
        }
        for (model, findings) in runner.findings(since: prepared.state.lessons.count) {
            await models.remember(findings, for: model)
        }
        if let lease = runner.lease { await journal.release(lease) }
        return runner.result()
    }

    @inline(never)
    private func runner(_ prepared: Prepared, _ feed: RunFeed?) -> Runner {
        Runner(
            state: prepared.state,
            journal: journal,
            lease: prepared.lease,
            models: prepared.models,
            toolbox: prepared.toolbox,
            clock: clock,
            feed: feed
        )
    }
}

extension Limits {
    /// These limits, with those of `others` where none is given.
    func completed(from others: Limits) -> Limits {
        Limits(
            money: money ?? others.money,
            tokens: tokens ?? others.tokens,
            calls: calls ?? others.calls,
            time: time ?? others.time
        )
    }
}
