public import ChatModel
public import CrewCore
package import Logging
import Synchronization

/// Runs crews.
///
/// An engine holds what runs share: where models come from, where journals are kept, and the prompts. Runs share nothing
/// else, and any number of them may be under way.
public final class CrewEngine: Sendable {
    let models: any ModelProvider
    let journal: any Journal
    let prompts: PromptBook
    private let logger: Logger?
    private let tools: [any ToolProvider]
    let clock: RunClock
    /// The last crew that was found to be in order: one that is run many times is checked once.
    private let sound = Mutex<Crew?>(nil)
    /// The runs that go on by themselves.
    let underWay = Mutex<[String: Task<RunResult, any Error>]>([:])

    /// Makes an engine.
    ///
    /// - Parameters:
    ///   - models: Where models come from.
    ///   - journal: Where runs are recorded.
    ///   - prompts: The texts that are sent to models; the built-in ones unless said otherwise.
    ///   - tools: The built-in tools that crews may declare.
    ///   - clock: The time; the machine's unless a test brings its own.
    ///   - logger: Where it logs what becomes of runs; nowhere unless said otherwise.
    /// - Throws: ``CrewError`` when the prompts cannot be read.
    package init(
        models: any ModelProvider,
        journal: any Journal = MemoryJournal(),
        prompts: PromptBook? = nil,
        tools: [any ToolProvider],
        clock: RunClock = .system,
        logger: Logger? = nil
    ) throws(CrewError) {
        self.logger = logger
        self.models = models
        self.journal = journal
        self.tools = tools
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
        let draft = try draft(crew, inputs, limits)
        let toolbox = try await openToolbox(draft.crew, folder, nil, [])
        await toolbox.close()
        let created = draft.created(with: toolbox, await dialects(of: draft), prompts.version, folder, nil)
        return RunState(created, prompts: prompts)
    }
}

// MARK: - Preparing

extension CrewEngine {
    /// A run that is ready to be executed.
    ///
    /// A class, so that those who wait for its end keep but a reference.
    final class Prepared: Sendable {
        let state: RunState
        let toolbox: Toolbox
        let models: [String: any ChatModel]
        /// The journal's lease, for a run that exists; a new run is created with its first event.
        let lease: Lease?
        let first: Fact
        /// What was said to the run before it was taken up.
        let said: [SaidSignal]

        // What makes it is kept out of the functions that wait, whose local values live as long as the run.
        init(
            state: RunState,
            toolbox: Toolbox,
            models: [String: any ChatModel],
            lease: Lease?,
            first: Fact,
            said: [SaidSignal] = []
        ) {
            self.state = state
            self.toolbox = toolbox
            self.models = models
            self.lease = lease
            self.first = first
            self.said = said
        }
    }

    /// Makes a run ready to be executed; nothing of it is recorded yet.
    @inline(never)
    func prepare(
        _ crew: Crew,
        _ inputs: [String: JSONValue],
        _ limits: Limits,
        _ folder: String,
        _ file: String?
    ) async throws(CrewError) -> Prepared {
        let draft = try draft(crew, inputs, limits)
        try await checkPrices(draft.crew)
        let dialects = await dialects(of: draft)
        let toolbox = try await openToolbox(draft.crew, folder, file, [])
        do throws(CrewError) {
            let models = try openModels(draft.crew)
            journal.keep(prompts)
            let created = draft.created(with: toolbox, dialects, prompts.version, folder, file)
            return Prepared(
                state: RunState(created, prompts: prompts),
                toolbox: toolbox,
                models: models,
                lease: nil,
                first: .runCreated(created)
            )
        } catch {
            await toolbox.close()
            throw error
        }
    }

    private func dialects(of draft: Draft) async -> [String: Dialect] {
        var dialects: [String: Dialect] = [:]
        for (name, model) in draft.crew.allModels { dialects[name] = await models.dialect(for: model) }
        return dialects
    }

    /// A crew with which a run can be begun, and what it is begun with.
    private final class Draft {
        let run: String
        let crew: Crew
        let inputs: JSONObject

        init(_ run: String, _ crew: Crew, _ inputs: JSONObject) {
            self.run = run
            self.crew = crew
            self.inputs = inputs
        }

        @inline(never)
        func created(
            with toolbox: Toolbox,
            _ dialects: [String: Dialect],
            _ prompts: String,
            _ folder: String,
            _ file: String?
        ) -> RunCreated {
            var created = RunCreated(
                run: run,
                crew: crew,
                inputs: .object(inputs),
                limits: crew.limits,
                tools: Dictionary(
                    crew.allGrants.map { ($0.path, toolbox.specifications(for: $0.path)) },
                    uniquingKeysWith: { first, _ in first }
                ),
                prompts: prompts,
                folder: folder,
                file: file
            )
            created.dialects = dialects
            return created
        }
    }

