import Foundation
import ScriptedServer
import Testing

/// A crew file that grants what a person has to agree to: nothing is sent before they have.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct ConsentTests {
    private static let crew = """
        crew: reader
        goal: Read.
        models:
          default: {model: m}
          far: {model: m, base_url: "https://far.example/v1", key: env:DATABASE_URL}
        tools:
          out: {builtin: files, folder: ../outside}
        agents:
          reader: {role: a reader, goal: Read, tools: [out.read]}
        tasks:
          read: {description: Read., agent: reader}

        """

    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Self.crew, to: "crew/crew.yaml")
        try work.write("outside", to: "outside/one.txt")
    }

    private func run(_ arguments: String..., server: ChatServer) async throws -> ChildProcess.Outcome {
        let variables = ["DATABASE_URL": "a-value-of-some-length"]
        return try await work.start(arguments, server: server.url, adding: variables).outcome()
    }

    @Test func nothingIsSentWithoutConsent() async throws {
        try await ChatServer.with(replying: { _ in .text("done") }) { server in
            let refused = try await run("run", "crew/crew.yaml", server: server)
            #expect(refused.status == 2)
            #expect(refused.output.isEmpty)
            for line in [
                "crew/crew.yaml:5:60: sends the value of the variable DATABASE_URL to https://far.example",
                "crew/crew.yaml:7:33: reads the folder \(work.path)/outside", "--allow",
                "/.config/crew/settings.yaml",
            ] {
                #expect(refused.errors.contains(line), "\(line): \(refused.errors)")
            }
            #expect(server.requests.isEmpty)
            #expect(!work.files().contains { $0.hasSuffix(".crew") }, "nothing is recorded of what may not run")
            let asked = try await run("doctor", "crew/crew.yaml", server: server)
            #expect(asked.status == 2 && asked.errors.contains("--allow"), "no endpoint is asked either")
            let object = try await run("run", "crew/crew.yaml", "--output", "json", server: server).object()
            #expect(object["error"]?["code"]?.text == "consent_needed")

            let allowed = try await run("run", "crew/crew.yaml", "--allow", server: server)
            #expect(allowed.status == 0, "\(allowed.errors)")
            let again = try await run("run", "crew/crew.yaml", server: server)
            #expect(again.status == 2, "it was allowed that once")
        }
    }

    @Test func aLineInTheSettingsIsConsentToExactlyThis() async throws {
        try await ChatServer.with(replying: { _ in .text("done") }) { server in
            let check = try await run("check", "crew/crew.yaml", server: server)
            #expect(check.status == 0, "\(check.errors)")
            #expect(check.output.contains("grants (it needs your consent before it is run; fingerprint "))
            #expect(check.output.contains("crew/crew.yaml:7:33: reads the folder \(work.path)/outside"))
            let object = try await run("check", "crew/crew.yaml", "--output", "json", server: server).object()
            #expect(object["consent"]?.text == "needed")
            #expect(object["grants"]?.items.compactMap { $0["kind"]?.text } == ["variable", "folder"])
            let fingerprint = try #require(object["fingerprint"]?.text)
            #expect(check.output.contains(fingerprint))

            try work.write("allow: [\"\(fingerprint)\"]\n", to: ".config/crew/settings.yaml")
            #expect(try await run("run", "crew/crew.yaml", server: server).status == 0)
            let agreed = try await run("check", "crew/crew.yaml", server: server)
            #expect(agreed.output.contains("grants (you have agreed; "), "\(agreed.output)")

            // More than what was agreed to is another matter; less of the same text somewhere else is not.
            try work.write(Self.crew.replacing("folder: ../outside", with: "folder: .."), to: "crew/crew.yaml")
            #expect(try await run("run", "crew/crew.yaml", server: server).status == 2)
            try work.write("# moved\n" + Self.crew, to: "crew/crew.yaml")
            #expect(try await run("run", "crew/crew.yaml", server: server).status == 0)

            try work.write("alow: []\n", to: ".config/crew/settings.yaml")
            let broken = try await run("run", "crew/crew.yaml", server: server)
            #expect(broken.status == 2)
            #expect(broken.errors.contains("settings.yaml:1:1: error: unknown key \"alow\""), "\(broken.errors)")
        }
    }

    @Test func aResumedRunNeedsTheSameConsent() async throws {
        try await ChatServer.with(answering: { call, connection in
            if call.number == 1 { return connection.refuse(401, "no") }
            connection.answer(call, .text("done"))
        }) { server in
            let failed = try await run("run", "crew/crew.yaml", "--allow", server: server)
            #expect(failed.status == 3, "\(failed.errors)")
            let store = "crew/.crew"
            let refused = try await run("resume", "last", "--store", store, server: server)
            #expect(refused.status == 2)
            #expect(refused.errors.contains("models.far.key: sends the value of the variable DATABASE_URL"))
            #expect(server.requests.count == 1)
            let allowed = try await run("resume", "last", "--store", store, "--allow", server: server)
            #expect(allowed.status == 0, "\(allowed.errors)")
        }
    }

    @Test func aPriceBelowThePublishedOneDoesNotUndoABudget() async throws {
        let crew = """
            crew: cheap
            goal: Write.
            models: {default: {model: gpt-5-mini, max_output: 1000, price: {input: 0, output: 0}}}
            agents: {writer: {role: a writer, goal: Write}}
            tasks: {text: {description: Write., agent: writer}}

            """
        try work.write(crew, to: "cheap.yaml")
        try await ChatServer.with(replying: { _ in .text("done") }) { server in
            let limited = try await run("run", "cheap.yaml", "--budget", "0.000001", server: server)
            #expect(limited.status == 4, "\(limited.errors)")
            #expect(
                limited.errors.contains("cheap.yaml:3:57: warning: the price is below the published one of gpt-5-mini")
            )
            #expect(server.requests.isEmpty)
            let trusted = try await run("run", "cheap.yaml", "--budget", "0.000001", "--trust-prices", server: server)
            #expect(trusted.status == 0, "\(trusted.errors)")
            #expect(!trusted.errors.contains("warning"))
        }
    }
}

