import ChatModel
import Testing

@testable import OpenAIChat

struct RequestBodyTests {
    private let tools = ToolCatalog([
        ToolDeclaration(name: "look", summary: "Looks.", parameters: .object(properties: [("word", .string())]))
    ])

    private func body(stream: Bool = false, _ change: (inout ChatRequest) -> Void = { _ in }) -> String {
        var request = ChatRequest(model: "m", conversation: Conversation([.user("hi")]), maximumOutput: 100)
        change(&request)
        return String(decoding: requestBody(for: request, stream: stream), as: UTF8.self)
    }

    @Test func writesTheLeast() {
        #expect(body() == "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}],\"max_tokens\":100}")
    }

    @Test func writesEverything() throws {
        let text = body(stream: true) {
            $0.tools = tools
            $0.toolChoice = .tool("look")
            $0.dialect = .openAI
            $0.sampling = SamplingOptions(temperature: 0.25, topP: 1, seed: 7, reasoningEffort: "low")
            $0.responseFormat = .jsonSchema(
                name: "answer",
                schema: EncodedSchema(.object(properties: [("a", .string(maxLength: 5))]), keywords: .strictSubset)
            )
        }
        let expected = """
            {"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"look",\
            "description":"Looks.","parameters":{"type":"object","properties":{"word":{"type":"string"}},"required":["word"],\
            "additionalProperties":false}}}],"tool_choice":{"type":"function","function":{"name":"look"}},\
            "parallel_tool_calls":false,"response_format":{"type":"json_schema","json_schema":{"name":"answer","strict":true,\
            "schema":{"type":"object","properties":{"a":{"type":"string","description":"At most 5 characters."}},\
            "required":["a"],"additionalProperties":false}}},"max_completion_tokens":100,"temperature":0.25,"top_p":1,"seed":7,\
            "reasoning_effort":"low","stream":true,"stream_options":{"include_usage":true}}
            """
        #expect(text == expected)
        #expect(try JSONValue(parsing: text)["model"] == "m")
    }

    @Test func leavesOutWhatTheEndpointRefused() {
        let text = body(stream: true) {
            $0.sampling = SamplingOptions(temperature: 0.5, topP: 0.5, seed: 1)
            $0.tools = tools
            $0.toolChoice = .tool("look")
            for feature in [Dialect.Feature.streamUsage, .sampling, .seed, .parallelToolCalls, .outputLimitField] {
                _ = $0.dialect.withdraw(feature)
            }
        }
        for field in ["stream_options", "temperature", "top_p", "seed", "parallel_tool_calls", "\"max_tokens\""] {
            #expect(!text.contains(field))
        }
        #expect(text.contains("max_completion_tokens"))
    }

    @Test func mentionsToolsOnlyWhenThereAreAny() {
        #expect(!body { $0.toolChoice = .none }.contains("tool"))
        #expect(
            body {
                $0.tools = tools
                $0.toolChoice = .none
            }.contains("\"tool_choice\":\"none\"")
        )
    }

    @Test func staysBelowTheTokenBound() {
        var request = ChatRequest(model: "m", conversation: Conversation([.user("hi")]), maximumOutput: 100)
        request.tools = tools
        request.extraFields = ExtraFields(["documents": .string(String(repeating: "x", count: 2_000))])
        #expect(requestBody(for: request, stream: true).count <= request.inputTokenBound)
    }

    @Test func furtherFieldsStandAtTheEndAsTheyWereWritten() throws {
        let fields: JSONObject = ["top_k": 40, "chat_template_kwargs": ["enable_thinking": false], "a\"b": nil]
        let body = self.body { $0.extraFields = ExtraFields(fields) }
        #expect(
            body.hasSuffix(#","top_k":40,"chat_template_kwargs":{"enable_thinking":false},"a\"b":null}"#),
            "\(body)"
        )
        #expect(try JSONValue(parsing: body)["model"] == "m")
    }

    @Test(arguments: [
        "https://x/v1", "https://x/v1/", "https://x/v1/chat/completions", "https://x/v1/chat/completions/",
    ])
    func findsTheCompletions(base: String) {
        let url = OpenAIEndpoint(baseURL: base).url
        #expect(url.completions == "https://x/v1/chat/completions")
        #expect(url.models == "https://x/v1/models")
    }

    @Test func keepsTheQueryOfAnAddress() {
        let azure = "https://x/openai/deployments/d/chat/completions?api-version=1"
        #expect(EndpointURL(azure).completions == azure)
        #expect(EndpointURL(azure).models == "https://x/openai/models?api-version=1")
        let extended = EndpointURL("https://x/v1?a=1", parameters: [("b c", "ä&")])
        #expect(extended.completions == "https://x/v1/chat/completions?a=1&b%20c=%C3%A4%26")
        #expect(extended.base == "https://x/v1")
    }

    @Test func showsNoSecret() {
        let endpoint = OpenAIEndpoint(apiKey: Secret("sk-hidden"), headers: [.init("api-key", Secret("hidden-too"))])
        var dumped = ""
        dump(endpoint, to: &dumped)
        for text in ["\(endpoint)", String(reflecting: endpoint), dumped, "\(Secret("hidden"))"] {
            #expect(!text.contains("hidden"))
        }
    }
}
