import ArgumentParser
import CrewKit
import CrewReport

/// `crew verify`.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that what is recorded is what was written.",
        discussion: """
            Reads every event of every run, or of one, and checks the chain of their hashes: each is over the event and \
            the hash before it, and the last one stands in the list of runs. Names the first event of a run that was \
            changed, is missing, out of order or cut off, holds the lists of runs and of limits against the register of all \
            that were created and set, and has SQLite check its file. What somebody made anew from end to end shows only \
            when a hash was kept elsewhere: --output json prints one over the whole store as `head`, and one of each run. Exit codes: 0 all is as it was written, 1 \
            something is not.

            Examples:
              crew verify
              crew verify last --output json
            """
    )

    @Argument(
        help: "A run's identifier, its beginning if no other run begins so, or `last`; all runs without it.",
        completion: .list(["last"])
    )
    var run: String?

    @Option(help: ArgumentHelp("A line for each run, or one JSON object.", valueName: "text|json"))
    var output: RunsCommand.Format = .text

    @OptionGroup var store: StoreOption

    func run() async throws {
        let status = try await Reporting(output == .json ? .json : .text).reporting {
            let journal = store.open()
            var found: String?
            if let run { found = try await RunArgument(run: run).find(in: journal).run }
            let verification = try await journal.verify(found)
            await journal.close()
            switch output {
            case .json:
                try StandardStream.output.write(PrintableText.json(Self.fields(verification).text) + "\n")
            case .text:
                let lines = Self.lines(verification).map { PrintableText.line($0) + "\n" }
                try StandardStream.output.write(lines.joined())
            }
            return verification.isSound ? .finished : .failed
        }
        throw ExitCode(status.rawValue)
    }

    static func lines(_ verification: StoreVerification) -> [String] {
        let runs = verification.runs.map { run in
            guard let flaw = run.flaw else {
                let newer = run.newer > 0 ? ", \(Numbers.count(run.newer)) of them written by a newer crew" : ""
                return "\(run.run): \(Numbers.count(run.events, "event")), sound\(newer)"
            }
            return "\(run.run): DAMAGED after \(Numbers.count(run.events, "sound event")): \(flaw.message)"
        }
        let damaged = verification.runs.count { $0.flaw != nil }
        let runsInAll = Numbers.count(verification.runs.count, "run")
        let sum =
            damaged == 0
            ? "\(runsInAll), all as they were written\(verification.isSound ? "" : "; the store is not")"
            : "\(runsInAll), \(Numbers.count(damaged)) damaged"
        let register = verification.register.map { "the list of runs is DAMAGED: \($0)" }
        let file = verification.file.map { "the file is DAMAGED: \($0)" }
        let prompts = verification.prompts.map { "the prompts are DAMAGED: \($0)" }
        return runs + register + verification.accounts + prompts + file + (verification.runs.count == 1 ? [] : [sum])
    }

    static func fields(_ verification: StoreVerification) -> JSONFields {
        var fields = JSONFields()
        fields.add("sound", .bool(verification.isSound))
        fields.add("head", verification.head)
        fields.add("entries", .integer(Int64(verification.entries)))
        fields.add(
            "runs",
            verification.runs.map { run in
                var fields = JSONFields()
                fields.add("run", run.run)
                fields.add("events", .integer(Int64(run.events)))
                fields.add("head", run.head)
                fields.add("sound", .bool(run.flaw == nil))
                fields.add("newer", .integer(Int64(run.newer)))
                if let flaw = run.flaw {
                    var problem = JSONFields()
                    problem.add("sequence", .integer(Int64(flaw.sequence)))
                    problem.add("kind", flaw.kind.rawValue)
                    problem.add("message", flaw.message)
                    fields.add("flaw", problem)
                }
                return fields
            }
        )
        fields.add("register", .array(verification.register.map { .string($0) }))
        fields.add("accounts", .array(verification.accounts.map { .string($0) }))
        fields.add("prompts", .array(verification.prompts.map { .string($0) }))
        fields.add("file", .array(verification.file.map { .string($0) }))
        return fields
    }
}
