import ArgumentParser
import CrewCore

/// What the program says about arguments that it does not understand.
enum UsageMessage {
    /// How the values of options are written.
    private static let examples = [
        "--limit-instructions": "write a whole number, as in --limit-instructions 40",
        "--budget": "write US dollars, as in --budget 0.50",
        "--limit-calls": "write a whole number, as in --limit-calls 40",
        "--limit-tokens": "write a whole number, as in --limit-tokens 200000",
        "--limit-time": "write a number and its unit (ms, s, m or h), as in --limit-time 10m",
    ]

    /// Says who complains, as every other error of the program does, and what would be right.
    ///
    /// - Parameters:
    ///   - message: The parser's complaint.
    ///   - arguments: What was given.
    static func improved(_ message: String, _ arguments: [String]) -> String {
        guard message.hasPrefix("Error: ") else { return message }
        var lines = message.dropFirst(7).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let first = lines.first else { return message }
        if let command = unknownCommand(arguments) {
            let nearest = NearestName.of(command, in: commands).map { "; did you mean \"\($0)\"?" } ?? ""
            lines[0] = "there is no command \"\(command)\"\(nearest)"
        } else if let (option, value) = negativeValue(arguments) {
            let example = examples[option].map { "; \($0)" } ?? ""
            lines[0] = "\(option) \(value): it cannot be negative\(example)"
        } else if let example = examples.first(where: { isAbout($0.key, first) }) {
            lines[0] += first.hasSuffix(".") ? "" : "; \(example.value)"
        }
        return "crew: error: " + lines.joined(separator: "\n")
    }

    private static var commands: [String] {
        CrewCommand.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    }

    /// A number below 0, which the parser takes for an option, and the option whose value it is meant to be.
    private static func negativeValue(_ arguments: [String]) -> (option: String, value: String)? {
        for (option, value) in zip(arguments, arguments.dropFirst()) where value.hasPrefix("-") {
            let digits = value.dropFirst().drop { $0 == "$" }
            guard digits.first?.isNumber == true || digits.hasPrefix(".") else { continue }
            if examples[option] != nil || option.hasPrefix("--") { return (option, value) }
            // `crew budget set project -1`
            if arguments.starts(with: ["budget", "set"]) { return ("budget set", value) }
        }
        return nil
    }

    private static func unknownCommand(_ arguments: [String]) -> String? {
        guard let first = arguments.first, !first.hasPrefix("-"), !commands.contains(first) else { return nil }
        return first
    }

    /// Whether a complaint is about the option, and not about one whose name only begins so.
    private static func isAbout(_ option: String, _ complaint: String) -> Bool {
        guard let range = complaint.firstRange(of: option) else { return false }
        return complaint[range.upperBound...].first.map { !$0.isLetter && $0 != "-" } ?? true
    }
}
