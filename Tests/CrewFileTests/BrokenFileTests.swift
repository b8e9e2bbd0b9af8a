import CrewFile
import Testing

/// A file with one fault, and what must be said about it first.
struct BrokenFile: Sendable, CustomTestStringConvertible {
    let fault: String
    let place: String
    let fragment: String
    let text: String

    /// The quickstart with a part replaced.
    init(_ part: String, _ replacement: String, _ place: String, _ fragment: String) {
        fault = replacement
        self.place = place
        self.fragment = fragment
        text = quickstart.replacing(part, with: replacement, maxReplacements: 1)
    }

    var testDescription: String { "\(fragment): \(fault)" }
}

struct BrokenFileTests {
    @Test(arguments: files) func complaintHasItsPlace(file: BrokenFile) throws {
        #expect(file.text != quickstart)
        let diagnostics = CrewFile.parse(text: file.text, name: "f").diagnostics
        let said = diagnostics.map { "\($0.mark.line):\($0.mark.column) \($0.message) [\($0.hint ?? "")]" }
        #expect(
            diagnostics.contains {
                "\($0.mark.line):\($0.mark.column)" == file.place
                    && "\($0.message) [\($0.hint ?? "")]".contains(file.fragment)
            },
            "\(file.place) expected, said: \(said)"
        )
        #expect(diagnostics.count <= 2, "\(said)")
    }

    @Test func everyFaultOfAFileIsReported() {
        let text =
            quickstart.replacing("agent: writer", with: "agent: writr").replacing("calls: 60", with: "calls: sixty")
            .replacing("role: Writer", with: "rolle: Writer").replacing("[findings]", with: "[finding]")
        let lines = CrewFile.parse(text: text, name: "f").diagnostics.map(\.mark.line)
        #expect(lines == [14, 14, 23, 24, 27])
    }

    @Test func everyRepetitionOfAKeyIsReportedAndNoOther() {
        let text =
            "crew: c\ngoal: g\nagents:\n  a: {role: r, goal: g, role: s, role: t}\n  b: {role: r, goal: g}\ngoal: h\n"
        let diagnostics = CrewFile.parse(text: text, name: "f", defaultModel: nil).diagnostics
        let places = diagnostics.filter { $0.message.hasSuffix("stands here again") }.map(\.mark)
        #expect(places.map { [$0.line, $0.column] } == [[4, 25], [4, 34], [6, 1]])
    }

    @Test func anUnquotedPlaceholderBetweenBracesIsExplained() throws {
        let text = "crew: c\ngoal: g\nagents:\n  a: {role: r, goal: find {{x}} now}\n"
        let diagnostic = try #require(CrewFile.parse(text: text, name: "f", defaultModel: nil).diagnostics.first)
        #expect(diagnostic.mark.line == 4)
        #expect(diagnostic.hint?.contains("quotes") == true)
    }

    @Test func anUnquotedPlaceholderThatIsAValueIsExplained() throws {
        let text = "crew: c\ngoal: {{x}}\nagents:\n  a: {role: r, goal: g}\n"
        let diagnostics = CrewFile.parse(text: text, name: "f", defaultModel: nil).diagnostics
        #expect(
            diagnostics.contains { $0.mark.line == 2 && $0.hint?.contains("quotation marks") == true },
            "\(diagnostics)"
        )
    }

    @Test func anUnquotedPlaceholderThatBeginsAValueIsExplained() throws {
        let text = "crew: c\ngoal: {{x}} explained\nagents:\n  a: {role: r, goal: g}\n"
        let diagnostic = try #require(CrewFile.parse(text: text, name: "f", defaultModel: nil).diagnostics.first)
        #expect(diagnostic.hint?.contains("quotes around") == true, "\(diagnostic)")
    }

    @Test(arguments: [
        ("goal: \"Write\n", "2:7 the quotation mark that opens here is not closed"),
        ("goal: 'it''s\n", "2:7 the quotation mark that opens here is not closed"),
        ("goal: \"a # \\\" b\n", "2:7 the quotation mark that opens here is not closed"),
    ])
    func aMarkThatIsNeverClosedIsNamedWhereItOpens(line: String, complaint: String) throws {
        let text = "crew: c\n\(line)agents:\n  a: {role: r, goal: g}\n# it's \"\n".replacing(
            "# it's \"",
            with: "# it is"
        )
        let diagnostic = try #require(CrewFile.parse(text: text, name: "f", defaultModel: nil).diagnostics.first)
        #expect("\(diagnostic.mark.line):\(diagnostic.mark.column) \(diagnostic.message)" == complaint)
    }

    @Test func aMarkThatTheNextOneClosesIsNamed() throws {
        let text = "crew: c\n# isn't one\ngoal: \"Write\nagents:\n  a: {role: \"r\", goal: g}\n"
        let diagnostic = try #require(CrewFile.parse(text: text, name: "f", defaultModel: nil).diagnostics.first)
        #expect(
            diagnostic.hint?.contains("opens in line 3, column 7 is closed in line 5 only") == true,
            "\(diagnostic)"
        )
    }

    @Test func theLineOfALimitIsShown() throws {
        let text = quickstart.replacing("tokens: 200000", with: "tokens: 2e5")
        let diagnostic = try #require(CrewFile.parse(text: text, name: "f").diagnostics.first)
        #expect(diagnostic.sourceLine.contains("tokens: 2e5"), "\(diagnostic)")
    }

    private static let files: [BrokenFile] = [
        // Words of other frameworks
        BrokenFile(
            "process: {pattern: coordinator",
            "process: {pattern: hierarchical",
            "18:20",
            "that is `coordinator` here"
        ),
        BrokenFile("role: Writer,", "role: Writer, backstory: b,", "14:26", "write it as `instructions`"),
        BrokenFile("role: Writer,", "role: Writer, verbose: true,", "14:26", "progress is shown anyway"),
        BrokenFile("role: Writer,", "role: Writer, memory: true,", "14:26", "a run keeps every result"),
        BrokenFile("role: Writer,", "role: Writer, allow_delegation: true,", "14:26", "only a coordinator delegates"),
        BrokenFile("role: Writer,", "role: Writer, handoffs: [x],", "14:26", "process: coordinator"),
        BrokenFile("role: Writer,", "role: Writer, max_rpm: 3,", "14:26", "rate: {requests: 60}"),
        BrokenFile("role: Writer,", "role: Writer, llm_config: {},", "14:26", "declare the model under `models`"),
        BrokenFile("agent: writer\n", "agent: writer\n    expected_output: x\n", "24:5", "under `output`"),
        BrokenFile("agent: writer\n", "agent: writer\n    async_execution: true\n", "24:5", "process: concurrent"),
        BrokenFile("agent: writer\n", "agent: writer\n    context: [findings]\n", "24:5", "write it as `needs`"),
        BrokenFile("agent: writer\n", "agent: writer\n    guardrail: x\n", "24:5", "accept: [{assert:"),
        BrokenFile("agent: writer\n", "agent: writer\n    human_input: true\n", "24:5", "a run asks nobody"),
        BrokenFile("max_instructions: 12", "manager_llm: gpt", "18:49", "write it as `model`"),
        BrokenFile(
            "crew: research-brief\n",
            "crew: research-brief\nverbose: true\n",
            "2:1",
            "progress is shown anyway"
        ),
        BrokenFile("crew: research-brief\n", "crew: research-brief\nedges: []\n", "2:1", "under `needs`"),
        // Keys
        BrokenFile("goal: Write", "gaol: Write", "2:1", "did you mean `goal`?"),
        BrokenFile("goal: Write a", "goal: Write\ngoal: a", "3:1", "stands here again"),
        BrokenFile("role: Writer,", "role: Writer, role: W,", "14:26", "stands here again"),
        BrokenFile("role: Senior", "role: x\n    \"role\": Senior", "11:5", "stands here again"),
        BrokenFile("crew: research-brief\n", "", "1:1", "has no `crew`"),
        BrokenFile("crew: research", "name: x\ncrew: research", "1:1", "did you mean `crew`?"),
        BrokenFile("role: Writer, ", "", "14:11", "has no `role`"),
        BrokenFile("max_output", "max_tokens", "6:50", "did you mean `max_output`?"),
        BrokenFile("needs:", "depends_on:", "24:5", "did you mean `needs`?"),
        BrokenFile("needs:", "Context:", "24:5", "write it as `needs`"),
        BrokenFile("time: 10m", "thyme: 10m", "27:55", "unknown key \"thyme\""),
        BrokenFile("{calls: 20}", "{instructions: 20}", "13:14", "the keys here are"),
        BrokenFile("  calculator: {", "  calculator: {folder: x, ", "16:24", "has no option \"folder\""),
        BrokenFile("folder: notes", "foldr: notes", "17:27", "did you mean `folder`?"),
        // Types
        BrokenFile("[findings]", "findings", "24:12", "expected a list, found the text \"findings\""),
        BrokenFile("goal: Write a sourced brief on {{topic}}.", "goal: 42", "2:7", "found the number 42"),
        BrokenFile("goal: Write a sourced brief on {{topic}}.", "goal:", "2:6", "found nothing"),
        BrokenFile("goal: Write a sourced brief on {{topic}}.", "goal: true", "2:7", "quotation marks"),
        BrokenFile("goal: Write a sourced brief on {{topic}}.", "goal: \"\"", "2:7", "the crew's goal is empty"),
        BrokenFile("goal: Write a sourced brief on {{topic}}.", "goal: [a]", "2:7", "expected text, found a list"),
        BrokenFile("calls: 60", "calls: \"60\"", "27:51", "expected a whole number, found the text"),
        BrokenFile("calls: 60", "calls: 6.5", "27:51", "expected a whole number, found the number 6.5"),
        BrokenFile("calls: 60", "calls: 060", "27:51", "without leading zeros"),
        BrokenFile("calls: 60", "calls: 0x3C", "27:51", "plain decimal digits"),
        BrokenFile("calls: 60", "calls: 99999999999999999999", "27:51", "expected a whole number"),
        BrokenFile("time: 10m", "time: 10", "27:61", "give the unit: 10s"),
        BrokenFile("time: 10m", "time: 10 minutes", "27:61", "expected a length of time"),
        BrokenFile("time: 10m", "time: 99999999999999h", "27:61", "expected a length of time"),
        BrokenFile("budget_usd: 0.50", "budget_usd: $0.50", "27:22", "expected an amount of dollars"),
        BrokenFile("budget_usd: 0.50", "budget_usd: -1", "27:22", "from 0 to 1000000"),
        BrokenFile("budget_usd: 0.50", "budget_usd: 1000001", "27:22", "from 0 to 1000000"),
        BrokenFile("budget_usd: 0.50", "budget_usd: 1e3", "27:22", "exponents"),
        BrokenFile("temperature: 0.2", "temperature: warm", "6:45", "expected a number"),
        BrokenFile("agent: writer\n", "agent: writer\n    required: yes\n", "24:15", "write `true`"),
        BrokenFile("agent: writer\n", "agent: writer\n    required: off\n", "24:15", "write `false`"),
        BrokenFile("{type: string, desc", "{type: strng, desc", "4:17", "did you mean `string`?"),
        BrokenFile("tasks:", "tasks: []\nx:", "19:8", "expected a mapping of names, found a list"),
        BrokenFile("[{assert: \"length(body) > 400\"}]", "[\"length(body) > 400\"]", "26:14", "expected a mapping"),
        BrokenFile("default: tidal energy", "default: [a]", "4:68", "a number or a boolean"),
        BrokenFile("type: string, description: what", "type: integer, description: what", "4:69", "is a string"),
        // Ranges
        BrokenFile("tokens: 200000", "tokens: 0", "27:36", "0 is out of range"),
        BrokenFile("tokens: 200000", "tokens: -5", "27:36", "-5 is out of range"),
        BrokenFile("temperature: 0.2", "temperature: 2.5", "6:45", "2.5 is out of range"),
        BrokenFile("max_instructions: 12", "max_instructions: 0", "18:67", "0 is out of range"),
        // Names
        BrokenFile("crew: research-brief", "crew: research brief", "1:7", "cannot be the name of a crew"),
        BrokenFile("  writer: {", "  the writer: {", "14:3", "cannot be the name of an agent"),
        BrokenFile("model: local}", "model: lokal}", "14:71", "did you mean `local`?"),
        BrokenFile("model: default,", "model: defualt,", "18:40", "did you mean `default`?"),
        BrokenFile("notes.read]", "notes.delete]", "12:25", "part of `notes`"),
        BrokenFile("notes.read]", "notes.raed]", "12:25", "did you mean `read`?"),
        BrokenFile("[calculator, ", "[calculater, ", "12:13", "did you mean `calculator`?"),
        BrokenFile("[calculator, ", "[calculator.add, ", "12:13", "has no parts"),
        BrokenFile("builtin: files", "builtin: file", "17:20", "did you mean `files`?"),
        BrokenFile("[findings]", "[brief]", "24:13", "circle: brief → brief"),
        BrokenFile("pattern: coordinator", "pattern: coordinater", "18:20", "did you mean `coordinator`?"),
        BrokenFile("max_instructions: 12", "answer: breef", "18:57", "did you mean `brief`?"),
        BrokenFile("max_instructions: 12", "aggregator: writer", "18:61", "only a concurrent process"),
        BrokenFile("max_output: 2000", "fallback: default", "6:60", "circle: default → default"),
        // Texts
        BrokenFile("{{topic}} that", "{{topics}} that", "11:11", "did you mean {{topic}}?"),
        BrokenFile("{{topic}} that", "{{config.key}} that", "11:11", "is no placeholder"),
        BrokenFile("{{topic}} that", "{{topic} that", "11:11", "is no placeholder"),
        BrokenFile("> 400", "> > 400", "26:23", "column 16"),
        BrokenFile("length(body)", "lenght(body)", "26:23", "did you mean `length`?"),
        BrokenFile("length(body)", "length(bodi)", "26:23", "has no property `bodi`"),
        BrokenFile("type: object, properties", "type: objekt, properties", "25:20", "this is no schema"),
        BrokenFile("required: [title, body]", "requird: [title]", "25:87", "this is no schema"),
        BrokenFile("notes.read]", "notes.write]", "12:25", "`write: true`"),
        // Safety
        BrokenFile("builtin: calculator}", "builtin: fetch}", "16:3", "needs the option `hosts`"),
        BrokenFile("builtin: calculator}", "builtin: fetch, hosts: [a.org, localhost]}", "16:47", "name the address"),
        BrokenFile("builtin: calculator}", "builtin: fetch, hosts: [a.org, \"*.b.org\"]}", "16:47", "no host that can"),
        BrokenFile("builtin: calculator}", "builtin: fetch, hosts: [a.org]}", "12:5", "`researcher` can do all three"),
        BrokenFile("role: Writer,", "role: Writer, exempt: [rule-of-too],", "14:35", "did you mean `rule-of-two`?"),
        BrokenFile("role: Writer,", "role: Writer, allow: [rule-of-two],", "14:26", "did you mean `exempt`?"),
        BrokenFile(
            "http://127.0.0.1:8080/v1",
            "http://user:hunter2hunter2@a.org/v1",
            "7:23",
            "a user name or a password"
        ),
        // Models
        BrokenFile("gpt-5-mini", "gpt-5-minimal", "6:3", "no money limit can be kept"),
        BrokenFile("max_output: 2000", "key: sk-123456789012", "6:55", "env:NAME"),
        BrokenFile("max_output: 2000", "key: \"env:A B\"", "6:55", "env:NAME"),
        BrokenFile("http://127.0.0.1:8080/v1", "127.0.0.1:8080", "7:23", "is no endpoint"),
        // YAML
        BrokenFile("model: local}", "model: local", "15:6", "no YAML"),
        BrokenFile("role: Senior", "role: &r Senior", "10:11", "anchors"),
        BrokenFile("role: Senior researcher", "role: *r", "10:11", "alias"),
        BrokenFile("role: Senior", "role: !!str Senior", "10:11", "tags"),
        BrokenFile("role: Senior researcher", "<<: {role: x}\n    role: y", "10:5", "merge keys"),
        BrokenFile("    goal: Find", "\tgoal: Find", "11:1", "no YAML"),
    ]
}
