import ArgumentParser
import CrewKit

/// `crew cancel`.
struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Stop a run now, from any terminal.",
        discussion: """
            What is under way is given up, and counts as what it may cost. What was accepted is kept: the run is \
            interrupted and can be resumed. The program that executes it ends with exit code 130. A run that nobody \
            executes any more, or that waits for you, is ended likewise.

            Examples:
              crew cancel last
              crew cancel 20261122-1946 --output json
            """
    )

    @OptionGroup var runArgument: RunArgument
    @OptionGroup var output: SignalReport.Option
    @OptionGroup var store: StoreOption

    func run() async throws { try await SignalReport.say(.cancel, to: runArgument, in: store, output.output) }
}

/// `crew pause`.
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Stop a run once what is under way has ended.",
        discussion: """
            Nothing more is begun, and no call is lost: when the calls and tools under way have ended, the run is \
            interrupted and can be resumed. The program that executes it ends with exit code 130.

            Examples:
              crew pause last
              crew pause 20261122-1946 --output json
            """
    )

    @OptionGroup var runArgument: RunArgument
    @OptionGroup var output: SignalReport.Option
    @OptionGroup var store: StoreOption

    func run() async throws { try await SignalReport.say(.pause, to: runArgument, in: store, output.output) }
}
