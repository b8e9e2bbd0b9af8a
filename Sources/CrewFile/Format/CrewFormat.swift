import ChatModel
import CrewCore
import CrewTools

/// The format of crew files: the one definition from which reading, hints and the published schema are made.
enum CrewFormat {
    static let file = Record("crew file", [name(required: true)] + sections)

    /// A crew that stands in the file of the crew around it.
    static let innerCrew = Record("crew", [name(required: false)] + sections)

    private static func name(required: Bool) -> Field {
        Field(
            "crew",
            .name(of: "crew"),
            required ? "The crew's name." : "The crew's name; without one, the name under which it stands.",
            required: required,
            synonyms: ["name", "id"]
        )
    }

    private static let sections = [
        Field(
            "goal",
            .text(example: "Write a brief on tidal energy."),
            "What the crew is to reach.",
            required: true
        ),
        Field("inputs", .named(.record(input), what: "input"), "The values that a run takes."),
        Field(
            "models",
            .named(.record(model), what: "model"),
            "The models that agents and the coordinator may name."
        ),
        Field("tools", .named(.variants(tool), what: "tool"), "The tools that agents may be granted."),
        Field(
            "agents",
            .named(.either(key: "crew", member, otherwise: agent), what: "agent"),
            "The members of the crew: agents, and crews that work as members.",
            required: true
        ),
        Field(
            "process",
            .short(key: "pattern", patterns, process),
            "Who decides what is done next.",
            standard: .string(Crew(name: "", goal: "", agents: []).process.name)
        ),
        Field(
            "tasks",
            .named(.record(task), what: "task"),
            "The work that the crew owes, in the order in which a sequential process takes it."
        ),
        Field("limits", .record(crewLimits), "What a run may use in all.", synonyms: ["budget"]),
    ]

    static let patterns = CrewProcess.Pattern.allCases.map(\.rawValue)

    static let input = Record(
        "input",
        [
            Field(
                "type",
                .choice(CrewInput.ValueType.allCases.map(\.rawValue)),
                "The type of its values.",
                standard: .string(CrewInput(name: "").type.rawValue)
            ),
            Field("description", .text(example: "what to write about"), "What it is, for people."),
            Field("default", .scalar, "The value when none is given; without one the input is required."),
        ]
    )

    static let tool = Variants(
        "tool",
        by: Field(
            "builtin",
            .choice(BuiltinTools.all.map(\.name)),
            "Which built-in it is. "
                + BuiltinTools.all.map { "\($0.name): \($0.summary)" }.joined(separator: " "),
            required: true
        ),
        BuiltinTools.all.map { tool in
            (
                tool.name,
                tool.options.map { option in
                    Field(
                        option.name,
                        shape(of: option),
                        "Of the built-in `\(tool.name)`: \(option.summary)",
                        standard: option.standard
                    )
                }
            )
        }
    )

    private static func shape(of option: ToolOption) -> Shape {
        switch option.type {
        case .text: .text(example: option.example)
        case .boolean: .boolean
        case .list: .list(.text(example: option.example))
        }
    }

    static let agent = Record(
        "agent",
        [
            Field("role", .text(example: "Senior researcher"), "What it is, in a few words.", required: true),
            Field("goal", .text(example: "Find verifiable facts"), "What it is to reach.", required: true),
            Field(
                "instructions",
                .text(example: "Name a source for every fact."),
                "Further standing instructions.",
                synonyms: ["backstory", "prompt", "system"]
            ),
            Field(
                "model",
                .name(of: "model"),
                "The model it uses.",
                standard: .string(ModelDefinition(model: "").name),
                synonyms: ["llm"]
            ),
            Field("tools", .list(.text(example: "notes.read")), "The tools it may call: `NAME` or `NAME.PART`."),
            Field("limits", .record(limits), "What it may use in a run.", synonyms: ["budget"]),
            Field(
                "max_turns",
                .integer(least: 1),
                "How often it may speak within one assignment, tool rounds included.",
                standard: .integer(Int64(Agent("", role: "", goal: "").maximumTurns)),
                synonyms: ["max_iter", "max_iterations"]
            ),
            Field(
                "exempt",
                .list(.choice(Agent.Exemption.allCases.map(\.rawValue))),
                "The rules of safety that do not bind it. rule-of-two: that its tools may not take in what strangers "
                    + "wrote, read what is private, and change or send something, all three.",
                synonyms: ["allow", "allows"]
            ),
        ]
    )