/// A run that is taken up after its file was narrowed.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct NarrowedResumeTests {
    private static let crew = """
        crew: keeper
        goal: Keep.
        tools:
          notes: {builtin: files, folder: notes, write: true}
        agents:
          keeper: {role: a keeper, goal: Keep, tools: [notes]}
        tasks:
          keep: {description: Keep., agent: keeper}

        """

    /// Fails the first call, then writes and says what came of it.
    private static func script(_ call: ChatCall, _ connection: ScriptedConnection) {
        if call.number == 1 { return connection.refuse(401, "no") }
        let write = ("notes_write", #"{"path":"new.txt","content":"new"}"#)
        connection.answer(call, call.toolResults == 0 ? .tools(write) : .text(call.last))
    }

    private func interrupted(_ body: (Workspace, ChatServer) async throws -> Void) async throws {
        let work = try Workspace()
        try work.write("one", to: "notes/one.txt")
        try work.write(Self.crew, to: "crew.yaml")
        try await ChatServer.with(answering: Self.script) { server in
            #expect(try await work.crew("run", "crew.yaml", server: server.url).status == 3)
            try await body(work, server)
        }
    }

    @Test func whatTheFileGrantsNoLongerIsNotDone() async throws {
        try await interrupted { work, server in
            try work.write(Self.crew.replacing(", write: true", with: ""), to: "crew.yaml")
            let resumed = try await work.crew("resume", "last", server: server.url)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(
                resumed.errors.contains("has changed since the run began: the tool `notes` is no longer `write: true`")
            )
            #expect(resumed.output.contains("notes_write") && resumed.output.contains("error"), "\(resumed.output)")
            #expect(work.read("notes/new.txt") == nil)
        }
    }

    @Test func whatStaysGrantedIsDoneAndNothingIsSaid() async throws {
        try await interrupted { work, server in
            try work.write("# moved\n" + Self.crew, to: "crew.yaml")
            let resumed = try await work.crew("resume", "last", server: server.url)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(!resumed.errors.contains("has changed"))
            #expect(work.read("notes/new.txt") == "new")
        }
    }

    @Test func aFileThatCannotBeReadGrantsNothingButOneThatIsAwaySaysNothing() async throws {
        try await interrupted { work, server in
            try work.write("crew: [\n", to: "crew.yaml")
            let refused = try await work.crew("resume", "last", server: server.url)
            #expect(refused.status == 2)
            #expect(refused.errors.contains("crew.yaml:2:1: error: ") && refused.errors.contains("mend it"))
            #expect(server.requests.count == 1)
            try FileManager.default.removeItem(atPath: work.path + "/crew.yaml")
            #expect(try await work.crew("resume", "last", server: server.url).status == 0)
        }
    }
}
