import ArgumentParser
import CrewKit
import CrewReport

/// `crew trust`.
struct TrustCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trust",
        abstract: "Take a store over as your own.",
        discussion: """
            A store is your own when you made it, on this machine, where it lies. Every command refuses another, unread: \
            one that came with a repository, that was moved or copied, or that an earlier version made. A run in a store \
            says which keys it is sent and which folders it reads, so take over only what you know.

            Shows how much is in the store and asks; without a terminal, --yes agrees. `crew verify` then says whether \
            all is as it was written. Exit codes: 0 it is your own, 1 it cannot be, 2 it was not agreed to.

            Examples:
              crew trust
              crew trust ../archive/.crew --yes
            """
    )

    @Argument(
        help: ArgumentHelp("The store; without it, the one of the current folder.", valueName: "dir"),
        completion: .directory
    )
    var directory: String?

    @Flag(help: "Take it over without being asked.")
    var yes = false

    func run() async throws {
        let status = try await Reporting().reporting {
            let survey = try SQLiteStore.survey(Self.store(directory))
            let place = PrintableText.line(Paths.absolute(survey.directory))
            if survey.isOwn {
                StandardStream.diagnostics.say("\(place) is your own already.")
                return .finished
            }
            for line in Self.lines(survey, place) { StandardStream.diagnostics.say(line) }
            guard try yes || Question.agree("Take it over as your own?", otherwise: "--yes") else {
                StandardStream.diagnostics.say("It is left as it is.")
                return .usage
            }
            try SQLiteStore.trust(survey.directory)
            StandardStream.diagnostics.say("\(place) is your own now.")
            return .finished
        }
        throw ExitCode(status.rawValue)
    }

    /// The store that is meant: that of a project may be named by the project's folder.
    private static func store(_ directory: String?) -> String {
        guard let directory else { return StoreOption.conventional(for: ".") }
        let within = Paths.joined(directory, ".crew")
        return !Paths.exists(Paths.joined(directory, "crew.sqlite")) && Paths.isDirectory(within) ? within : directory
    }

    static func lines(_ survey: StoreSurvey, _ place: String) -> [String] {
        let parts = [
            Numbers.count(survey.runs, "run"), Numbers.count(survey.events, "event"),
            Numbers.count(survey.accounts, "account") + " with limits", Numbers.count(survey.bytes, "byte"),
        ]
        return [
            "\(place): \(parts.joined(separator: ", ")); layout \(survey.version)",
            "The files are yours, but this account did not make the store here. Its runs name the keys and folders that "
                + "they get when they are resumed.",
        ]
    }
}
