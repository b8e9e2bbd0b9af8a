// Only what a user of the library has: no `@testable`, no other module of the package.
import CrewKit
import Foundation
import ScriptedServer
import Testing

/// The tool of the README.
private struct Lookup: Tool {
    struct Input: Generable {
        var word: String
        var language: String?
    }

    let dictionary = ["geyser": "a hot spring that erupts"]
    let name = "lookup", summary = "Looks a word up in the dictionary."
    var effects: ToolEffects { .reads }

    func call(_ input: Input, context: ToolContext) async throws -> String {
        guard let entry = dictionary[input.word] else { throw ToolRejection("unknown word") }
        return entry
    }
}

/// The library as the README shows it, over a real socket and a store on disk.
struct LibraryTests {
    @Test func theCrewOfTheReadmeRuns() async throws {
        let crew = Crew("brief", goal: "Explain geysers", process: .sequential) {
            Agent("scout", role: "Researcher", goal: "Find verifiable facts") { Lookup() }
            Agent("writer", role: "Writer", goal: "Turn findings into prose")
            CrewTask("findings", "Ten facts, each with its source", agent: "scout")
            CrewTask("page", "A one-page explanation", agent: "writer", needs: ["findings"])
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }

        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 200, headers: ["Content-Type": "application/json"], body: answer(to: request))
        } body: { server in
            let store = SQLiteStore(directory: folder)
            let model = ModelSource.compatible(baseURL: server.baseURL + "/v1", model: "m")
            let engine = try CrewEngine(model: model, journal: store)
            try await engine.withRun(crew, limits: [.calls(40), .time(.seconds(60))]) { run in
                var kinds: [Fact.Kind] = []
                for await update in run {
                    if case .event(let event) = update { kinds.append(event.fact.kind) }
                }
                #expect(kinds.first == .runCreated)
                #expect(kinds.last == .runEnded)
                #expect(kinds.count { $0 == .toolCompleted } == 2)

                let result = try await run.result
                #expect(result.status == .finished)
                #expect(result.text == "Geysers erupt.")
                #expect(result.calls == 4)
                #expect(try await store.events(of: run.id).map(\.fact.kind) == kinds)
            }
            // The rejection reached the model, and so did the entry.
            let bodies = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
            try #require(bodies.count == 4)
            #expect(bodies[1].contains("unknown word"))
            #expect(bodies[2].contains("a hot spring that erupts"))
        }
    }
}

/// A wrong word, the right one, findings, and the page.
private func answer(to request: ScriptedRequest) -> String {
    let body = String(decoding: request.body, as: UTF8.self)
    if body.contains("Turn findings into prose") { return completion(#""content":"Geysers erupt.""#, "stop") }
    if body.contains("a hot spring that erupts") { return completion(#""content":"They erupt.""#, "stop") }
    return call(body.contains("unknown word") ? "geyser" : "gizer")
}

private func call(_ word: String) -> String {
    completion(
        #""content":null,"tool_calls":[{"id":"call_\#(word)","type":"function","#
            + #""function":{"name":"lookup","arguments":"{\"word\":\"\#(word)\"}"}}]"#,
        "tool_calls"
    )
}

private func completion(_ members: String, _ reason: String) -> String {
    #"{"id":"x","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant",\#(members)},"#
        + #""finish_reason":"\#(reason)"}],"usage":{"prompt_tokens":10,"completion_tokens":5}}"#
}