    static let member = Record(
        "member crew",
        [
            Field(
                "crew",
                .crew,
                "The crew that works in an agent's place: its file, relative to this one, or the crew itself.",
                required: true,
                synonyms: ["file", "path"]
            ),
            Field(
                "inputs",
                .scalars,
                "Values for its inputs; texts may hold placeholders for inputs of the crew around it.",
                synonyms: ["with", "args", "arguments", "parameters"]
            ),
            Field(
                "limits",
                .record(limits),
                "What it may use in a run, over all that it is given to do.",
                synonyms: ["budget"]
            ),
            Field(
                "description",
                .text(example: "Turns findings into a printed brief"),
                "What it is for, in the eyes of a coordinator; without it, the crew's goal."
            ),
        ]
    )

    static let process = Record(
        "process",
        [Field("pattern", .choice(patterns), "The pattern of deciding.", required: true, synonyms: ["type"])]
            + ProcessOption.all.map { option in
                Field(
                    option.key,
                    shape(of: option.value),
                    summary(of: option),
                    standard: option.standard,
                    synonyms: option.synonyms
                )
            }
    )

    private static func summary(of option: ProcessOption) -> String {
        guard option.patterns.count < patterns.count else { return option.summary }
        return "Of a \(option.patterns.map(\.rawValue).joined(separator: " or ")) process: \(option.summary)"
    }

    private static func shape(of option: ProcessOption.Value) -> Shape {
        switch option {
        case .integer(_, let range): .integer(least: range.lowerBound, most: range.upperBound)
        case .model: .name(of: "model")
        case .agent: .name(of: "agent")
        case .task: .name(of: "task")
        case .tools: .list(.text(example: "notes.read"))
        case .limits: .record(limits)
        }
    }

    static let task = Record(
        "task",
        [
            Field(
                "description",
                .text(example: "Ten facts, each with its source"),
                "What is to be delivered.",
                required: true,
                synonyms: ["summary", "prompt"]
            ),
            Field("agent", .name(of: "agent"), "The agent or member crew that does it."),
            Field(
                "needs",
                .list(.name(of: "task")),
                "The tasks whose results it builds on.",
                synonyms: ["depends_on", "context", "after"]
            ),
            Field(
                "output",
                .schema,
                "The JSON Schema that its result must follow; without one, the result is prose.",
                synonyms: ["schema", "expected_output"]
            ),
            Field("accept", .list(.record(criterion)), "What else must hold for a result to be accepted."),
            Field(
                "required",
                .boolean,
                "Whether the run cannot finish without it.",
                standard: .bool(CrewTask("", summary: "").isRequired)
            ),
        ]
    )

    static let criterion = Record(
        "criterion",
        [
            Field(
                "assert",
                .text(example: "length(body) > 400"),
                "A condition on the result, such as `length(body) > 400`.",
                required: true
            )
        ]
    )

    private static let limitFields = [
        Field("budget_usd", .dollars, "Money, in US dollars.", synonyms: ["usd", "budget", "money", "cost"]),
        Field("tokens", .integer(least: 1), "Tokens, read and generated together.", synonyms: ["max_tokens"]),
        Field("calls", .integer(least: 1), "Calls of models, failed ones included.", synonyms: ["max_calls"]),
        Field("time", .duration, "Time while the run is executed.", synonyms: ["timeout", "duration"]),
    ]

    static let limits = Record("limits", limitFields)

    static let crewLimits = Record(
        "limits",
        limitFields + [
            Field(
                "instructions",
                .integer(least: 1),
                "The same as `max_instructions` of `process`.",
                standard: process["max_instructions"]?.standard
            )
        ]
    )
}
