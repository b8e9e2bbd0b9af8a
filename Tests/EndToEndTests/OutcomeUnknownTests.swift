import ChatModel
import CrewCore
import CrewSQLite
import CrewStore
import Foundation
import ScriptedServer
import Synchronization
import Testing

/// A run that was cut off within a call of a tool that may not be called twice: it waits for a person.
///
/// The tools that come with the program may all be called twice, so a real run's journal is rewritten: cut off within
/// the call, and with a tool of the other kind.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct OutcomeUnknownTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try FileManager.default.createDirectory(atPath: work.path + "/notes", withIntermediateDirectories: true)
        try work.write(
            """
            crew: writer
            goal: Write a note.
            tools:
              notes: {builtin: files, folder: notes, write: true}
            agents:
              scribe: {role: a scribe, goal: Write, tools: [notes.write]}
            tasks:
              note: {description: A note., agent: scribe}

            """,
            to: "crew.yaml"
        )
    }

    private static func reply(_ call: ChatCall) -> ChatReply {
        call.toolResults == 0
            ? .tools(("notes_write", #"{"path":"note.txt","content":"once"}"#))
            : .text(call.last.contains("outcome unknown") ? "perhaps" : "written")
    }

    /// Leaves a store whose only run was cut off within its tool call.
    private func cutOff(_ server: ChatServer) async throws {
        let outcome = try await work.crew("run", "crew.yaml", "--store", "whole", server: server.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let whole = SQLiteStore(directory: work.path + "/whole")
        let run = try #require(try await whole.runs().first?.run)
        var events = try await whole.events(of: run)
        await whole.close()
        let end = try #require(events.firstIndex { $0.fact.kind == .toolCompleted })
        events.removeSubrange(end...)
        guard case .runCreated(var created)? = events.first?.fact else {
            Issue.record("the journal does not begin with the run's creation")
            return
        }
        created.tools = created.tools.mapValues { tools in
            tools.map {
                ToolSpecification(
                    declaration: $0.declaration,
                    effects: $0.effects,
                    isIdempotent: false,
                    timeout: $0.timeout
                )
            }
        }
        events[0] = Event(sequence: 1, time: events[0].time, fact: .runCreated(created))
        let store = SQLiteStore(directory: work.path + "/.crew")
        store.keep(try PromptBook.builtIn())
        await store.release(try await store.create(run, events))
        await store.close()
        try #require(try await work.crew("trust", "--yes").status == 0)
        try FileManager.default.removeItem(atPath: work.path + "/notes/note.txt")
    }

    @Test("A person decides", arguments: [("retry", "written", "once"), ("skip", "perhaps", nil)])
    func decision(policy: String, answer: String, file: String?) async throws {
        try await ChatServer.with(replying: Self.reply) { server in
            try await cutOff(server)
            let before = server.requests.count
            for _ in 0..<2 {
                let waiting = try await work.crew("resume", "last", "--output", "json", server: server.url)
                #expect(waiting.status == 5, "\(waiting.errors)")
                let object = try waiting.object()
                #expect(object["status"]?.text == "waiting")
                #expect(object["error"]?["code"]?.text == "outcome_unknown")
                #expect(waiting.errors.contains("--unknown-tools"))
            }
            let runs = try await work.crew("runs", "--output", "json").object()
            #expect(runs[0]?["status"]?.text == "waiting")
            #expect(work.files(below: "notes").isEmpty)
            #expect(server.requests.count == before, "it does not guess")

            let decided = try await work.crew("resume", "last", "--unknown-tools", policy, server: server.url)
            #expect(decided.status == 0, "\(decided.errors)")
            #expect(decided.output == answer + "\n")
            #expect(work.read("notes/note.txt") == file)
            #expect(server.requests.count == before + 1)
        }
    }
}
