import ArgumentParser

/// What a run prints.
struct OutputOptions: ParsableArguments {
    /// What goes to standard output.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, events
    }

    @Option(
        help: ArgumentHelp(
            "What to print on standard output: the answer, one JSON object, or each event as a line of JSON.",
            valueName: "text|json|events"
        )
    )
    var output: Format = .text

    @Flag(name: .shortAndLong, help: "Print no progress, and a summary only of a run that did not finish.")
    var quiet = false

    @Flag(help: "Use no colours.")
    var noColor = false
}
