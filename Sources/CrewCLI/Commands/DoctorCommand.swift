import ArgumentParser
import CrewKit
import CrewReport

/// `crew doctor`.
struct DoctorCommand: AsyncParsableCommand {
    /// How findings are printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check whether crews can run here.",
        discussion: """
            Looks at the libraries, the endpoints, their keys and models, the servers for models that run on this \
            machine, the store and the prices, and says what to do about what is wrong. With a crew file it looks at \
            that file's endpoints. It asks each for its list of models, which costs nothing. With --try, or when asked \
            to on a terminal, it makes a few small calls of each model to see which forms of answer it can give, and \
            runs remember that. Before it asks an endpoint that the file grants and that needs your consent, you have to \
            agree. Exit codes: 0 all is well, 2 you did not agree, 3 something is wrong.

            Examples:
              crew doctor
              crew doctor crew.yaml --try
              crew doctor --learned
              crew doctor --forget http://127.0.0.1:8080/v1
              OPENAI_BASE_URL=http://127.0.0.1:8080/v1 crew doctor
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A crew file, or a folder that holds a crew.yaml, whose endpoints to look at.",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var file: String?

    @Flag(name: .customLong("try"), help: "Make a few small calls of each model, which cost money.")
    var tries = false

    @Flag(help: "Allow, this time, what the crew file grants and what needs your consent; see `crew check`.")
    var allow = false

    @Option(help: ArgumentHelp("How to print what was found.", valueName: "text|json"))
    var output: Format = .text

    @OptionGroup var store: StoreOption

    @Flag(help: "Show what earlier runs found out about endpoints, and do nothing else.")
    var learned = false

    @Option(help: ArgumentHelp("Forget what was found out about an endpoint, or `all`.", valueName: "url"))
    var forget: String?

    @Flag(help: "Use no colours.")
    var noColor = false

    func run() async throws {
        let status = try await Reporting().reporting {
            if learned || forget != nil {
                try await LearnedLessons.report(forgetting: forget, in: store.directory())
                return .finished
            }
            let crewFile = try file.map { try CrewFileArgument(path: $0).load() }
            let directory = crewFile.map { store.directory(for: $0.directory) } ?? store.directory()
            let environment = Environment.process
            let person = try Consent(environment: environment)
            if let crewFile {
                // Asking an endpoint for its models sends it the key.
                let grants = GrantList(crewFile, crew: crewFile.crew, environment: environment)
                try person.require(grants, allowed: allow)
            }
            let provider = try OpenAIModels(
                environment: environment,
                store: directory,
                trustsPrices: person.settings.trustsPrices
            )
            var findings = LibraryCheck.findings(Surroundings.libraries())
            var models: [ModelDefinition] = []
            do throws(CrewError) { models = try Self.models(of: crewFile?.crew, provider) } catch {
                findings.append(Finding(.problem, "endpoint", error.message, remedy: "set it anew, or unset it"))
            }
            let check = EndpointCheck(environment: environment, isOfFile: crewFile != nil)
            findings += await check.findings(models, provider: provider)
            findings += LocalServerCheck.findings(await LocalServer.running(), used: models.compactMap(\.baseURL))
            if try mayTry(models, provider, isSound: !findings.contains { $0.severity == .problem }) {
                findings += await TrialCheck(provider: provider).findings(models, isOfFile: crewFile != nil)
            }
            findings += await StoreCheck.findings(directory)
            findings.append(
                Finding(
                    .good,
                    "processes",
                    "all that use this store share its accounts and its cache, and one at a time executes a run; "
                        + "rate limits, `concurrent` and circuit breakers count within one process"
                )
            )
            findings.append(PriceCheck.finding(PriceTable.builtIn.date, now: Timestamp.now))
            try write(findings)
            return findings.contains { $0.severity == .problem } ? .provider : .finished
        }
        throw ExitCode(status.rawValue)
    }

    /// The models that a run of a crew can call, completed and by their qualified names; without a crew, the environment's.
    private static func models(of crew: Crew?, _ provider: OpenAIModels) throws(CrewError) -> [ModelDefinition] {
        guard let crew else { return try provider.resolve([]) }
        let resolved = try provider.resolve(crew)
        let used = Set(resolved.tree.flatMap(resolved.models(usedBy:)))
        return resolved.qualifiedModels.filter { used.contains($0.name) }
    }

    /// Whether calls may be made that cost money: somebody said so, here or when asked.
    private func mayTry(_ models: [ModelDefinition], _ provider: OpenAIModels, isSound: Bool) throws -> Bool {
        if tries { return true }
        guard file != nil, isSound, output == .text, StandardStream.input.isTerminal,
            StandardStream.diagnostics.isTerminal
        else { return false }
        return try Question.agree(TrialCheck(provider: provider).question(models), otherwise: "--try")
    }

    private func write(_ findings: [Finding]) throws {
        switch output {
        case .json:
            let isWell = !findings.contains { $0.severity == .problem }
            let document: JSONValue = ["ok": .bool(isWell), "findings": .array(findings.map(\.json))]
            try StandardStream.output.write(PrintableText.json(PrettyJSON.text(document)) + "\n")
        case .text:
            let appearance = Appearance(
                environment: Environment.process,
                isTerminal: StandardStream.output.isTerminal,
                colorIsRefused: noColor
            )
            let lines = findings.flatMap(\.lines).map { $0.rendered(inColor: appearance.hasColor) + "\n" }
            try StandardStream.output.write(lines.joined())
        }
    }
}
