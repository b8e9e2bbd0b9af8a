import ArgumentParser
import CrewKit

/// `crew check`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a crew file without running it.",
        discussion: """
            Prints every problem as file:line:column with the line, the place in it, and the nearest valid spelling. \
            Exit codes: 0 the crew is in order, 2 it is not. A key \
            that is not set here is noted.

            Examples:
              crew check crew.yaml
              crew check Crews/quickstart
            """
    )

    @OptionGroup var crewFile: CrewFileArgument

    func run() async throws {
        let status = try await Reporting().reporting {
            let file = try crewFile.loadReady()
            for warning in file.warnings { StandardStream.diagnostics.say(PrintableText.lines(warning.description)) }
            try StandardStream.output.write(PrintableText.line(Self.summary(file.crew)) + "\n")
            for key in try Self.missingKeys(file.crew) {
                StandardStream.diagnostics.say(PrintableText.line("note: before it can be run, \(key)"))
            }
            return .finished
        }
        throw ExitCode(status.rawValue)
    }

    /// What is said of models whose keys are not set here; a file can be in order all the same.
    private static func missingKeys(_ crew: Crew) throws -> [String] {
        let models = try OpenAIModels()
        return try models.resolve(crew.models).compactMap { definition in
            do throws(CrewError) {
                _ = try models.model(for: definition)
                return nil
            } catch {
                return error.code == .credentials ? error.message : nil
            }
        }
    }

    /// One line on a crew that can run.
    static func summary(_ crew: Crew) -> String {
        let limits = crew.limits
        let parts = [
            limits.money.map(\.description), limits.tokens.map { Numbers.count($0, "token") },
            limits.calls.map { Numbers.count($0, "call") }, limits.time.map(Numbers.limit),
        ].compactMap(\.self)
        return "ok: \(crew.name): \(Numbers.count(crew.agents.count, "agent")), "
            + "\(Numbers.count(crew.tasks.count, "task")), \(crew.process.pattern.rawValue), "
            + (parts.isEmpty ? "no limits" : "at most " + parts.joined(separator: ", "))
    }
}
