import ArgumentParser
import CrewKit
import CrewReport

/// `crew schema`.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of crew files.",
        discussion: """
            With it an editor completes keys and marks mistakes. For the YAML language server, write it to a file and \
            name that in the crew file's first line:

              crew schema > crew.schema.json
              # yaml-language-server: $schema=crew.schema.json
            """
    )

    func run() async throws {
        let status = try await Reporting().reporting {
            try StandardStream.output.write(PrettyJSON.text(CrewFile.jsonSchema) + "\n")
            return .finished
        }
        throw ExitCode(status.rawValue)
    }
}
