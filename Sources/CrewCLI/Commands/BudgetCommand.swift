import ArgumentParser
import CrewKit
import CrewReport

/// `crew budget`.
struct BudgetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget",
        abstract: "Show and set what runs may use together.",
        discussion: """
            Every run of a store counts on the account of its crew, crew/NAME, and on that of the project. A call is \
            begun only when both have room for the most that it can cost, whatever other processes do at the same \
            moment. Where calls under way may yet make room, a run waits up to a minute; then it ends as at any other \
            limit, with exit code 4, and `crew resume` takes it up once there is more. What a run that was killed held \
            stays held until it is resumed. A run has an account of its own, run/ID, whose limits can be changed \
            while it is executed.

            Examples:
              crew budget
              crew budget set project 10
              crew budget set crew/brief 2.50 --calls 200
              crew budget set run/last 1.00
              crew budget clear project
            """,
        subcommands: [BudgetShowCommand.self, BudgetSetCommand.self, BudgetClearCommand.self],
        defaultSubcommand: BudgetShowCommand.self
    )
}

/// `crew budget show`.
struct BudgetShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the accounts: what is settled, held and uncertain, and what is free.",
        discussion: """
            Examples:
              crew budget show
              crew budget show run/last
            """
    )

    @Argument(
        help: ArgumentHelp("Only `project`, `crew/NAME`, or `run/ID` with its agents.", valueName: "account"),
        completion: .list(["project", "run/last"]),
        transform: AccountArgument.read
    )
    var account: AccountArgument.Account?

    @Option(help: ArgumentHelp("A table, or one JSON object.", valueName: "text|json"))
    var output: RunsCommand.Format = .text

    @OptionGroup var store: StoreOption

    func run() async throws {
        let status = try await Reporting(output == .json ? .json : .text).reporting {
            let journal = store.open()
            if case .run(let name)? = account {
                let run = try await RunArgument(run: name).find(in: journal).run
                let rows = AccountReport.rows(of: try await SignalReport.state(of: run, in: journal))
                await journal.close()
                try StandardStream.output.write(
                    output == .json ? AccountReport.fields(rows).text + "\n" : AccountReport.table(rows)
                )
                return .finished
            }
            var accounts = try await journal.accounts()
            await journal.close()
            if case .shared(let name)? = account { accounts.removeAll { $0.account != name } }
            if output == .text, accounts.isEmpty {
                StandardStream.diagnostics.say(
                    "There are no runs in \(PrintableText.line(journal.place)). \(StoreOption.advice)"
                )
            } else {
                let location = Summary.location(store.location(of: journal.place))
                try StandardStream.output.write(
                    output == .json
                        ? AccountReport.fields(accounts).text + "\n" : AccountReport.text(accounts, location)
                )
            }
            return .finished
        }
        throw ExitCode(status.rawValue)
    }
}

/// `crew budget set`.
struct BudgetSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Limit what the runs of an account may use together, from the first one on, or what one run may use.",
        discussion: """
            What is not named stays as it was. A limit below what is used already takes nothing back: no further call \
            is begun. A run that is executed takes it in at once, also while it waits for room; one that is not, when \
            it is resumed.

            Examples:
              crew budget set project 10
              crew budget set crew/brief --calls 200 --tokens 1000000
              crew budget set run/last 1.00 --limit-time 30m
            """
    )

    @OptionGroup var account: AccountArgument

    @Argument(help: ArgumentHelp("The most that they may cost, in US dollars.", valueName: "usd"))
    var budget: DollarArgument?

    @Option(help: ArgumentHelp("The most model calls that they may make.", valueName: "n"))
    var calls: Int?

    @Option(help: ArgumentHelp("The most tokens that they may read and generate.", valueName: "n"))
    var tokens: Int?

    @Option(help: ArgumentHelp("The longest that the run may take, such as 90s or 10m.", valueName: "time"))
    var limitTime: TimeArgument?

    @Option(
        help: ArgumentHelp("The most instructions that the run's coordinator may issue in all.", valueName: "n")
    )
    var limitInstructions: Int?

    @OptionGroup var store: StoreOption

    func validate() throws {
        if let calls, calls < 0 { throw ValidationError("--calls must not be negative.") }
        if let tokens, tokens < 0 { throw ValidationError("--tokens must not be negative.") }
        let isOfRun = if case .run = account.account { true } else { false }
        guard isOfRun || limitTime == nil && limitInstructions == nil else {
            throw ValidationError("Time and instructions are limited for a run, run/ID, only.")
        }
        guard budget != nil || calls != nil || tokens != nil || limitTime != nil || limitInstructions != nil else {
            throw ValidationError("Say how much: an amount in US dollars, --calls or --tokens.")
        }
    }

    func run() async throws {
        let limits = Limits(money: budget?.amount, tokens: tokens, calls: calls, time: limitTime?.milliseconds)
        switch account.account {
        case .shared(let account):
            try await AccountChange.perform(on: account, store) { journal in
                try await journal.limit(account, to: limits)
            }
        case .run(let name):
            let signal = Signal.limit(limits, instructions: limitInstructions)
            try await AccountChange.perform(on: RunArgument(run: name), store, signal)
        }
    }
}

/// `crew budget clear`.
struct BudgetClearCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Take an account's limits away.",
        discussion: """
            What was used stays known: it counts again when a limit is set.

            Examples:
              crew budget clear project
            """
    )

    @OptionGroup var account: AccountArgument
    @OptionGroup var store: StoreOption

    func validate() throws {
        guard case .run = account.account else { return }
        throw ValidationError("The limits of a run are not taken away: set larger ones with crew budget set.")
    }

    func run() async throws {
        guard case .shared(let account) = account.account else { return }
        try await AccountChange.perform(on: account, store) { journal in try await journal.removeLimits(of: account) }
    }
}
