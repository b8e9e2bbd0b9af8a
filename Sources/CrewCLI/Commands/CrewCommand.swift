import ArgumentParser

/// `crew`.
struct CrewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crew",
        abstract: "Run crews of AI agents that cannot overspend, stop short or lose their work.",
        discussion: """
            A crew file says who is in the crew, what they owe, and what a run may use. The endpoint is the one that \
            OPENAI_BASE_URL names, else OpenAI's; the key is that of OPENAI_API_KEY and the model that of OPENAI_MODEL, \
            unless the crew file names others.

            Examples:
              crew check crew.yaml
              crew run crew.yaml --input topic="tidal energy" --budget 0.50
              crew show last
            """,
        version: "0.1.0",
        subcommands: [
            RunCommand.self, ResumeCommand.self, CancelCommand.self, PauseCommand.self, RunsCommand.self,
            ShowCommand.self, VerifyCommand.self, TrustCommand.self, BudgetCommand.self, CheckCommand.self,
            PromptsCommand.self, SchemaCommand.self,
            DoctorCommand.self,
        ]
    )
}
