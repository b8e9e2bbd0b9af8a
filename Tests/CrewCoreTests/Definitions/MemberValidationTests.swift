import ChatModel
import CrewCore
import CrewTools
import Testing

/// What keeps a crew with crews as members from running, and what is probably not meant in it.
struct MemberValidationTests {
    private static func press() -> Crew {
        Crew(
            name: "press",
            goal: "Print {{subject}}",
            inputs: [
                CrewInput(name: "subject"), CrewInput(name: "copies", type: .number),
                CrewInput(name: "loud", type: .boolean, defaultValue: false),
            ],
            tools: [ToolDefinition(name: "notes", builtin: "files", options: ["folder": "notes", "write": true])],
            agents: [Agent("writer", role: "r", goal: "{{copies}} times, {{loud}}", tools: ["notes"])],
            crews: [
                MemberCrew(
                    "desk",
                    crew: Crew(
                        name: "desk",
                        goal: "g",
                        agents: [Agent("clerk", role: "r", goal: "g", model: "small")],
                        tasks: [CrewTask("file", summary: "s")]
                    )
                )
            ],
            tasks: [CrewTask("draft", summary: "d", agent: "desk"), CrewTask("print", summary: "d", agent: "writer")]
        )
    }

    private static func sound() -> Crew {
        Crew(
            name: "report",
            goal: "Report on {{topic}}",
            inputs: [CrewInput(name: "topic"), CrewInput(name: "number", type: .integer, defaultValue: 3)],
            models: [
                ModelDefinition(model: "gpt-5-mini"), ModelDefinition(name: "small", model: "gpt-5-nano"),
                ModelDefinition(name: "spare", model: "x", price: .free),
            ],
            agents: [Agent("editor", role: "r", goal: "g")],
            crews: [
                MemberCrew("press", crew: press(), inputs: ["subject": "all of {{topic}}", "copies": "{{number}}"])
            ],
            tasks: [CrewTask("one", summary: "d", agent: "press"), CrewTask("two", summary: "d", needs: ["one"])]
        )
    }

    @Test func soundTreeHasNoProblemsAndNoDoubts() {
        #expect(Self.sound().problems() == [])
        #expect(Self.sound().doubts() == [])
    }

    @Test func aCrewMayConsistOfCrewsAlone() {
        var crew = Self.sound()
        crew.agents = []
        #expect(crew.problems() == [])
        crew.process = CrewProcess(pattern: .concurrent, aggregator: "press")
        #expect(crew.problems() == [])
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let start: String
        let change: @Sendable (inout Crew) -> Void
        init(_ start: String, _ change: @escaping @Sendable (inout Crew) -> Void) {
            (self.start, self.change) = (start, change)
        }
        var testDescription: String { start }
    }

    @Test(arguments: faults) func faultIsReportedOnceAtItsPath(fault: Fault) throws {
        var crew = Self.sound()
        fault.change(&crew)
        let said = crew.problems().map(\.description)
        try #require(said.count == 1, "\(said)")
        #expect(said[0].hasPrefix(fault.start), "\(said)")
    }

