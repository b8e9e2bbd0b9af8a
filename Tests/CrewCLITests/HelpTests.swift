import ArgumentParser
import Testing

@testable import CrewCLI

/// What each command says of itself, word for word.
struct HelpTests {
    private static let commands: [(name: String, type: any ParsableCommand.Type)] =
        [("crew", CrewCommand.self)]
        + CrewCommand.configuration.subcommands.flatMap { command in
            let name = command.configuration.commandName ?? ""
            let inner = command.configuration.subcommands.map {
                ("\(name)-\($0.configuration.commandName ?? "")", $0)
            }
            return [(name, command)] + inner
        }

    @Test(arguments: commands.map(\.name))
    func helpIsAsRecorded(name: String) throws {
        let command = try #require(Self.commands.first { $0.name == name })
        let help = CrewCommand.helpMessage(for: command.type, columns: 80) + "\n"
        try Snapshot.expect(help, isAsRecorded: name)
    }
}
