import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Foundation
import ScriptedServer
import Testing

/// Endpoints that refuse a conversation from which their own fields are missing.
@Suite(.timeLimit(.minutes(2)))
struct OpaqueEndpointTests {
    /// An endpoint, by what it puts beside its answers.
    enum Kind: CaseIterable, Sendable {
        case gemini, deepSeek, openRouter, liteLLM

        /// Members beside the content and beside the call.
        var members: (message: String, call: String) {
            switch self {
            case .gemini: ("", #","extra_content":{"google":{"thought_signature":"c2ln"}}"#)
            case .deepSeek: (#","reasoning_content":"hm""#, "")
            case .openRouter:
                (#","reasoning_details":[{"type":"reasoning.text","text":"t","signature":"c2ln","index":0}]"#, "")
            case .liteLLM: (#","thinking_blocks":[{"type":"thinking","thinking":"t","signature":"c2ln"}]"#, "")
            }
        }

        func call(_ id: String) -> String {
            #"{"role":"assistant","content":null\#(members.message),"tool_calls":[{"id":"\#(id)","type":"function","function":{"name":"look","arguments":"{\"at\":\"sea\"}"}\#(members.call)}]}"#
        }

        /// Whether every message with calls holds what came with it.
        func isContent(_ messages: [JSONValue]) -> Bool {
            messages.filter { $0["tool_calls"] != nil }.allSatisfy { message in
                let text = message.jsonText
                return (members.message.isEmpty || text.contains(members.message))
                    && (members.call.isEmpty || text.contains(members.call))
            }
        }
    }

    private static func crew(_ log: ToolLog) -> Crew {
        var crew = Crew.single()
        crew.agents[0].tools = [.code(Noting(name: "look", isIdempotent: true, log: log))]
        crew.tasks[0].accept = [.assertion("length(text) > 5")]
        return crew
    }

    private static func answer(_ connection: ScriptedConnection, _ message: String, _ reason: String) {
        connection.respond(
            status: 200,
            headers: ["Content-Type": "application/json"],
            body: #"{"choices":[{"index":0,"message":\#(message),"finish_reason":"\#(reason)"}]}"#
        )
    }

    @Test("Two rounds of tools and a repair, each with what the endpoint wants back", arguments: Kind.allCases)
    func comesBack(kind: Kind) async throws {
        let clock = TestClock()
        let log = ToolLog()
        let journal = MemoryJournal()
        try await ScriptedServer.withServer { request, connection in
            let messages = (try? JSONValue(parsing: request.body))?["messages"]?.arrayValue ?? []
            guard kind.isContent(messages) else {
                return connection.respond(status: 400, body: #"{"error":{"message":"Corrupted or missing thoughts."}}"#)
            }
            switch messages.count {
            case 2: Self.answer(connection, kind.call("c1"), "tool_calls")
            case 4: Self.answer(connection, kind.call("c2"), "tool_calls")
            case 6: Self.answer(connection, #"{"role":"assistant","content":"no"\#(kind.members.message)}"#, "stop")
            default: Self.answer(connection, #"{"role":"assistant","content":"long enough"}"#, "stop")
            }
        } body: { server in
            let provider = try WiredProvider(server.baseURL, clock)
            let engine = try CrewEngine(models: provider, journal: journal, clock: clock.run)
            let result = try await engine.run(Self.crew(log))
            #expect(result.status == .finished && result.text == "long enough", "\(result.message ?? "")")
            #expect(log.all.count == 2)
            let bodies = server.requests.map(\.text)
            try #require(bodies.count == 4)
            // What was sent before is sent again in the same bytes, so that prompt caches work.
            for (earlier, later) in zip(bodies, bodies.dropFirst()) {
                let end = try #require(earlier.firstRange(of: "],\"tools\":"))
                #expect(later.hasPrefix(earlier[..<end.lowerBound]))
            }
            let repair = try #require(try JSONValue(parsing: bodies[3])["messages"]?.arrayValue)
            #expect((repair[6].jsonText.contains(kind.members.message)) || kind.members.message.isEmpty)
            await provider.close()
        }
    }

    @Test("A reasoning answer without tools goes back without its reasoning, which DeepSeek's reasoner refuses")
    func reasonerWithoutTools() async throws {
        let clock = TestClock()
        try await ScriptedServer.withServer { request, connection in
            let messages = (try? JSONValue(parsing: request.body))?["messages"]?.arrayValue ?? []
            guard !request.text.contains("reasoning_content") else {
                return connection.respond(status: 400, body: #"{"error":{"message":"no reasoning_content, please"}}"#)
            }
            let text = messages.count == 2 ? "no" : "long enough"
            Self.answer(connection, #"{"role":"assistant","content":"\#(text)","reasoning_content":"hm"}"#, "stop")
        } body: { server in
            let provider = try WiredProvider(server.baseURL, clock)
            var crew = Self.crew(ToolLog())
            crew.agents[0].tools = []
            let result = try await CrewEngine(models: provider, clock: clock.run).run(crew)
            #expect(result.status == .finished)
            #expect(server.requests.count == 2)
            await provider.close()
        }
    }

    /// An endpoint to which a conversation moves, by what it refuses.
    enum Other: CaseIterable, Sendable {
        case plain, mistral, gemini, deepSeek

        /// What it says to messages, when it does not take them.
        func objection(to messages: [JSONValue]) -> String? {
            let text = JSONValue.array(messages).jsonText
            if text.contains("c2ln") || text.contains("\"hm\"") { return "Extra inputs are not permitted" }
            let calls = messages.flatMap { $0["tool_calls"]?.arrayValue ?? [] }
            let ids = calls.compactMap { $0["id"]?.stringValue }
            guard ids == messages.compactMap({ $0["tool_call_id"]?.stringValue }) else { return "unknown tool call" }
            switch self {
            case .plain: return nil
            case .mistral:
                let isForm = ids.allSatisfy { $0.utf8.count == 9 && $0.allSatisfy { $0.isLetter || $0.isNumber } }
                return isForm
                    ? nil : "Tool call id was \(ids[0]) but must be a-z, A-Z, 0-9, with a length of 9."
            case .gemini:
                let isSigned = calls.allSatisfy { $0["extra_content"]?["google"]?["thought_signature"] != nil }
                return isSigned ? nil : "Function call is missing a thought_signature in functionCall parts."
            case .deepSeek:
                let isThere = messages.allSatisfy { $0["tool_calls"] == nil || $0["reasoning_content"] != nil }
                return isThere
                    ? nil : "The `reasoning_content` in the thinking mode must be passed back to the API."
            }
        }
    }

    @Test("A conversation with tool calls moves to another endpoint and goes on there", arguments: Other.allCases)
    func moves(other: Other) async throws {
        let clock = TestClock()
        let log = ToolLog()
        try await ScriptedServer.withServer { request, connection in
            let messages = (try? JSONValue(parsing: request.body))?["messages"]?.arrayValue ?? []
            guard messages.count == 2 else { return connection.respond(status: 429) }
            let call = Kind.gemini.call("call_1").replacingOccurrences(
                of: #""content":null"#,
                with: #""content":null,"reasoning_content":"hm""#
            )
            Self.answer(connection, call, "tool_calls")
        } body: { first in
            try await ScriptedServer.withServer { request, connection in
                let messages = (try? JSONValue(parsing: request.body))?["messages"]?.arrayValue ?? []
                if let objection = other.objection(to: messages) {
                    let body: JSONValue = ["error": ["message": .string(objection), "param": nil]]
                    return connection.respond(status: 400, body: body.jsonText)
                }
                Self.answer(connection, #"{"role":"assistant","content":"long enough"}"#, "stop")
            } body: { second in
                let provider = try WiredProvider(first.baseURL, clock)
                var crew = Crew.single(fallbacks: ["spare"], at: second.baseURL)
                crew.agents[0].tools = [.code(Noting(name: "look", isIdempotent: true, log: log))]
                let result = try await CrewEngine(models: provider, clock: clock.run).run(crew)
                #expect(result.status == .finished && result.text == "long enough", "\(result.message ?? "")")
                #expect(second.requests.count == (other == .plain ? 1 : 2))
                #expect(log.all.count == 1)
                await provider.close()
            }
        }
    }
}