    private static let faults: [Fault] = [
        Fault("agents.editor: there are two agents called \"editor\"") {
            $0.crews.append($0.crews[0])
            $0.crews[1].name = "editor"
        },
        Fault("agents.a b: \"a b\" cannot be the name of an agent") {
            $0.crews[0].name = "a b"
            $0.tasks[0].agent = nil
        },
        Fault("tasks.one.agent: there is no agent called \"pres\" (did you mean `press`?)") {
            $0.tasks[0].agent = "pres"
        },
        // What is within is not known outside, and the other way round.
        Fault("tasks.one.agent: there is no agent called \"writer\"") { $0.tasks[0].agent = "writer" },
        Fault("agents.press.crew.tasks.print.agent: there is no agent called \"editor\"") {
            $0.crews[0].crew.tasks[1].agent = "editor"
        },
        Fault("agents.press.inputs.sujbect: `press` has no input called \"sujbect\" (did you mean `subject`?)") {
            $0.crews[0].inputs["sujbect"] = "x"
        },
        Fault("agents.press.inputs: the input `subject` of `press` is missing (give it a value") {
            $0.crews[0].inputs["subject"] = nil
        },
        Fault("agents.press.inputs.copies: the input `copies` of `press` must be a number, not true") {
            $0.crews[0].inputs["copies"] = true
        },
        Fault("agents.press.inputs.copies: the input `copies` of `press` must be a number, not \"3\"") {
            $0.crews[0].inputs["copies"] = "3"
        },
        Fault(
            "agents.press.inputs.copies: the input `copies` of `press` must be a number, not {{topic}}, which is a text"
        ) {
            $0.crews[0].inputs["copies"] = "{{topic}}"
        },
        Fault("agents.press.inputs.loud: the input `loud` of `press` must be true or false, not {{number}}") {
            $0.crews[0].inputs["loud"] = "{{number}}"
        },
        Fault("agents.press.inputs.subject: the input `subject` of `press` must be a text, not 3") {
            $0.crews[0].inputs["subject"] = 3
        },
        Fault("agents.press.inputs.subject: there is no input for the placeholder {{tpoic}} (did you mean {{topic}}?)")
        {
            $0.crews[0].inputs["subject"] = "{{tpoic}}"
        },
        Fault("agents.press.description: there is no input for the placeholder {{subject}}") {
            $0.crews[0].summary = "prints {{subject}}"
        },
        Fault("agents.press.limits.calls: 0 is out of range") { $0.crews[0].limits = Limits(calls: 0) },
        Fault("process.limits.time: time is limited for a crew as a whole") {
            $0.process = CrewProcess(pattern: .coordinator, limits: [.time(.seconds(9))])
        },
        // Inputs of the crew around it are not known within.
        Fault("agents.press.crew.goal: there is no input for the placeholder {{topic}}") {
            $0.crews[0].crew.goal = "{{topic}} and {{subject}}"
        },
        Fault("agents.press.crew.agents.desk.crew.tasks.file.description: the task's description is empty") {
            $0.crews[0].crew.crews[0].crew.tasks[0].summary = ""
        },
        Fault(
            "agents.press.crew.agents.desk.crew.agents.clerk.model: there is no model called \"smal\" (did you mean `small`?)"
        ) {
            $0.crews[0].crew.crews[0].crew.agents[0].model = "smal"
        },
        // Models of a crew within are not known outside.
        Fault("agents.editor.model: there is no model called \"own\"") {
            $0.crews[0].crew.models = [ModelDefinition(name: "own", model: "m", fallback: "spare")]
            $0.agents[0].model = "own"
        },
        Fault("agents.press.crew.models.own.fallback: there is no model called \"spar\" (did you mean `spare`?)") {
            $0.crews[0].crew.models = [ModelDefinition(name: "own", model: "m", fallback: "spar")]
        },
        Fault("agents.press.crew.agents.writer.tools: `writer` can do all three") {
            $0.crews[0].crew.tools.append(ToolDefinition(name: "web", builtin: "fetch", options: ["hosts": ["a.org"]]))
            $0.crews[0].crew.agents[0].tools.append("web")
        },
        Fault("agents.press.crew.goal: with the inputs put in, this text has") {
            $0.crews[0].crew.goal = String(repeating: "{{subject}}", count: 1_000)
            $0.crews[0].inputs["subject"] = .string(String(repeating: "x", count: 2_000))
        },
        Fault("process.tools: only a coordinator process has `tools`") {
            $0.tools = [ToolDefinition(name: "sums", builtin: "calculator")]
            $0.process.tools = ["sums"]
        },
        Fault("process.limits: only a coordinator process has `limits`") { $0.process.limits = [.calls(3)] },
        Fault("process.tools[0]: there is no tool called \"sums\"") {
            $0.process = CrewProcess(pattern: .coordinator, tools: ["sums"])
        },
        Fault("process.tools: `coordinator` can do all three") {
            $0.tools = [
                ToolDefinition(name: "web", builtin: "fetch", options: ["hosts": ["a.org"]]),
                ToolDefinition(name: "notes", builtin: "files", options: ["folder": "n"]),
            ]
            $0.process = CrewProcess(pattern: .coordinator, tools: ["web", "notes"])
        },
        Fault("process.limits.tokens: 0 is out of range") {
            $0.process = CrewProcess(pattern: .coordinator, limits: Limits(tokens: 0))
        },
    ]

