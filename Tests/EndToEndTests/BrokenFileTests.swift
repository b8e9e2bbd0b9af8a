import Foundation
import ScriptedServer
import Testing

/// What the program says about crew files and arguments that cannot be used.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct BrokenFileTests {
    /// A file with one fault, and what has to be said about it.
    struct Fault: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var place: String
        var reason: String

        init(_ old: String, _ new: String, _ place: String, _ reason: String) {
            (self.old, self.new, self.place, self.reason) = (old, new, place, reason)
        }

        var testDescription: String { "\(reason): \(new)" }
    }

    private static let file = """
        crew: brief
        goal: Write about {{topic}}.
        inputs:
          topic: {type: string, default: tides}
          pages: {type: integer, default: 1}
        models:
          default: {model: m, max_output: 200, price: {input: 1, output: 2}}
        tools:
          notes: {builtin: files, folder: notes}
        agents:
          scout: {role: a scout, goal: Find, tools: [notes.read]}
          writer: {role: a writer, goal: Write}
        process: sequential
        tasks:
          facts: {description: Facts., agent: scout}
          text: {description: A text., agent: writer, needs: [facts]}
        limits: {calls: 10, time: 1m}

        """

    private static let faults = [
        Fault("goal: Write", "gaol: Write", "2:1", "did you mean `goal`?"),
        Fault("crew: brief\n", "", "1:1", "has no `crew`"),
        Fault("crew: brief", "crew: a brief", "1:7", "cannot be the name of a crew"),
        Fault("goal: Write", "goal: a\ngoal: Write", "3:1", "stands here again"),
        Fault("{{topic}}.", "{{topics}}.", "2:7", "did you mean {{topic}}?"),
        Fault("type: integer", "type: int", "5:17", "`integer`"),
        Fault("max_output: 200", "max_output: many", "7:35", "expected a whole number"),
        Fault("max_output: 200", "max_output: 0", "7:35", "out of range"),
        Fault("input: 1,", "input: -1,", "7:55", "from 0"),
        Fault("builtin: files", "builtin: filez", "9:20", "did you mean `files`?"),
        Fault("notes.read", "notes.reed", "11:46", "did you mean `read`?"),
        Fault("goal: Find, ", "", "11:10", "has no `goal`"),
        Fault("process: sequential", "process: sequentially", "13:10", "did you mean `sequential`?"),
        Fault("agent: writer", "agent: writr", "16:39", "did you mean `writer`?"),
        Fault("needs: [facts]", "needs: facts", "16:54", "expected a list"),
        Fault("needs: [facts]", "needs: [text]", "16:55", "circle"),
        Fault("calls: 10", "calls: ten", "17:17", "expected a whole number"),
        Fault("time: 1m", "time: 60", "17:27", "give the unit"),
        Fault("time: 1m}", "time: 1m", "18:1", "is no YAML"),
        Fault("inputs:\n", "inputs:\n\t", "4:1", "not tabs"),
        Fault("crew: brief", "crew: *brief", "1:7", "no aliases"),
        Fault("goal: Write", "goal: !!binary Write", "2:7", "no tags"),
    ]

    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write("", to: "notes/empty")
    }

    /// What users must never see: the insides of the program.
    private func expectPlainWords(_ errors: String, _ location: SourceLocation = #_sourceLocation) {
        for word in [
            "Optional(", "Error(", "Swift.", "Fatal error", "CrewFileError", "DecodingError", "0x0000", "NSError",
        ] {
            #expect(!errors.contains(word), "\(errors)", sourceLocation: location)
        }
        #expect(!errors.isEmpty, sourceLocation: location)
    }

    @Test("A fault has its place and its reason", arguments: faults)
    func fault(fault: Fault) async throws {
        let text = Self.file.replacing(fault.old, with: fault.new, maxReplacements: 1)
        try #require(text != Self.file)
        try work.write(text, to: "crew.yaml")
        for command in ["run", "check"] {
            let outcome = try await work.crew(command, "crew.yaml")
            #expect(outcome.status == 2, "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("crew.yaml:\(fault.place): error: "), "\(outcome.errors)")
            #expect(outcome.errors.contains(fault.reason), "\(outcome.errors)")
            expectPlainWords(outcome.errors)
        }
        #expect(!work.files().contains(".crew"), "nothing is recorded of what cannot run")
    }

    @Test func theFileItselfIsSound() async throws {
        try work.write(Self.file, to: "crew.yaml")
        let outcome = try await work.crew("check", "crew.yaml")
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func aMissingFolderOfAToolIsNamed() async throws {
        try work.write(Self.file.replacing("folder: notes", with: "folder: absent"), to: "crew.yaml")
        for command in ["run", "check"] {
            let outcome = try await work.crew(command, "crew.yaml")
            #expect(outcome.status == 2)
            #expect(outcome.errors.contains("crew.yaml:9:35: error: the folder \"absent\""), "\(outcome.errors)")
            #expect(outcome.errors.contains("hint: mkdir -p absent"), "\(outcome.errors)")
        }
        let prompts = try await work.crew("prompts", "crew.yaml")
        #expect(prompts.status == 0, "\(prompts.errors)")
        #expect(!work.files().contains(".crew"), "nothing is recorded of what cannot run")
    }

    @Test func aFailedRunPrintsNoAnswer() async throws {
        try work.write(Crews.sequence, to: "crew.yaml")
        try await ChatServer.with { call, connection in
            if call.number == 1 { return connection.answer(call, Crews.sequenceReply(call)) }
            connection.refuse(404, "no such path")
        } _: { server in
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("(HTTP 404)"), "\(outcome.errors)")
            #expect(outcome.errors.contains("1 accepted result: crew show "), "\(outcome.errors)")
        }
    }

    @Test func whatIsNoCrewFileAtAll() async throws {
        try work.write("", to: "empty.yaml")
        try work.write("# nothing\n", to: "comment.yaml")
        try work.write("just words\n", to: "words.yaml")
        try work.write("- a\n- b\n", to: "list.yaml")
        try work.write(Data([0, 1, 2, 0xff, 0xfe, 0x80]), to: "binary.yaml")
        try work.write(
            Data([0xff, 0xfe] + Self.file.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }),
            to: "utf16.yaml"
        )
        try work.write(String(repeating: "# much\n", count: 300_000), to: "large.yaml")
        try work.write(String(repeating: "[", count: 10_000), to: "deep.yaml")
        try work.write(
            "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n",
            to: "bomb.yaml"
        )
        try work.write("", to: "folder/other.yaml")
        let names = [
            "empty", "comment", "words", "list", "binary", "utf16", "large", "deep", "bomb", "missing",
        ].map { $0 + ".yaml" }
        for name in names + ["folder", "crew.yaml/x", ""] {
            let outcome = try await work.crew("run", name)
            #expect(outcome.status == 2, "\(name): \(outcome.errors)")
            #expect(outcome.output.isEmpty, "\(name)")
            #expect(outcome.errors.count < 2_000, "\(name)")
            expectPlainWords(outcome.errors)
        }
    }

    @Test(
        "Wrong arguments",
        arguments: [
            ["nonsense"], ["run"], ["run", "crew.yaml", "--bugdet", "1"], ["run", "crew.yaml", "--budget", "much"],
            ["run", "crew.yaml", "--budget", "-1"], ["run", "crew.yaml", "--limit-time", "10"],
            ["run", "crew.yaml", "--limit-calls", "0"], ["run", "crew.yaml", "--output", "xml"],
            ["run", "crew.yaml", "--input", "topics=rain"], ["run", "crew.yaml", "--input", "topic"],
            ["run", "crew.yaml", "--input", "pages=many"],
            ["run", "crew.yaml", "--input", "topic=a", "--input", "topic=b"],
            ["run", "crew.yaml", "--prompts", "nowhere"], ["resume"], ["resume", "nonsense"], ["show", "last"],
            ["runs", "--limit", "0"],
        ]
    )
    func arguments(arguments: [String]) async throws {
        try work.write(Self.file, to: "crew.yaml")
        let outcome = try await work.start(arguments).outcome()
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        expectPlainWords(outcome.errors)
    }

    @Test func aMissingInputIsNamed() async throws {
        try work.write(Self.file.replacing("{type: string, default: tides}", with: "{type: string}"), to: "crew.yaml")
        let outcome = try await work.crew("run", "crew.yaml", server: "http://127.0.0.1:9/v1")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("topic"))
        expectPlainWords(outcome.errors)
    }

    @Test func moneyWithoutAPriceIsRefusedAtLoad() async throws {
        let model = "models: {default: {model: nobody-knows-it}}\nlimits: {budget_usd: 1}\n"
        try work.write(Crews.sequence + model, to: "crew.yaml")
        let outcome = try await work.crew("run", "crew.yaml", server: "http://127.0.0.1:9/v1")
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains("price"))
        expectPlainWords(outcome.errors)
    }

    @Test func aFaultIsAlsoAnObjectForPrograms() async throws {
        try work.write(Self.file.replacing("agent: writer", with: "agent: writr"), to: "crew.yaml")
        let outcome = try await work.crew("run", "crew.yaml", "--output", "json")
        #expect(outcome.status == 2)
        let object = try outcome.object()
        #expect(object["status"]?.text == "failed")
        #expect(object["error"]?["code"]?.text == "invalid_crew")
        #expect(object["error"]?["message"]?.text?.contains("crew.yaml:16:39") == true)
    }

    @Test func helpIsOnStandardOutput() async throws {
        for arguments in [["--help"], ["run", "--help"], ["--version"]] {
            let outcome = try await work.start(arguments).outcome()
            #expect(outcome.status == 0)
            #expect(!outcome.output.isEmpty)
            #expect(outcome.errors.isEmpty)
        }
    }
}
