import ArgumentParser
import CrewKit

/// `crew run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a crew.",
        discussion: """
            The answer goes to standard output and nothing else does; progress, cost and errors go to standard error. \
            Every step is recorded, so that a run that stopped can be taken up again with `crew resume`.

            Exit codes: 0 finished, 1 failed, 2 bad file or usage, 3 provider or credentials, 4 a limit was reached and \
            what was done by then is printed, 5 waiting for a person, 130 interrupted. The first Ctrl-C ends the run so \
            that it can be resumed, the second ends the program at once.

            Examples:
              crew run Crews/quickstart --input topic=tides
              crew run crew.yaml --budget 0.50 --limit-time 10m --output json
              crew run crew.yaml --model gpt-5-mini > brief.md
            """
    )

    @OptionGroup var crewFile: CrewFileArgument
    @OptionGroup var input: InputOption
    @OptionGroup(title: "Limits") var limits: LimitOptions

    @Option(
        help: ArgumentHelp(
            "The model to use instead of the file's default: one of the crew's models, or a model's own name.",
            valueName: "model"
        )
    )
    var model: String?

    @OptionGroup(title: "Consent") var consent: ConsentOption

    @Flag(help: "Let a price of the crew file count although the published one is higher.")
    var trustPrices = false

    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup var store: StoreOption
    @OptionGroup var prompts: PromptsOption

    func run() async throws {
        let interruption = Interruption.listening()
        let status = try await Reporting(output.output).reporting {
            let file = try crewFile.loadReady()
            for warning in file.warnings { warning.tell() }
            var crew = file.crew
            if let model { crew.useModel(model) }
            try limits.limitInstructions(of: &crew)
            let inputs = try input.values(for: crew)
            let person = try Consent()
            let grants = GrantList(file, crew: crew, environment: Environment.process)
            try person.require(grants, allowed: consent.allow, interruption)
            let trustsPrices = trustPrices || person.settings.trustsPrices
            if !trustsPrices { for warning in file.lowPrices { warning.tell() } }
            let directory = store.directory(for: file.directory)
            let journal = store.open(for: file.directory)
            let engine = try CrewEngine(
                models: try OpenAIModels(store: directory, trustsPrices: trustsPrices),
                journal: journal,
                prompts: try prompts.load(),
                web: CurlWeb()
            )
            let session = RunSession(
                output: output,
                location: { store.location(of: directory) },
                interruption: interruption
            )
            let status = try await session.follow { observe in
                try await engine.withRun(
                    crew,
                    inputs: inputs,
                    limits: limits.limits,
                    folder: Paths.absolute(file.directory),
                    file: Paths.absolute(file.path),
                    observe
                )
            }
            await journal.close()
            return status
        }
        throw ExitCode(status.rawValue)
    }
}
