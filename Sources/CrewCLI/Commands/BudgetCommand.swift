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
            stays held until it is resumed.

            Examples:
              crew budget
              crew budget set project 10
              crew budget set crew/brief 2.50 --calls 200
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
        abstract: "Show the accounts: what is settled, held and uncertain, and what is free."
    )

    @Option(help: ArgumentHelp("A table, or one JSON object.", valueName: "text|json"))
    var output: RunsCommand.Format = .text

    @OptionGroup var store: StoreOption

    func run() async throws {
        let status = try await Reporting(output == .json ? .json : .text).reporting {
            let journal = store.open()
            let accounts = try await journal.accounts()
            await journal.close()
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
        abstract: "Limit what the runs of an account may use together, from the first one on.",
        discussion: """
            What is not named stays as it was. A limit below what is used already takes nothing back: no further call \
            is begun.

            Examples:
              crew budget set project 10
              crew budget set crew/brief --calls 200 --tokens 1000000
            """
    )

    @OptionGroup var account: AccountArgument

    @Argument(help: ArgumentHelp("The most that they may cost, in US dollars.", valueName: "usd"))
    var budget: DollarArgument?

    @Option(help: ArgumentHelp("The most model calls that they may make.", valueName: "n"))
    var calls: Int?

    @Option(help: ArgumentHelp("The most tokens that they may read and generate.", valueName: "n"))
    var tokens: Int?

    @OptionGroup var store: StoreOption

    func validate() throws {
        if let calls, calls < 0 { throw ValidationError("--calls must not be negative.") }
        if let tokens, tokens < 0 { throw ValidationError("--tokens must not be negative.") }
        guard budget != nil || calls != nil || tokens != nil else {
            throw ValidationError("Say how much: an amount in US dollars, --calls or --tokens.")
        }
    }

    func run() async throws {
        try await AccountChange.perform(on: account.account, store) { journal in
            let limits = Limits(money: budget?.amount, tokens: tokens, calls: calls)
            try await journal.limit(account.account, to: limits)
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

    func run() async throws {
        try await AccountChange.perform(on: account.account, store) { journal in
            try await journal.removeLimits(of: account.account)
        }
    }
}
