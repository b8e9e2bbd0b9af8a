/// Every word that is sent to a model, as the template files beside this one, built into the program.
///
/// The language of the templates is described in `Docs/Architecture.md`; a folder with files of the same names can take
/// their place when a crew is run.
public enum Prompts {
    /// The templates' texts by file name.
    public static var files: [(name: String, bytes: [UInt8])] {
        [
            ("agent.md", PackageResources.agent_md),
            ("assignment.md", PackageResources.assignment_md),
            ("coordinator.md", PackageResources.coordinator_md),
            ("board.md", PackageResources.board_md),
            ("schema.md", PackageResources.schema_md),
            ("repair.md", PackageResources.repair_md),
            ("aggregate.md", PackageResources.aggregate_md),
            ("commission.md", PackageResources.commission_md),
            ("member-crew.md", PackageResources.member_crew_md),
            ("answer-tool.md", PackageResources.answer_tool_md),
            ("data.md", PackageResources.data_md),
        ]
    }

    /// What a model is asked when `crew doctor` finds out what its endpoint can do; no part of any run.
    public static var trial: String { String(decoding: PackageResources.trial_txt, as: UTF8.self) }
}
