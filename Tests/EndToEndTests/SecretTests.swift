import Evidence
import Foundation
import ScriptedServer
import Testing

/// The key of an endpoint reaches the endpoint and nothing else, whoever repeats it.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct SecretTests {
    static let key = "canary9b1d7e55aa03"
    /// What of it would already be too much.
    private static let trace = "canary9b"

    /// A way in which a server, a model or a tool repeats the key.
    struct Echo: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: ChatServer.Script

        init(_ name: String, _ answer: @escaping ChatServer.Script) { (testDescription, self.answer) = (name, answer) }

        init(_ name: String, reply: @escaping @Sendable (ChatCall) -> ChatReply) {
            self.init(name) { $1.answer($0, reply($0)) }
        }
    }

    static let echoes = [
        Echo("an error in JSON") { call, connection in
            connection.refuse(400, "you sent Authorization: \(call.request["authorization"] ?? "?")")
        },
        Echo("an error in JSON escapes") { _, connection in
            let escaped = key.unicodeScalars.map { "\\u00" + String($0.value, radix: 16) }.joined()
            connection.respond(
                status: 401,
                body: "{\"error\":{\"message\":\"bad key \(escaped)\",\"code\":\"\(escaped)\"}}"
            )
        },
        Echo("an error in plain text, the key where an excerpt is cut") { _, connection in
            connection.respond(status: 403, body: String(repeating: "x", count: 392) + key)
        },
        Echo("an error page") { _, connection in
            connection.respond(
                status: 404,
                headers: ["Content-Type": "text/html"],
                body: "<html><body>Authorization: Bearer <b>\(key)</b></body></html>"
            )
        },
        Echo("a redirect") { _, connection in
            connection.respond(status: 302, headers: ["Location": "http://127.0.0.1:1/?key=\(key)", "X-Key": key])
        },
        Echo("text in place of an answer") { _, connection in
            connection.respond(status: 200, body: "Authorization: Bearer \(key)")
        },
        Echo("an answer without choices") { _, connection in
            connection.respond(status: 200, body: "{\"headers\":{\"authorization\":\"Bearer \(key)\"}}")
        },
        Echo("an error within the stream") { _, connection in
            connection.respond(events: ["{\"error\":{\"message\":\"bad key \(key)\",\"code\":401}}"])
        },
        Echo("the answer's text, cut in two") { _ in .text(key) },
        Echo("the answer's text among others") { _ in .text("The key is \(key)\u{301}, \(key)\(key).") },
        Echo("a tool's arguments") { call in
            call.toolResults == 0
                ? .tools(("notes_write", "{\"path\":\"out.txt\",\"content\":\"\(key)\"}")) : .text("done")
        },
        Echo("a tool's name") { call in call.toolResults == 0 ? .tools((key, "{}")) : .text("done") },
        Echo("a file that a tool reads") { call in
            call.toolResults == 0 ? .tools(("notes_read", #"{"path":"key.txt"}"#)) : .text("done")
        },
        Echo("a file's name") { call in call.toolResults == 0 ? .tools(("notes_list", "{}")) : .text("done") },
    ]

    @Test(arguments: echoes) func theKeyIsNowhere(echo: Echo) async throws {
        let work = try Workspace()
        try work.write(
            """
            crew: keeper
            goal: Keep the key.
            tools:
              notes: {builtin: files, folder: notes, write: true}
            agents:
              keeper: {role: a keeper, goal: Keep, tools: [notes]}
            tasks:
              keep: {description: Keep., agent: keeper}

            """,
            to: "crew.yaml"
        )
        try work.write("key=\(Self.key)\n", to: "notes/key.txt")
        try work.write("", to: "notes/\(Self.key)")
        try await ChatServer.with(answering: echo.answer) { server in
            for output in ["text", "json", "events"] {
                let run = try await work.crew(
                    "run",
                    "crew.yaml",
                    "--output",
                    output,
                    server: server.url,
                    key: Self.key
                )
                #expect(!(run.output + run.errors).contains(Self.trace), "\(output): \(run.output)\(run.errors)")
                for shown in [["show", "last"], ["show", "last", "--events"], ["show", "last", "--output", "json"]] {
                    let account = try await work.start(shown).outcome()
                    #expect(account.status == 0)
                    #expect(!(account.output + account.errors).contains(Self.trace), "\(shown)")
                }
            }
            let sent = try #require(server.requests.first)
            #expect(sent.request["authorization"] == "Bearer \(Self.key)")
            for call in server.requests {
                #expect(!String(decoding: call.body, as: UTF8.self).contains(Self.trace), "the key is in no prompt")
            }
        }
        for file in work.files(below: ".crew") {
            let bytes = FileManager.default.contents(atPath: work.path + "/.crew/" + file) ?? Data()
            #expect(bytes.range(of: Data(Self.trace.utf8)) == nil, "\(file)")
        }
        if let written = work.read("notes/out.txt") { #expect(written == "***") }
        try Evidence.record(
            .confined,
            "ways in which a server, a model or a tool repeats a key, none of which is recorded or shown"
        )
    }

    @Test func aKeyIsNoInputAndNoPartOfAnAddress() async throws {
        let work = try Workspace()
        try work.write(
            "crew: c\ngoal: Say {{x}}\ninputs: {x: {}}\nagents: {a: {role: r, goal: g}}\ntasks: {t: {description: d}}\n",
            to: "crew.yaml"
        )
        try await ChatServer.with(replying: { _ in .text("done") }) { server in
            let input = try await work.crew(
                "run",
                "crew.yaml",
                "--input",
                "x=my \(Self.key)",
                "--output",
                "json",
                server: server.url,
                key: Self.key
            )
            #expect(input.status == 2, "\(input.errors)")
            #expect(!(input.output + input.errors).contains(Self.key))
            let address = server.url.replacing("//", with: "//user:\(Self.key)@")
            let named = try await work.crew("run", "crew.yaml", "--input", "x=1", "--output", "json", server: address)
            #expect(named.status == 2, "\(named.errors)")
            #expect(!(named.output + named.errors).contains(Self.key), "\(named.errors)")
            #expect(server.requests.isEmpty)
            try work.write(
                """
                crew: c
                goal: g
                models: {default: {model: m, base_url: "http://user:\(Self.key)@127.0.0.1:1/v1"}}
                agents: {a: {role: r, goal: g}}
                tasks: {t: {description: d}}

                """,
                to: "named.yaml"
            )
            let file = try await work.crew("check", "named.yaml")
            #expect(file.status == 2)
            #expect(file.errors.contains("named.yaml:3:") && !file.errors.contains(Self.key), "\(file.errors)")
        }
        #expect(work.files(below: ".crew").filter { $0.hasSuffix(".lock") }.isEmpty)
    }
}