    @Test func whatAnExemptCoordinatorCannotBeIsNotAdvised() throws {
        var crew = Self.sound()
        crew.tools = [
            ToolDefinition(name: "web", builtin: "fetch", options: ["hosts": ["a.org"]]),
            ToolDefinition(name: "notes", builtin: "files", options: ["folder": "n"]),
        ]
        crew.process = CrewProcess(pattern: .coordinator, tools: ["web", "notes"])
        let hint = try #require(crew.problems().first?.hint)
        #expect(!hint.contains("exempt"))
    }

    /// Whose price must be known, by where money is limited.
    @Test(
        arguments: [
            ("nowhere", []), ("report", ["default", "press/own", "small"]),
            ("press", ["default", "press/own", "small"]),
            ("press as a member", ["default", "press/own", "small"]), ("desk", ["small"]),
            ("writer", ["default", "press/own"]), ("editor", ["default", "small"]),
        ]
    )
    func moneyIsLimitedOnlyWherePricesAreKnown(place: String, unpriced: [String]) {
        var crew = Self.sound()
        for index in 0...1 { crew.models[index].model = "mystery" }
        crew.crews[0].crew.models = [ModelDefinition(name: "own", model: "mystery", fallback: "spare")]
        let limits: Limits = [.usd("0.5")]
        switch place {
        case "report": crew.limits = limits
        case "press": crew.crews[0].crew.limits = limits
        case "press as a member": crew.crews[0].limits = limits
        case "desk": crew.crews[0].crew.crews[0].limits = limits
        case "writer": crew.crews[0].crew.agents[0].limits = limits
        case "editor": crew.agents[0].limits = limits
        default: break
        }
        let problems = crew.problems()
        #expect(problems.allSatisfy { $0.message.contains("so no money limit can be kept") })
        let names = problems.map { problem in
            let keys = problem.path.compactMap { if case .key(let key) = $0 { key } else { nil } }
            return keys.count > 2 ? "press/\(keys[keys.count - 1])" : keys[1]
        }
        #expect(names.sorted() == unpriced.sorted())
    }

    @Test func fallbacksDoNotGoInACircleAcrossCrews() {
        var crew = Self.sound()
        crew.models[0].fallback = "small"
        crew.crews[0].crew.models = [ModelDefinition(name: "small", model: "m", fallback: "default")]
        #expect(crew.problems() == [])
        crew.crews[0].crew.models.append(ModelDefinition(name: "default", model: "m", fallback: "small"))
        let said = crew.problems().map(\.description)
        #expect(said.count == 1 && said[0].contains("the fallbacks go in a circle"), "\(said)")
    }

    @Test func limitsThatCanNeverBeReachedAreDoubted() {
        var crew = Self.sound()
        crew.limits = [.calls(10), .tokens(1_000), .time(.seconds(60))]
        crew.crews[0].limits = [.calls(11), .tokens(500)]
        crew.crews[0].crew.limits = [.calls(10), .tokens(501), .time(.seconds(61))]
        crew.crews[0].crew.crews[0].crew.limits = [.calls(10), .tokens(500)]
        crew.agents[0].limits = [.time(.seconds(5))]
        #expect(
            crew.doubts().map { "\($0.description.prefix { $0 != ":" }): \($0.offendingText ?? "")" } == [
                "agents.editor.limits.time: ", "agents.press.limits.calls: 11 calls",
            ],
            "what a crew says of itself is meant for wherever it works"
        )
        #expect(crew.problems() == [])
    }

    @Test func inputsAreUsedByWhatAMemberIsGiven() {
        var crew = Self.sound()
        crew.goal = "g"
        #expect(crew.doubts() == [])
        crew.crews[0].inputs["copies"] = 2
        crew.crews[0].crew.goal = "g"
        #expect(
            crew.doubts().map(\.description.firstWord) == ["inputs.number", "agents.press.crew.inputs.subject"]
        )
    }
}

extension String {
    fileprivate var firstWord: String { String(prefix { $0 != ":" }) }
}
