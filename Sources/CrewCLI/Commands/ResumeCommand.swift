import ArgumentParser
import CrewKit
import CrewReport

/// `crew resume`.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Take a run up where it stopped.",
        discussion: """
            Nothing that was completed is done again. What the crew file grants no longer is granted no longer, and what \
            needs consent needs it again when it has changed. The prompts are those that the run was begun with, unless --prompts \
            names others. A run that reached a limit needs a larger one. A run that waits \
            because a tool call was cut off, and nobody knows whether it had its effect, needs --unknown-tools.

            Examples:
              crew resume last
              crew resume 20261122-1946 --budget 1.00
              crew resume last --limit-instructions 40
            """
    )

    @OptionGroup var runArgument: RunArgument
    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Option(
        help: ArgumentHelp(
            "What becomes of tool calls that were cut off and may have had their effect: wait for you, call them "
                + "again, or go on without them.",
            valueName: "pause|retry|skip"
        )
    )
    var unknownTools: UnknownTools = .pause

    @OptionGroup(title: "Consent") var consent: ConsentOption
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var store: StoreOption
    @OptionGroup var prompts: PromptsOption

    /// What becomes of tool calls of which nobody knows whether they happened.
    enum UnknownTools: String, ExpressibleByArgument, CaseIterable {
        case pause, retry, skip

        var policy: RunResumed.UnknownToolPolicy {
            switch self {
            case .pause: .pause
            case .retry: .retry
            case .skip: .skip
            }
        }
    }

    func run() async throws {
        let interruption = Interruption.listening()
        let status = try await Reporting(output.output).reporting {
            let directory = store.directory()
            let journal = store.open()
            let summary = try await runArgument.find(in: journal)
            let created = try await journal.creation(of: summary.run)
            let models = try OpenAIModels(store: directory)
            let current = try Self.currentCrew(of: created, models)
            let narrowed = current.map { created.crew.narrowed(to: $0) }
            for difference in narrowed?.differences ?? [] {
                let note = "note: \(created.file ?? "") has changed since the run began: \(difference)"
                StandardStream.diagnostics.say(PrintableText.line(note))
            }
            let crew = narrowed?.crew ?? created.crew
            let grants = GrantList(created, crew: crew, store: directory, environment: Environment.process)
            try Consent().require(grants, allowed: consent.allow, interruption)
            let engine = try CrewEngine(
                models: models,
                journal: journal,
                web: CurlWeb()
            )
            let past = try await journal.events(of: summary.run)
            let session = RunSession(
                output: output,
                location: { store.location(of: directory) },
                past: past,
                interruption: interruption
            )
            let options = ResumeOptions(
                limits: limits.limits,
                unknownTools: unknownTools.policy,
                instructions: limits.limitInstructions,
                prompts: try prompts.load(),
                current: current
            )
            let status = try await session.follow { observe in
                try await engine.withResumedRun(summary.run, options, observe)
            }
            await journal.close()
            return status
        }
        throw ExitCode(status.rawValue)
    }

    /// The crew as its file says now; `nil` for a run whose file is not known or no longer there.
    private static func currentCrew(of created: RunCreated, _ models: OpenAIModels) throws -> Crew? {
        guard let path = created.file, Paths.exists(path) else { return nil }
        do {
            return try models.resolve(CrewFile.load(path: path, defaultModel: OpenAIModels.defaultModel()).crew)
        } catch let error as CrewFileError {
            let advice = "the run began with this file: mend it, or move it away to go on with what was recorded"
            throw CommandFailure(.usage, code: "invalid_crew", "\(error.description)\n\(advice)")
        }
    }
}
