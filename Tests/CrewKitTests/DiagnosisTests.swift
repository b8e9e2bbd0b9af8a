import CrewKit
import Foundation
import ScriptedServer
import Testing

/// What is found out about endpoints, against servers that answer as real ones do.
struct DiagnosisTests {
    private static func answer(
        _ status: Int,
        _ body: String,
        type: String = "application/json",
        key: String? = "sk-secret-key"
    ) async throws -> (Surroundings.EndpointAnswer, ScriptedRequest) {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: status, headers: ["Content-Type": type], body: body)
        } body: { server in
            let model = ModelDefinition(
                model: "m",
                baseURL: server.baseURL + "/v1/chat/completions?api-version=1",
                keyVariable: "KEY"
            )
            let answer = await Surroundings.ask(model, environment: key.map { ["KEY": $0] } ?? [:], timeout: 20_000)
            return (answer, try #require(server.requests.first))
        }
    }

    @Test func answersToTheListOfModels() async throws {
        let (list, request) = try await Self.answer(200, #"{"object":"list","data":[{"id":"a"},{"id":"b"}]}"#)
        #expect(list == .models(["a", "b"]))
        #expect(request.path == "/v1/models?api-version=1")
        #expect(request["Authorization"] == "Bearer sk-secret-key")
        // Together's bare list, and Ollama's when it has none.
        #expect(try await Self.answer(200, #"[{"id":"a"}]"#).0 == .models(["a"]))
        #expect(try await Self.answer(200, #"{"object":"list","data":null}"#).0 == .models([]))
        #expect(try await Self.answer(200, #"{"hello":"world"}"#).0 == .noList(status: 200))
        #expect(try await Self.answer(404, "").0 == .noList(status: 404))
        let page = "<!doctype html><title>Log in</title>"
        #expect(try await Self.answer(200, page, type: "text/html").0 == .webPage(status: 200))
        #expect(try await Self.answer(200, page, type: "application/json").0 == .webPage(status: 200))
        let refusal = #"{"error":{"message":"Incorrect API key provided: sk-secret-key."}}"#
        #expect(
            try await Self.answer(401, refusal).0
                == .refused(status: 401, reason: "Incorrect API key provided: ***.")
        )
        #expect(try await Self.answer(407, "").0 == .proxyWantsCredentials)
        #expect(try await Self.answer(503, #"{"error":"busy"}"#).0 == .failed(status: 503, reason: "busy"))
        // Without its key it is asked all the same, and gets none.
        let (open, without) = try await Self.answer(200, #"{"data":[]}"#, key: nil)
        #expect(open == .models([]) && without["Authorization"] == nil)
    }

    @Test func whoIsNotTrustedOrNotThereIsToldApart() async throws {
        let untrusted = try await PrivateAuthority.with { authority in
            await Surroundings.ask(ModelDefinition(model: "m", baseURL: authority.baseURL), environment: [:])
        }
        guard case .untrusted = untrusted else {
            Issue.record("\(untrusted)")
            return
        }
        try await ScriptedServer.withClosedPort { port in
            let model = ModelDefinition(model: "m", baseURL: "http://127.0.0.1:\(port)/v1")
            guard case .unreachable = await Surroundings.ask(model, environment: [:]) else {
                Issue.record("somebody answered")
                return
            }
        }
    }

    @Test func localServersAreNamedWithAModel() async throws {
        let ollama = #"{"object":"list","data":[{"id":"nomic-embed-text","owned_by":"library"},{"id":"qwen3:8b"}]}"#
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, headers: ["Content-Type": "application/json"], body: ollama)
        } body: { server in
            try await ScriptedServer.withServer { _, connection in
                // Something else that listens where llama.cpp would.
                connection.respond(status: 200, headers: ["Content-Type": "text/html"], body: "<h1>It works!</h1>")
            } body: { page in
                try await ScriptedServer.withClosedPort { closed in
                    let found = await LocalServer.running(
                        at: [
                            .init("Nobody", port: closed), .init("LM Studio", port: server.port),
                            .init("llama.cpp", port: page.port),
                        ],
                        timeout: 20_000
                    )
                    #expect(found.count == 1)
                    #expect(found.first?.program == "Ollama")
                    #expect(found.first?.baseURL == "http://127.0.0.1:\(server.port)/v1")
                    #expect(found.first?.model == "qwen3:8b")
                    #expect(server.requests.first?.path == "/v1/models")
                }
            }
        }
    }

    // MARK: - Trials

    /// Tries a model at a server that answers by what is asked of it.
    private static func trial(
        dialect: Dialect = .compatible,
        _ answer: @escaping @Sendable (_ body: JSONValue, ScriptedConnection) -> Void
    ) async throws -> EndpointTrial.Report {
        try await ScriptedServer.withServer { request, connection in
            answer(try JSONValue(parsing: request.body), connection)
        } body: { server in
            let model = ModelDefinition(
                model: "m",
                baseURL: server.baseURL + "/v1",
                price: Price(input: 1_000_000, output: 2_000_000)
            )
            let trial = try EndpointTrial(model, provider: try OpenAIModels(environment: [:]))
            let report = await trial.run(beginningWith: dialect)
            #expect(server.requests.count == report.calls)
            return report
        }
    }

    private static let usage = #""usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}"#

    private static func say(_ connection: ScriptedConnection, _ message: String, _ reason: String = "stop") {
        connection.respond(
            status: 200,
            headers: ["Content-Type": "application/json"],
            body:
                #"{"choices":[{"index":0,"message":{"role":"assistant",\#(message)},"finish_reason":"\#(reason)"}],\#(usage)}"#
        )
    }

    private static func stream(_ connection: ScriptedConnection, withUsage: Bool) {
        let end = #"{"choices":[],\#(usage)}"#
        connection.respond(
            events: [
                #"{"choices":[{"index":0,"delta":{"role":"assistant","content":"{\"letters\":"}}]}"#,
                #"{"choices":[{"index":0,"delta":{"content":"4}"},"finish_reason":"stop"}]}"#,
            ] + (withUsage ? [end] : []) + ["[DONE]"]
        )
    }

    private static let json = #""content":"{\"letters\":4}""#

    @Test func aServerThatCanDoEverything() async throws {
        let report = try await Self.trial { body, connection in
            if body["stream"] == true { return Self.stream(connection, withUsage: true) }
            guard body["tools"] == nil else {
                let call =
                    #""content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"answer","arguments":"{\"letters\":4}"}}]"#
                return Self.say(connection, call, "tool_calls")
            }
            Self.say(connection, Self.json)
        }
        #expect(report.forms.map(\.form) == Dialect.StructuredOutput.allCases)
        #expect(report.forms.allSatisfy { $0.outcome == .works })
        #expect(report.streaming == .works && report.streamsUsage)
        #expect(report.dialect == .compatible)
        #expect(report.calls == EndpointTrial.usualCalls)
        // 100 tokens read and 10 written, five times, at a dollar and two for a million.
        #expect(report.cost == Money(dollars: "0.0006"))
        #expect(report.obstacle == nil)
    }

    @Test func aServerThatRefusesFormsAndFields() async throws {
        let report = try await Self.trial { body, connection in
            func refuse(_ words: String) {
                let error = JSONValue.object(["error": ["message": .string(words), "type": "invalid_request_error"]])
                connection.respond(
                    status: 400,
                    headers: ["Content-Type": "application/json"],
                    body: error.jsonText
                )
            }
            if body["max_tokens"] != nil { return refuse("Unsupported parameter: 'max_tokens' is not supported") }
            if body["response_format"]?["type"] == "json_schema" {
                return refuse("response_format json_schema is not supported by this model")
            }
            if body["tools"] != nil { return refuse("m does not support tools") }
            if body["stream_options"] != nil { return refuse("unknown field stream_options") }
            if body["stream"] == true { return Self.stream(connection, withUsage: false) }
            Self.say(connection, body["response_format"] == nil ? #""content":"Four letters.""# : Self.json)
        }
        let outcomes = report.forms.map(\.outcome)
        try #require(outcomes.count == 4)
        guard case .failed = outcomes[0], case .failed = outcomes[1] else {
            Issue.record("\(outcomes)")
            return
        }
        #expect(outcomes[2] == .works)
        #expect(outcomes[3] == .ignored("an answer that is no JSON"))
        #expect(report.dialect?.structuredOutput == .jsonObject)
        #expect(report.dialect?.outputLimitField == .maxCompletionTokens)
        #expect(report.dialect?.streamUsage == false)
        #expect(report.streaming == .works && !report.streamsUsage)
    }

    @Test func nothingMoreIsTriedWhereTheKeyIsRefused() async throws {
        let report = try await Self.trial { _, connection in
            connection.respond(status: 401, body: #"{"error":{"message":"no such key"}}"#)
        }
        #expect(report.calls == 1)
        #expect(report.forms.isEmpty && report.dialect == nil)
        #expect(report.obstacle == "no such key (HTTP 401)")
        #expect(report.cost == .zero)
    }

    @Test func theTrialsWordsFitTheirSchema() throws {
        let model = ModelDefinition(model: "m", baseURL: "http://127.0.0.1:1/v1", price: .free)
        let trial = try EndpointTrial(model, provider: try OpenAIModels(environment: [:]))
        #expect(trial.mostItCosts == .zero)
    }
}
