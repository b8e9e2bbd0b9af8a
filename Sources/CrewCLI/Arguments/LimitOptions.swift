import ArgumentParser
import CrewKit
import CrewReport

/// What a run may use, as the command line sets it.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The most that the run may cost, in US dollars.", valueName: "usd"))
    var budget: DollarArgument?

    @Option(help: ArgumentHelp("The most model calls that the run may make.", valueName: "n"))
    var limitCalls: Int?

    @Option(help: ArgumentHelp("The most tokens that the run may read and generate.", valueName: "n"))
    var limitTokens: Int?

    @Option(help: ArgumentHelp("The longest that the run may take, such as 90s or 10m.", valueName: "time"))
    var limitTime: TimeArgument?

    @Option(
        help: ArgumentHelp("The most instructions that the crew's coordinator may issue in all.", valueName: "n")
    )
    var limitInstructions: Int?

    func validate() throws {
        if let limitCalls, limitCalls < 1 { throw ValidationError("--limit-calls must be at least 1.") }
        if let limitTokens, limitTokens < 1 { throw ValidationError("--limit-tokens must be at least 1.") }
        if let limitInstructions, !CrewProcess.instructionRange.contains(limitInstructions) {
            throw ValidationError("--limit-instructions must be from 1 to \(CrewProcess.instructionRange.upperBound).")
        }
    }

    /// The limits that were given.
    var limits: Limits {
        Limits(money: budget?.amount, tokens: limitTokens, calls: limitCalls, time: limitTime?.milliseconds)
    }
}

extension LimitOptions {
    /// Puts the limit of instructions that was given into the crew.
    func limitInstructions(of crew: inout Crew) throws(CommandFailure) {
        guard let limitInstructions else { return }
        guard crew.process.hasCoordinator else {
            throw .usage("--limit-instructions: the crew \(crew.name) has no coordinator.")
        }
        crew.process.maximumInstructions = limitInstructions
    }
}

/// An exact amount of dollars, with or without a dollar sign.
struct DollarArgument: ExpressibleByArgument, Hashable {
    let amount: Money

    init?(argument: String) {
        let digits = argument.hasPrefix("$") ? argument.dropFirst() : argument[...]
        guard let amount = Money(dollars: digits) else { return nil }
        self.amount = amount
    }

    var defaultValueDescription: String { amount.decimal }
}

/// A length of time with its unit: `500ms`, `90s`, `10m`, `2h`.
struct TimeArgument: ExpressibleByArgument, Hashable {
    let milliseconds: Int

    init?(argument: String) {
        guard let milliseconds = DurationText.milliseconds(argument), (1..<(1 << 50)).contains(milliseconds) else {
            return nil
        }
        self.milliseconds = milliseconds
    }

    var defaultValueDescription: String { DurationText.text(milliseconds) }
}
