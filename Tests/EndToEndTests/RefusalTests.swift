import Evidence
import Foundation
import ScriptedServer
import Testing

/// What is refused is recorded and shown, and what models and tools say steers no terminal.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct RefusalTests {
    private static let attempts: [(tool: String, arguments: String, word: String)] = [
        ("notes_read", #"{"path":"../secret.txt"}"#, "'..'"), ("notes_read", #"{"path":"/etc/hostname"}"#, "relative"),
        ("notes_read", #"{"path":"link.txt"}"#, "link"), ("notes_read", #"{"path":7}"#, "path"),
        ("notes_write", #"{"path":"x","content":"x"}"#, "no tool"), ("shell", #"{"command":"id"}"#, "no tool"),
        ("web", #"{"url":"http://127.0.0.1:OTHER/?q=secret"}"#, "may not reach"),
        ("web", #"{"url":"http://169.254.169.254/latest/meta-data/"}"#, "may not reach"),
        ("web", #"{"url":"https://granted.example@127.0.0.1:OTHER/"}"#, "user name"),
        ("web", #"{"url":"http://127.0.0.1:PORT/leave"}"#, "redirects"), ("web", "{", "JSON"),
    ]

    @Test func whatIsRefusedIsInTheJournalAndInTheAccount() async throws {
        let work = try Workspace()
        try work.write("the secret", to: "secret.txt")
        try work.write("one", to: "notes/one.txt")
        try FileManager.default.createSymbolicLink(
            atPath: work.path + "/notes/link.txt",
            withDestinationPath: work.path + "/secret.txt"
        )
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, headers: ["Content-Type": "text/plain"], body: "the secret")
        } body: { other in
            try await ScriptedServer.withServer { request, connection in
                if request.path == "/leave" {
                    let location = "http://127.0.0.1:\(other.port)/"
                    connection.respond(status: 302, headers: ["Location": location])
                } else {
                    connection.respond(status: 200, headers: ["Content-Type": "text/plain"], body: "granted text")
                }
            } body: { web in
                func put(_ text: String) -> String {
                    text.replacing("OTHER", with: "\(other.port)").replacing("PORT", with: "\(web.port)")
                }
                let crew = """
                    crew: prober
                    goal: Probe.
                    tools:
                      notes: {builtin: files, folder: notes}
                      web: {builtin: fetch, hosts: [granted.example, "127.0.0.1:PORT"]}
                    agents:
                      prober: {role: a prober, goal: Probe, tools: [notes, web], exempt: [rule-of-two]}
                    tasks:
                      probe: {description: Probe., agent: prober}

                    """
                try work.write(put(crew), to: "crew.yaml")
                try work.write(put(crew).replacing(", exempt: [rule-of-two]", with: ""), to: "bare.yaml")
                let ports = (other.port, web.port)
                try await ChatServer.with { call in
                    let done = call.toolResults
                    if done == Self.attempts.count {
                        return .tools(("web", #"{"url":"http://127.0.0.1:\#(ports.1)/"}"#))
                    }
                    guard done < Self.attempts.count else { return .text(call.last) }
                    let attempt = Self.attempts[done]
                    let arguments = attempt.arguments.replacing("OTHER", with: "\(ports.0)")
                        .replacing("PORT", with: "\(ports.1)")
                    return .tools((attempt.tool, arguments))
                } _: { server in
                    let bare = try await work.crew("check", "bare.yaml")
                    #expect(bare.status == 2)
                    #expect(bare.errors.contains("bare.yaml:7:41: error: `prober` can do all three"), "\(bare.errors)")
                    let outcome = try await work.crew("run", "crew.yaml", "--allow", server: server.url)
                    #expect(outcome.status == 0, "\(outcome.errors)")
                    #expect(outcome.output == "granted text\n")
                    let events = try await work.crew("show", "last", "--events").lines()
                        .filter { $0["type"]?.text == "tool.completed" }
                    try #require(events.count == Self.attempts.count + 1)
                    for (event, attempt) in zip(events, Self.attempts) {
                        #expect(event["outcome"]?.text == "rejected", "\(attempt)")
                        #expect(event["text"]?.text?.contains(attempt.word) == true, "\(attempt): \(event)")
                    }
                    let account = try await work.crew("show", "last")
                    let refusals = account.output.split(separator: "\n").filter { $0.contains(" rejected: ") }
                    #expect(refusals.count == Self.attempts.count, "\(account.output)")
                    for call in server.requests {
                        #expect(!String(decoding: call.body, as: UTF8.self).contains("the secret"))
                    }
                }
                #expect(other.connectionCount == 0)
                #expect(web.requests.map(\.path) == ["/leave", "/"])
            }
        }
        try Evidence.record(
            .confined,
            "calls of tools beyond what is granted, refused and recorded",
            cases: Self.attempts.count
        )
    }

    /// Texts that would steer a terminal: titles, colours, cursor, clipboard, 8-bit controls, direction marks, tags.
    private static let steering =
        "a\u{1B}]0;owned\u{07}b\u{1B}[2J\u{1B}[1;1Hc\u{1B}]52;c;ZXZpbA==\u{07}d\u{9B}31me\u{9D}0;x\u{9C}f\u{202E}g\u{2066}h"
        + "\u{E0041}i\u{08}\u{08}j\r\u{1B}[Ak\u{1B}P+q\u{1B}\\l\u{7F}"

    @Test func noWordOfAModelOrAToolSteersATerminal() async throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["CREW_TEST_PYTHON"],
            "CREW_TEST_PYTHON has to name a python; `make test` sets it"
        )
        let work = try Workspace()
        let terminal = "'\(python)' -c 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)' \"$CREW\""
        try work.write(
            """
            crew: painter
            goal: Paint.
            tools:
              notes: {builtin: files, folder: notes}
            agents:
              painter: {role: a painter, goal: Paint, tools: [notes]}
            tasks:
              paint: {description: Paint., agent: painter}

            """,
            to: "crew.yaml"
        )
        try work.write(Self.steering, to: "notes/one.txt")
        var cases = 0
        func check(_ script: String, _ server: ChatServer, status: Int32 = 0) async throws {
            let outcome = try await work.shell(script, server: server.url)
            let steers = (outcome.output + outcome.errors).unicodeScalars.filter { scalar in
                switch scalar.value {
                case 0x0A, 0x0D: false
                case 0x00...0x1F, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xE0000...0xE007F: true
                default: false
                }
            }
            #expect(steers.isEmpty, "\(script): \(steers.map { String($0.value, radix: 16) })")
            #expect(outcome.status == status, "\(outcome.output)")
            #expect(
                script.hasSuffix("runs") || outcome.output.contains("owned"),
                "what is to be shown harmless is shown"
            )
            cases += 1
        }
        try await ChatServer.with(answering: { call, connection in
            if call.task.contains("Paint.") == false || call.number % 4 == 3 {
                connection.refuse(400, Self.steering)
            } else {
                connection.answer(
                    call,
                    call.toolResults == 0
                        ? .tools(("notes_read", #"{"path":"one.txt"}"#), ("x\u{9B}31m\u{202E}", Self.steering))
                        : .text(Self.steering)
                )
            }
        }) { server in
            for output in ["text", "json", "events"] {
                // A run that goes well, then one that fails.
                for status in [Int32(0), 3] {
                    try await check("\(terminal) run crew.yaml --output \(output)", server, status: status)
                    for shown in ["show last", "show last --events", "show last --output json", "runs"] {
                        try await check("\(terminal) \(shown)", server)
                    }
                }
            }
        }
        try Evidence.record(.confined, "commands on a terminal, steered by no word of a model or a tool", cases: cases)
    }
}
