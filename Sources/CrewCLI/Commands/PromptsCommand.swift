import ArgumentParser
import CrewKit
import CrewReport

/// `crew prompts`.
struct PromptsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prompts",
        abstract: "Show every prompt exactly as it will be sent.",
        discussion: """
            Shows the coordinator's first request, the request with which each task begins, and the body of what is \
            sent first, without sending anything. What only the run can bring, such as another task's result, stands \
            there as a mark in ⟨angle brackets⟩.

            Examples:
              crew prompts crew.yaml --input topic=tides
              crew prompts Crews/quickstart --prompts MyPrompts
            """
    )

    @OptionGroup var crewFile: CrewFileArgument
    @OptionGroup var input: InputOption
    @OptionGroup var prompts: PromptsOption

    func run() async throws {
        let status = try await Reporting().reporting {
            let file = try crewFile.load()
            let inputs = try input.values(for: file.crew)
            let engine = try CrewEngine(models: try OpenAIModels(), prompts: try prompts.load(), web: CurlWeb())
            let state = try await engine.preview(
                file.crewWithoutMissingFolders,
                inputs: inputs,
                folder: Paths.absolute(file.directory)
            )
            try StandardStream.output.write(PrintableText.lines(PromptSheet.text(state)))
            return .finished
        }
        throw ExitCode(status.rawValue)
    }
}
