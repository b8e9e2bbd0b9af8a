import ArgumentParser
import CrewKit

/// `crew doctor`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check whether crews can run here.",
        discussion: """
            Looks at the libraries, the endpoint and its key, the model, the store and the prices, and says what to do \
            about what is wrong. The only request it makes is one for the endpoint's list of models. Exit codes: 0 all \
            is well, 3 something is wrong.

            Examples:
              crew doctor
              crew doctor --learned
              crew doctor --forget http://127.0.0.1:8080/v1
              OPENAI_BASE_URL=http://127.0.0.1:8080/v1 crew doctor
            """
    )

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
            var findings = LibraryCheck.findings(Surroundings.libraries())
            findings += try await EndpointCheck.findings(environment: Environment.process)
            findings += await StoreCheck.findings(store.directory())
            findings.append(PriceCheck.finding(PriceTable.builtIn.date, now: Timestamp.now))
            let appearance = Appearance(
                environment: Environment.process,
                isTerminal: StandardStream.output.isTerminal,
                colorIsRefused: noColor
            )
            let lines = findings.flatMap(\.lines).map { $0.rendered(inColor: appearance.hasColor) + "\n" }
            try StandardStream.output.write(lines.joined())
            return findings.contains { $0.severity == .problem } ? .provider : .finished
        }
        throw ExitCode(status.rawValue)
    }
}
