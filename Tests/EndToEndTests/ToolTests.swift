import Foundation
import Testing

/// Models that call tools badly: they are told what is wrong, and get nowhere that the crew file does not grant.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct ToolTests {
    /// A call that cannot be granted, and a word of what the model is told.
    struct Attempt: Sendable {
        var tool: String
        var arguments: String
        var word: String
    }

    private static let attempts = [
        Attempt(tool: "notes_read", arguments: #"{"path":"../secret.txt"}"#, word: "error"),
        Attempt(tool: "notes_read", arguments: #"{"path":"/etc/passwd"}"#, word: "error"),
        Attempt(tool: "notes_read", arguments: #"{"path":"link.txt"}"#, word: "error"),
        Attempt(tool: "notes_read", arguments: #"{"path":"outside/secret.txt"}"#, word: "error"),
        Attempt(tool: "notes_read", arguments: #"{"file":"one.txt"}"#, word: "path"),
        Attempt(tool: "notes_read", arguments: #"{"path":42}"#, word: "path"),
        Attempt(tool: "notes_read", arguments: #"{"path":"one.txt""#, word: "JSON"),
        Attempt(tool: "notes_read", arguments: "", word: "error"),
        Attempt(tool: "notes_write", arguments: #"{"path":"one.txt","content":"gone"}"#, word: "notes_write"),
        Attempt(tool: "shell", arguments: #"{"command":"cat ../secret.txt"}"#, word: "shell"),
        Attempt(tool: "calculator", arguments: #"{"expression":"1/0"}"#, word: "error"),
        Attempt(tool: "calculator", arguments: #"{"expression":"system('id')"}"#, word: "error"),
    ]

    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write("the secret", to: "secret.txt")
        try work.write("one", to: "notes/one.txt")
        try FileManager.default.createSymbolicLink(
            atPath: work.path + "/notes/link.txt",
            withDestinationPath: work.path + "/secret.txt"
        )
        try FileManager.default.createSymbolicLink(atPath: work.path + "/notes/outside", withDestinationPath: work.path)
        try work.write(
            """
            crew: reader
            goal: Read notes.
            tools:
              notes: {builtin: files, folder: notes}
              calculator: {builtin: calculator}
            agents:
              reader: {role: a reader, goal: Read, tools: [notes.read, notes.list, calculator]}
            tasks:
              read: {description: Read., agent: reader}

            """,
            to: "crew.yaml"
        )
    }

    @Test func badCallsAreToldToTheModelAndGetNowhere() async throws {
        try await ChatServer.with { call in
            let done = call.toolResults
            guard done < Self.attempts.count else { return .text("done") }
            return .tools((Self.attempts[done].tool, Self.attempts[done].arguments))
        } _: { server in
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "done\n")
            try #require(server.requests.count == Self.attempts.count + 1)
            for (index, attempt) in Self.attempts.enumerated() {
                let told = server.requests[index + 1].last
                #expect(told.contains("error") && told.contains(attempt.word), "\(attempt): \(told)")
            }
            for request in server.requests {
                let body = String(decoding: request.body, as: UTF8.self)
                #expect(!body.contains("the secret"))
                #expect(!body.contains("root:"))
            }
            #expect(work.read("notes/one.txt") == "one")
        }
    }

    @Test func severalCallsOfOneAnswerAreAllAnswered() async throws {
        try await ChatServer.with { call in
            call.toolResults == 0
                ? .tools(
                    ("calculator", #"{"expression":"2*3"}"#),
                    ("notes_read", #"{"path":"one.txt"}"#),
                    ("calculator", #"{"expression":"10/4"}"#)
                )
                : .text(
                    call.messages.filter { $0["role"]?.text == "tool" }.compactMap {
                        $0["content"]?.text?.withoutDataMarks
                    }.joined(
                        separator: " "
                    )
                )
        } _: { server in
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "6 one 2.5\n", "in the order in which they were asked for")
            let results = try #require(server.requests.last).messages.filter { $0["role"]?.text == "tool" }
            #expect(
                results.compactMap { $0["tool_call_id"]?.text } == [
                    "call_calculator_0", "call_notes_read_1", "call_calculator_2",
                ]
            )
        }
    }
}
