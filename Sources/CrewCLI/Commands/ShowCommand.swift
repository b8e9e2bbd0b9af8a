import ArgumentParser
import CrewKit
import CrewReport

/// `crew show`.
struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what happened in a run.",
        discussion: """
            Shows the run's instructions, assignments, calls with tokens and cost, rejections, limits and results in the \
            order in which they happened, and how it ended.

            Examples:
              crew show last
              crew show 20261122-1946 --output json
              crew show last --events | jq 'select(.type == "call.failed")'
            """
    )

    @OptionGroup var runArgument: RunArgument

    @Flag(help: "Print the run's events, each as a line of JSON.")
    var events = false

    @Option(help: ArgumentHelp("A readable account, or one JSON object.", valueName: "text|json"))
    var output: RunsCommand.Format = .text

    @Flag(help: "Use no colours.")
    var noColor = false

    @OptionGroup var store: StoreOption

    func run() async throws {
        let status = try await Reporting(output == .json ? .json : .text).reporting {
            let journal = store.open()
            let summary = try await runArgument.find(in: journal)
            let events = try await journal.events(of: summary.run)
            let library = try await journal.library(of: events, own: try PromptBook.builtIn())
            await journal.close()
            let stream = StandardStream.output
            if self.events {
                let writer = EventLine()
                for event in events { try stream.write(try writer.text(event)) }
                return .finished
            }
            let fields: JSONFields
            let lines: [StyledLine]
            if let state = RunState(folding: events, library: library) {
                let account = RunAccount(summary, state, events)
                (fields, lines) = (
                    account.fields, account.lines(store: store.location(of: journal.place), time: Timestamp.local)
                )
            } else if case .unknown? = events.first?.fact {
                let account = BareAccount(summary: summary, events: events)
                (fields, lines) = (account.fields, account.lines)
            } else {
                throw JournalError(.damaged, "the journal of \(summary.run) does not begin with its creation.")
            }
            if output == .json {
                try stream.write(PrintableText.json(fields.text) + "\n")
            } else {
                let appearance = Appearance(
                    environment: Environment.process,
                    isTerminal: stream.isTerminal,
                    colorIsRefused: noColor
                )
                try stream.write(lines.map { $0.rendered(inColor: appearance.hasColor) + "\n" }.joined())
            }
            return .finished
        }
        throw ExitCode(status.rawValue)
    }
}
