import ChatModel
import CrewCore
import CrewFile
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Crew files whose members are crews, of files of their own and written out.
@Suite(.timeLimit(.minutes(1)))
final class MemberFileTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(folder)/press/desk", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func put(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    private func load(_ name: String = "crew.yaml") throws -> CrewFile {
        try CrewFile.load(path: "\(folder)/\(name)", defaultModel: ModelDefinition(model: "gpt-5-mini"))
    }

    /// What is said of a file, each without its lines: `press/crew.yaml:3:1: error: … [hint]`.
    private func complaints(_ name: String = "crew.yaml") -> [String] {
        do {
            return try load(name).warnings.map(shown)
        } catch let error as CrewFileError {
            return error.diagnostics.map(shown)
        } catch {
            return ["\(error)"]
        }
    }

    private func shown(_ diagnostic: Diagnostic) -> String {
        let file = diagnostic.file.replacing(folder + "/", with: "")
        let place = "\(file):\(diagnostic.mark.line):\(diagnostic.mark.column)"
        let hint = (diagnostic.hint ?? "").replacing(folder + "/", with: "")
        return "\(place): \(diagnostic.severity): \(diagnostic.message.replacing(folder + "/", with: "")) [\(hint)]"
    }

    /// A crew file of one agent and one task, with members before them.
    private static func file(_ name: String, members: String = "", more: String = "") -> String {
        """
        crew: \(name)
        goal: g
        agents:
        \(members.isEmpty ? "" : members + "\n")  writer: {role: r, goal: g}
        tasks:
          t: {description: d}
        \(more)
        """
    }

    private static let report = """
        crew: report
        goal: Report on {{topic}}
        inputs:
          topic: {}
          number: {type: integer, default: 3}
        models:
          default: {model: gpt-5-mini}
          small: {model: gpt-5-nano}
        agents:
          press:
            crew: press/crew.yaml
            inputs: {subject: "all of {{topic}}", copies: "{{number}}", loud: true}
            limits: {calls: 20}
            description: Prints {{topic}}.
          check:
            crew:
              goal: Check it
              agents:
                reader: {role: r, goal: g, model: small}
              tasks:
                read: {description: d}
          editor: {role: r, goal: g}
        process: {pattern: coordinator, tools: [sums], limits: {calls: 5}}
        tools:
          sums: {builtin: calculator}
        tasks:
          draft: {description: d, agent: press}
          checked: {description: d, agent: check, needs: [draft]}
        """

    private static let press = """
        crew: press
        goal: Print {{subject}}
        inputs:
          subject: {}
          copies: {type: number}
          loud: {type: boolean, default: false}
        models:
          default: {model: gpt-5, ca: own.pem}
        tools:
          notes: {builtin: files, folder: notes}
        agents:
          writer: {role: r, goal: "{{copies}} {{loud}}", tools: [notes]}
          desk: {crew: desk/desk.yaml}
        tasks:
          print: {description: d, agent: desk}
        """

    @Test func aTreeIsReadFromItsFiles() throws {
        try put(Self.report, "crew.yaml")
        try put(Self.press, "press/crew.yaml")
        try put(Self.file("desk"), "press/desk/desk.yaml")
        let file = try load()
        #expect(file.warnings == [])
        let crew = file.crew
        #expect(crew.members == ["editor", "press", "check"])
        #expect(crew.process.tools.map(\.name) == ["sums"])
        #expect(crew.process.limits == Limits(calls: 5))
        let real = try #require(realpath(folder, nil).map { String(cString: $0) })
        let press = try #require(crew.member("press"))
        #expect(press.crew.name == "press")
        #expect(press.inputs == ["subject": "all of {{topic}}", "copies": "{{number}}", "loud": true])
        #expect(press.limits == Limits(calls: 20))
        #expect(press.summary == "Prints {{topic}}.")
        #expect(press.file == "\(real)/press/crew.yaml")
        #expect(press.folder == "\(real)/press")
        #expect(press.crew.models.first?.certificateAuthorities == "\(folder)/press/own.pem")
        let desk = try #require(press.crew.member("desk"))
        #expect(desk.folder == "\(real)/press/desk")
        #expect(desk.crew.tasks.map(\.name) == ["t"])
        let check = try #require(crew.member("check"))
        #expect(check.crew.name == "check")
        #expect(check.file == nil && check.folder == nil)
        #expect(check.crew.agents.first?.model == "small")
        #expect(
            file.place(of: ["agents", "press", "crew", "tools", "notes", "folder"]) == "\(folder)/press/crew.yaml:10:35"
        )
        #expect(file.place(of: ["agents", "press", "crew"]) == "\(folder)/crew.yaml:11:11")
        #expect(file.place(of: ["agents", "check", "crew", "goal"]) == "\(folder)/crew.yaml:17:13")
    }

    @Test func complaintsStandInTheFileThatIsWrong() throws {
        try put(Self.report.replacing("loud: true", with: "loud: 1, sujbect: x"), "crew.yaml")
        try put(
            Self.press.replacing("{{subject}}", with: "{{topic}} {subject}").replacing("role: r", with: "rolle: r"),
            "press/crew.yaml"
        )
        try put(Self.file("desk").replacing("description: d", with: "description: ''"), "press/desk/desk.yaml")
        #expect(
            complaints() == [
                "crew.yaml:12:71: error: the input `loud` of `press` must be true or false, not 1 []",
                "crew.yaml:12:83: error: `press` has no input called \"sujbect\" [did you mean `subject`?]",
                "press/crew.yaml:2:7: error: there is no input for the placeholder {{topic}} "
                    + "[the inputs are `subject`, `copies`, `loud`]",
                "press/crew.yaml:12:11: error: the agent has no `role` [for example: role: Senior researcher]",
                "press/crew.yaml:12:12: error: unknown key \"rolle\" in agent [did you mean `role`?]",
                "press/desk/desk.yaml:6:20: error: the task's description is empty []",
            ]
        )
    }

    @Test func doubtsStandInTheFileThatGivesThem() throws {
        try put(
            Self.report.replacing("calls: 20}", with: "calls: 20}\n    ").replacing(
                "process: {",
                with: "limits: {calls: 10}\nprocess: {"
            ),
            "crew.yaml"
        )
        try put(Self.press.replacing("{{subject}}", with: "{subject}"), "press/crew.yaml")
        try put(Self.file("desk", more: "limits: {calls: 11}"), "press/desk/desk.yaml")
        #expect(
            complaints() == [
                "crew.yaml:13:21: warning: this is more than the crew around it may use, which is 10 calls "
                    + "[it ends with what is around it; write less, or leave it out]",
                "press/crew.yaml:2:7: warning: {subject} with one brace stays as it is, and there is an input of that name "
                    + "[did you mean {{subject}}?]",
            ]
        )
    }

    @Test(
        arguments: [
            (
                "press: {crew: press.yaml, role: Printer}",
                "4:29: error: unknown key \"role\" in member crew "
                    + "[its agents have roles; say what it is for as `description`]"
            ),
            (
                "press: {crew: press.yaml, model: default}",
                "4:29: error: unknown key \"model\" in member crew "
                    + "[models stand in the crew itself; those that it does not have are the ones around it]"
            ),
            (
                "press: {crew: press.yaml, input: {a: 1}}",
                "4:29: error: unknown key \"input\" in member crew "
                    + "[did you mean `inputs`?]"
            ),
            (
                "press: {file: press.yaml}",
                "unknown key \"file\" in agent "
                    + "[a crew that works as a member is named by its file: crew: press/crew.yaml]"
            ),
            (
                "press: {crew: none.yaml}",
                "4:17: error: the crew file \"none.yaml\" cannot be read: No such file or directory "
                    + "[it is looked for as none.yaml]"
            ),
            (
                "press: {crew: press}",
                "4:17: error: the crew file \"press\" cannot be read: it is a folder, not a regular file "
                    + "[name the file: press/crew.yaml]"
            ),
            (
                "press: {crew: pipe}",
                "4:17: error: the crew file \"pipe\" cannot be read: it is a pipe, not a regular file"
            ),
            ("press: {crew: ''}", "4:17: error: no file is named [for example: crew: press/crew.yaml]"),
            ("press: {crew: 3}", "4:17: error: expected the path of a crew file, or a crew, found the number 3"),
            ("press: {crew: [a]}", "4:17: error: expected the path of a crew file, or a crew, found a list"),
            ("press: {crew: }", "4:17: error: expected the path of a crew file, or a crew, found nothing"),
            ("press: {crew: {goal: g}}", "the crew has no `agents`"),
            ("press: {crew: press.yaml, inputs: {a: [1]}}", "expected a text, a number or a boolean, found a list"),
            ("press: {crew: press.yaml, inputs: [a]}", "expected a mapping of names to values, found a list"),
            (
                "press: {crew: press.yaml, inputs: {a: 1}}",
                "4:41: error: `press` has no input called \"a\" "
                    + "[it takes none]"
            ),
            ("writer: {crew: press.yaml}", "error: the key \"writer\" stands here again"),
        ]
    )
    func whatIsNoMemberIsToldOnce(member: String, complaint: String) throws {
        try put(Self.file("press"), "press.yaml")
        try #require(mkfifo("\(folder)/pipe", 0o600) == 0)
        try put(Self.file("c", members: "  \(member)"), "crew.yaml")
        let said = complaints()
        #expect(said.contains { $0.hasPrefix("crew.yaml:") && $0.contains(complaint) }, "\(said)")
        // An agent without role and goal was meant to be something else.
        #expect(said.count == (complaint.contains("in agent") ? 3 : 1), "\(said)")
    }

    @Test(
        arguments: [
            ("goal: [", "press.yaml:", "this is no YAML"), ("just words", "press.yaml:1:1", "expected a mapping"),
            ("crew: c\ngoal: g\nagents: []\n", "press.yaml:3:9", "expected a mapping of names"),
            ("crew: c\ngoal: g\nagents: {a: {role: r, goal: g}}\n", "press.yaml:", "a sequential process needs tasks"),
            ("crew: c\ngoal: &a g\n", "press.yaml:2:", "anchors"),
            ("", "press.yaml:1:1", "the file is empty"),
        ]
    )
    func aBrokenFileOfAMemberIsToldThere(text: String, place: String, message: String) throws {
        try put(text, "press.yaml")
        try put(Self.file("c", members: "  press: {crew: press.yaml, inputs: {a: 1}}"), "crew.yaml")
        let said = complaints()
        #expect(said.contains { $0.hasPrefix(place) && $0.contains(message) }, "\(said)")
        #expect(!said.contains { $0.contains("goal is empty") || $0.contains("cannot be the name") }, "\(said)")
    }

    @Test func whatIsNoTextIsTold() throws {
        try Data([0x63, 0xC3, 0x28]).write(to: URL(fileURLWithPath: "\(folder)/press.yaml"))
        try put(Self.file("c", members: "  press: {crew: press.yaml}"), "crew.yaml")
        #expect(complaints() == ["press.yaml:1:1: error: the file is not UTF-8 []"])
        try put(String(repeating: "# filled\n", count: 200_000), "press.yaml")
        let said = complaints()
        #expect(said.count == 1 && said[0].contains("it is larger than a mebibyte"), "\(said)")
    }

    @Test func anotherFileThanACrewIsNotShown() throws {
        try put("PASSWORD=hunter2\n", "env")
        try put(Self.file("c", members: "  press: {crew: env}"), "crew.yaml")
        let error = #expect(throws: CrewFileError.self) { try load() }
        #expect(error?.description.contains("hunter2") == false)
    }

    // MARK: - Circles

    @Test func aFileIsNotItsOwnMember() throws {
        try put(Self.file("c", members: "  press: {crew: ./crew.yaml}"), "crew.yaml")
        #expect(
            complaints() == [
                "crew.yaml:4:17: error: the crew file names itself as a member [a crew cannot work within itself]"
            ]
        )
    }

    @Test func twoFilesInACircleAreToldInBoth() throws {
        try put(Self.file("a", members: "  b: {crew: press/b.yaml}"), "a.yaml")
        try put(Self.file("b", members: "\n  a: {crew: ../a.yaml}"), "press/b.yaml")
        let message =
            "error: the crew files name one another in a circle: a.yaml → press/b.yaml → a.yaml "
            + "[a crew cannot work within itself]"
        #expect(complaints("a.yaml") == ["a.yaml:4:13: \(message)", "press/b.yaml:5:13: \(message)"])
    }

    @Test func threeFilesInACircleBehindAnotherAreToldWhereTheyAre() throws {
        try put(Self.file("d", members: "  a: {crew: a.yaml}"), "d.yaml")
        for (name, next) in [("a", "b"), ("b", "c"), ("c", "a")] {
            try put(
                Self.file(
                    name,
                    members:
                        "  next: {crew: {goal: g, agents: {in: {crew: \(next).yaml}}, tasks: {t: {description: d}}}}"
                ),
                "\(name).yaml"
            )
        }
        let said = complaints("d.yaml")
        #expect(said.map { $0.prefix { $0 != " " } } == ["a.yaml:4:46:", "b.yaml:4:46:", "c.yaml:4:46:"], "\(said)")
        #expect(said.allSatisfy { $0.contains("a.yaml → b.yaml → c.yaml → a.yaml") }, "\(said)")
    }

    @Test(arguments: [true, false]) func aCircleByAnotherNameIsOne(isSymbolic: Bool) throws {
        try put(Self.file("a", members: "  b: {crew: b.yaml}"), "a.yaml")
        try put(Self.file("b", members: "  a: {crew: other.yaml}"), "b.yaml")
        let made =
            isSymbolic ? symlink("a.yaml", "\(folder)/other.yaml") : link("\(folder)/a.yaml", "\(folder)/other.yaml")
        try #require(made == 0)
        let said = complaints("a.yaml")
        #expect(said.map { $0.prefix { $0 != " " } } == ["a.yaml:4:13:", "b.yaml:4:13:"], "\(said)")
    }

    // MARK: - Size

    @Test func aFileMayBeAMemberTwice() throws {
        try put(Self.file("a", members: "  b: {crew: b.yaml}\n  c: {crew: c.yaml}\n  d: {crew: d.yaml}"), "crew.yaml")
        for name in ["b", "c"] { try put(Self.file(name, members: "  d: {crew: d.yaml}"), "\(name).yaml") }
        try put(Self.file("d"), "d.yaml")
        #expect(complaints() == [])
        #expect(try load().crew.tree.map(\.prefix) == ["", "b/", "b/d/", "c/", "c/d/", "d/"])
        try put(Self.file("d").replacing("description: d", with: "describtion: d"), "d.yaml")
        #expect(complaints().count == 2, "what is wrong in a file is told once, however often it is a member")
    }

    @Test func depthIsBounded() throws {
        let deepest = Crew.deepestTree
        for level in 1..<deepest {
            try put(Self.file("c", members: "  in: {crew: c\(level + 1).yaml}"), "c\(level).yaml")
        }
        try put(Self.file("c"), "c\(deepest).yaml")
        #expect(complaints("c1.yaml") == [])
        try put(Self.file("c", members: "  in: {crew: last.yaml}"), "c\(deepest).yaml")
        try put(Self.file("c"), "last.yaml")
        let said = complaints("c1.yaml")
        #expect(
            said.count == 1 && said[0].hasPrefix("c\(deepest).yaml:4:14: error: there are more than \(deepest)"),
            "\(said)"
        )
    }

    @Test func filesThatNameOthersManyTimesAreNotReadWithoutEnd() throws {
        for level in 1..<Crew.deepestTree {
            let members = (1...9).map { "  m\($0): {crew: c\(level + 1).yaml}" }.joined(separator: "\n")
            try put(Self.file("c", members: members), "c\(level).yaml")
        }
        try put(Self.file("c"), "c\(Crew.deepestTree).yaml")
        let said = complaints("c1.yaml")
        #expect(!said.isEmpty && said.allSatisfy { $0.contains("there are too many crews within crews") }, "\(said)")
        // Written out, they are no fewer.
        let inner = "{goal: g, agents: {w: {role: r, goal: g}}, tasks: {t: {description: d}}}"
        let many = (1...Crew.largestTree).map { "  m\($0): {crew: \(inner)}" }.joined(separator: "\n")
        try put(Self.file("c", members: many), "crew.yaml")
        #expect(complaints().map { $0.contains("there are too many crews within crews") } == [true])
        // A large file that is named often is read a few times.
        try put(
            Self.file("c", more: String(repeating: "# \(String(repeating: "x", count: 97))\n", count: 9_000)),
            "l.yaml"
        )
        let large = (1...60).map { "  m\($0): {crew: l.yaml}" }.joined(separator: "\n")
        try put(Self.file("c", members: large), "crew.yaml")
        #expect(complaints().contains { $0.contains("there are too many crews within crews") })
    }

    @Test func aTextThatIsNoFileNamesNone() throws {
        let text = Self.file("c", members: "  press: {crew: press.yaml}")
        let alone = CrewFile.parse(text: text, name: "f", defaultModel: ModelDefinition(model: "gpt-5-mini"))
        let said = alone.diagnostics.map(\.message)
        #expect(said == ["a text that is no file names the file of a member"])
        try put(Self.file("press"), "press.yaml")
        let reading = CrewFile.parse(
            text: text,
            name: "f",
            directory: folder,
            defaultModel: ModelDefinition(model: "gpt-5-mini")
        )
        #expect(reading.diagnostics == [])
        #expect(reading.crew?.member("press")?.crew.name == "press")
    }

    @Test func theLimitOfInstructionsOfAnInnerCrewIsGivenOnce() throws {
        let inner =
            "{goal: g, agents: {w: {role: r, goal: g}}, process: {pattern: coordinator, max_instructions: 3}, limits: {instructions: 4}}"
        try put(Self.file("c", members: "  in: {crew: \(inner)}"), "crew.yaml")
        let said = complaints()
        #expect(said.count == 1 && said[0].contains("the limit of instructions is given twice"), "\(said)")
    }
}
