/// A built-in tool or set of tools as a crew declares it: its parts and its options.
package struct BuiltinTool: Sendable, Hashable {
    /// An option that a declaration may set.
    package struct Option: Sendable, Hashable {
        /// The types that options have.
        package enum ValueType: String, Sendable, Hashable {
            case string, boolean
            /// A list of the hosts that may be reached; see ``HostGrant``.
            case hosts = "list of hosts"
        }

        /// The key.
        package let name: String
        /// What it must be.
        package let type: ValueType
        /// Whether a declaration must set it.
        package let isRequired: Bool
        /// What it does, for people.
        package let summary: String
    }

    /// A tool of a set.
    package struct Part: Sendable, Hashable {
        /// `read` in `notes.read`.
        package let name: String
        /// What it touches.
        package let effects: ToolEffects
        /// The option that must be true for it to be there.
        package let option: String?
    }

    /// The name by which it is declared.
    package let name: String
    /// What it is, for people.
    package let summary: String
    /// The tools it consists of, when it is a set; granted one by one as `name.part`, or all as `name`.
    package let parts: [Part]
    /// What it touches, when it is no set.
    package let effects: ToolEffects
    /// What a declaration may set.
    package let options: [Option]

    /// All built-ins.
    package static let all = [
        BuiltinTool(name: "calculator", summary: "Exact arithmetic.", parts: [], effects: [], options: []),
        BuiltinTool(
            name: "files",
            summary: "Reads, and if allowed writes, files of one folder.",
            parts: [
                Part(name: "read", effects: .reads, option: nil),
                Part(name: "write", effects: .writes, option: "write"),
                Part(name: "list", effects: .reads, option: nil),
            ],
            effects: [],
            options: [
                Option(
                    name: "folder",
                    type: .string,
                    isRequired: true,
                    summary: "The only folder it reaches, relative to the crew file."
                ),
                Option(
                    name: "write",
                    type: .boolean,
                    isRequired: false,
                    summary: "Whether files may be written; they may not unless this is true."
                ),
            ]
        ),
        BuiltinTool(
            name: "fetch",
            summary: "Reads text from the web, from the hosts named and no others.",
            parts: [],
            effects: .network,
            options: [
                Option(
                    name: "hosts",
                    type: .hosts,
                    isRequired: true,
                    summary: "The hosts it reaches, by https unless one begins with `http://`."
                )
            ]
        ),
    ]

    /// The built-in of that name.
    package static func named(_ name: String) -> BuiltinTool? { all.first { $0.name == name } }
}
