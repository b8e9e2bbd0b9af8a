import Foundation
import ScriptedServer
import Testing

/// Crews that work in an agent's place, from their files to the answer.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct MemberCrewTests {
    private static let report = """
        crew: report
        goal: Report on {{topic}}
        inputs: {topic: {}}
        models: {default: {model: gpt-5-mini}}
        agents:
          press: {crew: press/crew.yaml, inputs: {subject: "all of {{topic}}"}, limits: {calls: 10}}
          editor: {role: an editor, goal: Edit}
        tasks:
          draft: {description: A draft, agent: press}
          final: {description: The report, agent: editor, needs: [draft]}

        """
    private static let press = """
        crew: press
        goal: Print {{subject}}
        inputs: {subject: {}}
        models: {cheap: {model: gpt-5-nano}}
        tools:
          notes: {builtin: files, folder: notes}
          sums: {builtin: calculator}
        agents:
          printer: {role: a printer, goal: Print, model: cheap, tools: [notes, sums]}
          checker: {role: a checker, goal: Check}
        tasks:
          text: {description: A text, agent: printer}
          check: {description: Check it, agent: checker, needs: [text]}

        """

    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Self.report, to: "crew.yaml")
        try work.write(Self.press, to: "press/crew.yaml")
        try work.write("tides are pulled by the moon", to: "press/notes/facts.txt")
    }

    private static func reply(_ call: ChatCall) -> ChatReply {
        if call.system.contains("a printer") {
            return call.toolResults == 0
                ? .tools(("notes_read", #"{"path": "facts.txt"}"#)) : .text("printed: \(call.last)")
        }
        if call.system.contains("a checker") { return .text("checked") }
        return .text("edited")
    }

    @Test func aRunGoesThroughItsMembers() async throws {
        try await ChatServer.with(replying: Self.reply) { server in
            let check = try await work.crew("check", "crew.yaml", server: server.url)
            #expect(check.status == 0, "\(check.errors)")
            #expect(check.output.contains("ok: report: 1 agent, 1 crew, 2 tasks, sequential, no limits\n"))
            #expect(
                check.output.contains(
                    "  press (press/crew.yaml): 2 agents, 2 tasks, sequential, at most 10 calls\n"
                )
            )
            let prompts = try await work.crew("prompts", "crew.yaml", "--input", "topic=tides", server: server.url)
            #expect(prompts.status == 0, "\(prompts.errors)")
            for part in ["=== press/printer, task text · gpt-5-nano", "=== press/checker, task check", "all of tides"] {
                #expect(prompts.output.contains(part), "\(part): \(prompts.output)")
            }
            #expect(server.requests.isEmpty)
            let run = try await work.crew("run", "crew.yaml", "--input", "topic=tides", server: server.url)
            #expect(run.status == 0, "\(run.errors)")
            #expect(run.output == "edited\n")
            let requests = server.requests
            #expect(
                requests.map { $0.document["model"]?.text } == [
                    "gpt-5-nano", "gpt-5-nano", "gpt-5-mini", "gpt-5-mini",
                ]
            )
            #expect(requests.dropFirst().first?.last.contains("tides are pulled by the moon") == true)
            #expect(requests.last?.task.contains("checked") == true)
            let show = try await work.crew("show", "last", server: server.url)
            #expect(show.status == 0 && show.output.contains("press/printer"), "\(show.output)")
            #expect(try await work.crew("verify", server: server.url).status == 0)
        }
    }

    @Test func aResumedRunIsHeldToTheFilesOfItsMembers() async throws {
        try await ChatServer.with(answering: { call, connection in
            if call.number == 1 { return connection.refuse(401, "no") }
            connection.answer(call, Self.reply(call))
        }) { server in
            let failed = try await work.crew("run", "crew.yaml", "--input", "topic=tides", server: server.url)
            #expect(failed.status == 3, "\(failed.errors)")
            try work.write(
                Self.press.replacing("goal: Print {{subject}}", with: "goal: {{subject}}"),
                to: "press/crew.yaml"
            )
            let broken = try await work.crew("resume", "last", server: server.url)
            #expect(broken.status == 2 && broken.errors.contains("press/crew.yaml:2:"), "\(broken.errors)")
            #expect(broken.errors.contains("mend it, or move it away"), "\(broken.errors)")
            try work.write(Self.press.replacing("[notes, sums]", with: "[notes.read]"), to: "press/crew.yaml")
            let resumed = try await work.crew("resume", "last", server: server.url)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(
                resumed.errors.contains("`press/printer` has no longer all of `notes`, `sums`"),
                "\(resumed.errors)"
            )
            let tools = server.requests.dropFirst().first?.document["tools"]?.items.count
            #expect(tools != 0)
        }
    }

    @Test func aToolMayNotChangeTheFileOfAMember() async throws {
        try work.write(Self.press.replacing("folder: notes", with: "folder: ., write: true"), to: "press/crew.yaml")
        let before = work.read("press/crew.yaml")
        try await ChatServer.with(replying: { call in
            guard call.system.contains("a printer"), call.toolResults == 0 else { return Self.reply(call) }
            return .tools(("notes_write", #"{"path": "crew.yaml", "content": "crew: mine"}"#))
        }) { server in
            let run = try await work.crew("run", "crew.yaml", "--input", "topic=tides", server: server.url)
            #expect(run.status == 0, "\(run.errors)")
            #expect(server.requests.dropFirst().first?.last.contains("no tool may change") == true)
        }
        #expect(work.read("press/crew.yaml") == before)
    }

    @Test func theKeysOfMembersModelsAreSecretsOfTheRun() async throws {
        let key = "a-key-of-some-length"
        try await ChatServer.with(replying: Self.reply) { server in
            let far = "{model: gpt-5-nano, base_url: \"\(server.url)\", key: env:FAR_KEY}"
            try work.write(Self.press.replacing("{model: gpt-5-nano}", with: far), to: "press/crew.yaml")
            try work.write("the key is \(key)", to: "press/notes/facts.txt")
            let variables = ["FAR_KEY": key]
            let refused = try await work.start(
                ["run", "crew.yaml", "--input", "topic=\(key)"],
                server: server.url,
                adding: variables
            ).outcome()
            #expect(refused.status == 2 && refused.errors.contains("holds a key"), "\(refused.errors)")
            #expect(server.requests.isEmpty)
            let run = try await work.start(
                ["run", "crew.yaml", "--input", "topic=tides"],
                server: server.url,
                adding: variables
            ).outcome()
            #expect(run.status == 0, "\(run.errors)")
            #expect(server.requests.first?.request["authorization"] == "Bearer \(key)")
            #expect(server.requests.allSatisfy { !String(decoding: $0.body, as: UTF8.self).contains(key) })
        }
    }

    @Test func filesInACircleAreRefusedWithBothPlaces() async throws {
        try work.write(
            Self.press.replacing("  checker:", with: "  back: {crew: ../crew.yaml}\n  checker:"),
            to: "press/crew.yaml"
        )
        let check = try await work.crew("check", "crew.yaml")
        #expect(check.status == 2)
        for line in [
            "crew.yaml:6:17: error: the crew files name one another in a circle", "press/crew.yaml:10:16: error: ",
        ] {
            #expect(check.errors.contains(line), "\(check.errors)")
        }
    }

    @Test func aDoctorAsksTheEndpointsOfMembers() async throws {
        let far = "{model: gpt-5-nano, base_url: \"http://127.0.0.1:1/v1\", price: {input: 1, output: 1}}"
        try work.write(Self.press.replacing("{model: gpt-5-nano}", with: far), to: "press/crew.yaml")
        try await ChatServer.with(replying: Self.reply) { server in
            let doctor = try await work.crew("doctor", "crew.yaml", "--output", "json", server: server.url)
            #expect(doctor.status == 3, "\(doctor.output)")
            #expect(doctor.output.contains("127.0.0.1:1"), "\(doctor.output)")
        }
    }
}
