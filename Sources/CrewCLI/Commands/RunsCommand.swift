import ArgumentParser
import CrewKit
import CrewReport

/// `crew runs`.
struct RunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List the runs, newest first.",
        discussion: """
            Examples:
              crew runs
              crew runs --output json --limit 1
            """
    )

    /// The form of the list.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Option(help: ArgumentHelp("A table, or a JSON array of objects.", valueName: "text|json"))
    var output: Format = .text

    @Option(help: ArgumentHelp("How many runs to list at most; all without it.", valueName: "n"))
    var limit: Int?

    @OptionGroup var store: StoreOption

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func run() async throws {
        let status = try await Reporting().reporting {
            let journal = store.open()
            let runs = try await journal.runs(limit: limit ?? .max)
            let unpriced = await Self.unpriced(runs, in: journal)
            await journal.close()
            switch output {
            case .json:
                let list = runs.map { RunList.fields($0, isPriced: !unpriced.contains($0.run)) }
                try StandardStream.output.write(PrintableText.json(JSONFields.list(list)) + "\n")
            case .text where runs.isEmpty:
                StandardStream.diagnostics.say(
                    "There are no runs in \(PrintableText.line(journal.place)). \(StoreOption.advice)"
                )
            case .text: try StandardStream.output.write(RunList.table(runs, unpriced: unpriced, time: Timestamp.local))
            }
            return .finished
        }
        throw ExitCode(status.rawValue)
    }

    /// The runs of whose models no price is known, so that a cost of nothing says nothing.
    private static func unpriced(_ runs: [RunSummary], in journal: any RunStore) async -> Set<String> {
        var unpriced: Set<String> = []
        for run in runs where run.cost == .zero && run.uncertain == .zero {
            // A damaged run is still listed; `crew show` says what is wrong with it.
            guard let created = try? await journal.creation(of: run.run) else { continue }
            if created.crew.allModels.allSatisfy({ $0.model.price == nil }) { unpriced.insert(run.run) }
        }
        return unpriced
    }
}
