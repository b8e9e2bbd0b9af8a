import ChatModel
import CrewCore

extension CrewEngine {
    @inline(never)
    func reopen(_ run: String, _ options: ResumeOptions) async throws(CrewError) -> Prepared {
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
            let said = try await journaled { () async throws(JournalError) in try await self.journal.signals(to: run) }
            let models = try openModels(crew)
            let toolbox = try await openToolbox(crew, state.definition.folder, state.definition.file, options.tools)
            do throws(CrewError) { try checkTools(toolbox, options.tools, state) } catch {
                await toolbox.close()
                throw error
            }
            return Prepared(
                state: state,
                toolbox: toolbox,
                models: models,
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
                ),
                said: said
            )
        } catch {
            await journal.release(lease)
            throw error
        }
    }

    /// The crew that a run goes on with: held to what is granted now, and by the rules that hold now.
    private func narrowed(_ crew: Crew, _ options: ResumeOptions) throws(CrewError) -> (Crew, withdrawn: [String]) {
        var current = options.current
        if let written = current { current = try models.resolve(written) }
        let narrowed = current.map { self.narrowed(crew, to: $0) }
        if let withdrawn = narrowed?.withdrawn, !withdrawn.isEmpty {
            throw CrewError(
                .invalidCrew,
                "the run cannot go on without what its crew is no longer granted: \(withdrawn.joined(separator: ", ")); "
                    + "grant it again, or start a new run"
            )
        }
        let crew = narrowed?.crew ?? crew
        let checked = crew.changed { crew, _ in
            // Of tools written in Swift only names are recorded; one that is not given is the toolbox's to refuse.
            let declared = Set(crew.tools.map(\.name))
            func known(_ grant: ToolGrant) -> ToolGrant? {
                if let tool = options.tools.first(where: { $0.name == grant.name }) { return .code(tool) }
                let set = grant.name.split(separator: ".", maxSplits: 1).first.map(String.init)
                return set.map(declared.contains) ?? false ? grant : nil
            }
            for index in crew.agents.indices {
                crew.agents[index].tools = crew.agents[index].tools.compactMap(known)
            }
            crew.process.tools = crew.process.tools.compactMap(known)
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
        guard crew.process.hasCoordinator else {
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
    func library(of events: [Event]) async throws(CrewError) -> PromptLibrary {
        try await journaled { () async throws(JournalError) in
            try await self.journal.library(of: events, own: self.prompts)
        }
    }

    func fold(
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
}
