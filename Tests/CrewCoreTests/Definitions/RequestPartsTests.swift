import ChatModel
import CrewTools
import Foundation
import Testing

@testable import CrewCore

/// What a model's requests carry beyond the common protocol.
struct RequestPartsTests {
    private static let full = ModelDefinition(
        name: "n",
        model: "m",
        baseURL: "https://example.org/v1",
        keyVariable: "KEY",
        sampling: SamplingOptions(temperature: 1, topP: 1, seed: 1, reasoningEffort: "low"),
        price: Price(input: 1, cachedInput: 2, cacheWrite: 3, output: 4),
        cache: .on,
        requestsPerMinute: 1,
        tokensPerMinute: 2,
        fallback: "other",
        timeout: .milliseconds(3),
        firstByteTimeout: .milliseconds(4),
        idleTimeout: .milliseconds(5),
        maximumAttempts: 6,
        patience: .milliseconds(7),
        concurrentRequests: 8,
        headers: [RequestParameter("X-A", "env:A"), RequestParameter("X-B", .text("env:no variable"))],
        query: [RequestParameter("v", "1")],
        body: ["z": ["b": 1, "a": [true, nil]], "a": 0.5],
        certificateAuthorities: "/ca.pem",
        organization: "o",
        project: "p",
        structuredOutput: .toolCall,
        streams: false,
        systemRole: .developer
    )

    @Test func everyPropertyIsRecorded() throws {
        let bytes = try JSONEncoder().encode(Self.full)
        #expect(try JSONDecoder().decode(ModelDefinition.self, from: bytes) == Self.full)
        let recorded = try #require(try JSONValue(parsing: Array(bytes)).objectValue)
        for property in Mirror(reflecting: Self.full).children.compactMap(\.label) {
            #expect(recorded[property] != nil, "\(property) is in no journal")
        }
    }

    @Test func definitionOfAnEarlierVersionHasTheDefaults() throws {
        let recorded =
            #"{"name":"default","model":"m","sampling":{},"maximumOutput":2000,"cache":"off","timeout":600000,"#
            + #""firstByteTimeout":120000,"baseURL":"http://127.0.0.1:1/v1"}"#
        let model = try JSONDecoder().decode(ModelDefinition.self, from: Data(recorded.utf8))
        #expect(model == ModelDefinition(model: "m", baseURL: "http://127.0.0.1:1/v1"))
    }

    @Test func variablesAreNamedWithWhereTheyGo() {
        let uses = Self.full.variableUses.map { "\($0.variable) \($0.place) \($0.baseURL ?? "")" }
        #expect(uses == ["KEY key https://example.org/v1", "A headers.X-A https://example.org/v1"])
    }

    @Test func dearerServiceHasNoListPrice() {
        var model = ModelDefinition(model: "gpt-5-mini")
        #expect(model.effectivePrice != nil)
        model.body = ["service_tier": "flex"]
        #expect(model.effectivePrice != nil)
        model.body = ["service_tier": "priority"]
        #expect(model.effectivePrice == nil)
        model.price = .free
        #expect(model.effectivePrice == .free)
    }

    private static func complaints(_ change: (inout ModelDefinition) -> Void) -> [String] {
        var model = ModelDefinition(model: "m", baseURL: "https://example.org/v1")
        change(&model)
        return Crew(
            name: "c",
            goal: "g",
            models: [model],
            agents: [Agent("a", role: "r", goal: "g")],
            tasks: [CrewTask("t", summary: "d")]
        ).problems().map(\.description)
    }

    @Test func soundPartsPass() {
        #expect(
            Self.complaints {
                $0.baseURL = "https://x.openai.azure.com/openai/deployments/n/chat/completions?api-version=2024-10-21"
                $0.headers = [
                    RequestParameter("api-key", "env:AZURE_KEY"),
                    RequestParameter("HTTP-Referer", "https://example.org"),
                ]
                $0.query = [RequestParameter("api-version", "2024-10-21"), RequestParameter("code", "env:CODE")]
                $0.body = ["top_k": 40, "chat_template_kwargs": ["enable_thinking": false], "stop": ["\n\n"]]
                $0.patience = 0
            } == []
        )
    }

    @Test func eachFaultIsReportedAtItsPlace() {
        func check(_ expected: String, _ change: (inout ModelDefinition) -> Void) {
            let said = Self.complaints(change)
            #expect(said.count == 1 && said[0].hasPrefix("models.default." + expected), "\(expected): \(said)")
        }
        check("base_url: the endpoint holds a value of \"key\" (write query: {key: env:NAME}") {
            $0.baseURL = "https://example.org/v1?alt=json&key=AIzaSecret"
        }
        check("headers.Authorization: the value of \"Authorization\" stands in the crew (write env:NAME") {
            $0.headers = [RequestParameter("Authorization", "Bearer x")]
        }
        check("headers.x-api-key: ") { $0.headers = [RequestParameter("x-api-key", "abc")] }
        check("headers.Content-Length: the header \"Content-Length\" is not free") {
            $0.headers = [RequestParameter("Content-Length", "1")]
        }
        check("headers.X A: \"X A\" is no name of a header") { $0.headers = [RequestParameter("X A", "1")] }
        check("headers.X-A: the value of \"X-A\" cannot be sent") {
            $0.headers = [RequestParameter("X-A", .text("1\r\nHost: evil"))]
        }
        check("headers.x-a: \"x-a\" is given twice") {
            $0.headers = [RequestParameter("X-A", "1"), RequestParameter("x-a", "2")]
        }
        check("headers.X-A: the value of \"X-A\" is not given by the name") {
            $0.headers = [RequestParameter("X-A", "env:a b")]
        }
        check("headers.Authorization: the key is given twice") {
            $0.keyVariable = "KEY"
            $0.headers = [RequestParameter("Authorization", "env:A")]
        }
        check("query.token: ") { $0.query = [RequestParameter("token", "abc")] }
        check("body.messages: the field \"messages\" is not free: the engine writes it") { $0.body = ["messages": []] }
        check("body.max_tokens: the field \"max_tokens\" is not free: write `max_output`") {
            $0.body = ["max_tokens": 1]
        }
        check("body.n: the field \"n\" is not free: one answer is read") { $0.body = ["n": 4] }
        check("body: the fields take") { $0.body = ["x": .string(String(repeating: "x", count: 20_000))] }
        check("organization: ") { $0.organization = "a\nb" }
        check("ca: the file of certificates is empty") { $0.certificateAuthorities = " " }
        check("attempts: ") { $0.maximumAttempts = 0 }
        check("patience: ") { $0.patience = -1 }
        check("idle_timeout: ") { $0.idleTimeout = 0 }
        check("concurrent: ") { $0.concurrentRequests = 0 }
    }
}