    @inline(never)
    private func draft(
        _ crew: Crew,
        _ inputs: [String: JSONValue],
        _ limits: Limits
    ) throws(CrewError) -> Draft {
        var crew = try models.resolve(crew)
        crew.limits = limits.completed(from: crew.limits)
        try check(crew)
        let values: JSONObject
        do throws(InputError) { values = try crew.resolveInputs(inputs) } catch {
            throw CrewError(.invalidInput, error.message, cause: error)
        }
        // Without inputs nothing is put in, and what stands in the crew has been looked at.
        if !values.isEmpty, let problem = crew.oversizedTexts(with: values).first {
            throw CrewError(.invalidInput, problem.description)
        }
        let secrets = models.secrets(of: crew)
        if let (name, _) = values.first(where: { secrets.isContained(in: $0.value) }) {
            throw CrewError(.invalidInput, "the input \"\(name)\" holds a key, which is not recorded or sent to models")
        }
        return Draft(RunIdentifier.make(at: clock.now()), crew, values)
    }

    func check(_ crew: Crew) throws(CrewError) {
        // Tools written in Swift are equal by their names alone, and may have come to touch something else.
        let isComparable =
            crew.isBoundedTree
            && crew.allGrants.allSatisfy {
                $0.tools.allSatisfy { if case .named = $0 { true } else { false } }
            }
        if isComparable, sound.withLock({ $0 == crew }) { return }
        let problems = crew.problems(builtins: tools)
        guard problems.isEmpty else {
            throw CrewError(.invalidCrew, problems.map(\.description).joined(separator: "\n"))
        }
        if isComparable { sound.withLock { $0 = crew } }
    }

    /// Sees to it that a limit in dollars on an account above the run can be kept, as the run's own limits are.
    private func checkPrices(_ crew: Crew) async throws(CrewError) {
        // Priced models are the rule, and then nobody has to be asked.
        guard crew.allModels.contains(where: { $0.model.effectivePrice == nil }) else { return }
        let account = try await journaled { () async throws(JournalError) in
            try await self.journal.moneyAccount(ofCrew: crew.name)
        }
        guard let account else { return }
        var limited = crew
        limited.limits.money = limited.limits.money ?? .zero
        let problems = limited.problems(builtins: tools)
        guard !problems.isEmpty else { return }
        let reason = "the account \(account) is limited in dollars (crew budget shows it)"
        throw CrewError(.invalidCrew, (problems.map(\.description) + [reason]).joined(separator: "\n"))
    }

    func openModels(_ crew: Crew) throws(CrewError) -> [String: any ChatModel] {
        var opened: [String: any ChatModel] = [:]
        let secrets = models.secrets(of: crew)
        for definition in crew.qualifiedModels {
            let model = try models.model(for: definition)
            opened[definition.name] = secrets.isEmpty ? model : FilteringModel(base: model, secrets: secrets)
        }
        return opened
    }

    func openToolbox(
        _ crew: Crew,
        _ folder: String,
        _ file: String?,
        _ written: [any Tool]
    ) async throws(CrewError) -> Toolbox {
        do throws(ToolboxError) {
            return try await Toolbox(
                crew: crew,
                folder: folder,
                protected: ProtectedPlaces(
                    files: ([file] + crew.tree.map { $0.member?.file }).compactMap(\.self),
                    folders: [journal.folder].compactMap(\.self) + PersonalFolder.allCases.compactMap(\.path)
                ),
                providers: tools,
                tools: written,
                secrets: models.secrets(of: crew)
            )
        } catch {
            throw CrewError(.configuration, error.description, cause: error)
        }
    }

    /// A crew held to what another grants.
    func narrowed(_ crew: Crew, to other: Crew) -> NarrowedCrew { crew.narrowed(to: other, builtins: tools) }

    func journaled<Value>(
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

    func execute(
        _ prepared: Prepared,
        feed: RunFeed?,
        onBegin: (@Sendable () -> Void)? = nil
    ) async throws(CrewError) -> RunResult {
        let result: Result<RunResult, CrewError>
        do throws(CrewError) { result = .success(try await performed(prepared, feed, onBegin)) } catch {
            result = .failure(error)
        }
        await prepared.toolbox.close()
        return try result.get()
    }

    private func performed(
        _ prepared: Prepared,
        _ feed: RunFeed?,
        _ onBegin: (@Sendable () -> Void)?
    ) async throws(CrewError) -> RunResult {
        do throws(JournalError) {
            if let executor = models.executor {
                let result: Result<RunResult, JournalError> = await withTaskExecutorPreference(executor) {
                    do throws(JournalError) { return .success(try await self.perform(prepared, feed, onBegin)) } catch {
                        return .failure(error)
                    }
                }
                return try result.get()
            }
            return try await perform(prepared, feed, onBegin)
        } catch {
            throw CrewError(.journal, error.message, cause: error)
        }
    }

    private func perform(
        _ prepared: Prepared,
        _ feed: RunFeed?,
        _ onBegin: (@Sendable () -> Void)?
    ) async throws(JournalError) -> RunResult {
        var runner = runner(prepared, feed)
        do throws(JournalError) {
            try await runner.run(beginningWith: prepared.first, said: prepared.said, onBegin)
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
            feed: feed,
            log: logger.map { RunLog($0, run: prepared.state.definition.run) }
        )
    }
}
