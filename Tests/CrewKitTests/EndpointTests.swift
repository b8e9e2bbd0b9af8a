import CrewKit
import ScriptedServer
import Synchronization
import Testing

/// What goes along with a request, and where it comes from.
struct EndpointTests {
    private static let request = ChatRequest(
        model: "m",
        conversation: Conversation([.user("Hi.")]),
        maximumOutput: 50,
        timeout: 20_000
    )
    private static let answer =
        #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}],"#
        + #""usage":{"prompt_tokens":10,"completion_tokens":5,"total_tokens":15}}"#

    private static func sent(
        _ definition: ModelDefinition,
        _ environment: [String: String] = [:]
    ) async throws -> ScriptedRequest {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, headers: ["Content-Type": "application/json"], body: answer)
        } body: { server in
            var definition = definition
            definition.baseURL = server.baseURL + (definition.baseURL ?? "")
            let model = try OpenAIModels(environment: environment).model(for: definition)
            #expect(try await model.respond(to: request, onText: nil).text == "Hello.")
            return try #require(server.requests.first)
        }
    }

    @Test func azureIsReachedByTheAddressOfItsPages() async throws {
        let definition = ModelDefinition(
            model: "m",
            baseURL: "/openai/deployments/gpt/chat/completions?api-version=2024-10-21",
            headers: [RequestParameter("api-key", "env:AZURE_KEY")]
        )
        let request = try await Self.sent(definition, ["AZURE_KEY": "azure-secret\n", "OPENAI_API_KEY": "other"])
        #expect(request.path == "/openai/deployments/gpt/chat/completions?api-version=2024-10-21")
        #expect(request["api-key"] == "azure-secret")
        #expect(request["Authorization"] == nil)
    }

    @Test func headersQueryAndBillingGoAlong() async throws {
        let definition = ModelDefinition(
            model: "m",
            baseURL: "/v1",
            keyVariable: "KEY",
            headers: [RequestParameter("HTTP-Referer", "https://example.org"), RequestParameter("X-Title", "A crew")],
            query: [RequestParameter("api version", "1&2"), RequestParameter("code", "env:CODE")],
            organization: "org-1",
            project: "proj_2"
        )
        let request = try await Self.sent(definition, ["KEY": " sk-key \r\n", "CODE": "c/d"])
        #expect(request.path == "/v1/chat/completions?api%20version=1%262&code=c%2Fd")
        #expect(request["Authorization"] == "Bearer sk-key")
        #expect(request["HTTP-Referer"] == "https://example.org")
        #expect(request["X-Title"] == "A crew")
        #expect(request["OpenAI-Organization"] == "org-1")
        #expect(request["OpenAI-Project"] == "proj_2")
    }

    @Test(arguments: [
        ("sk-a\nsk-b", "a line break"), ("sk-schl\u{FC}ssel", "a character that is not ASCII"), ("sk a", "a space"),
    ])
    func keyThatCannotBeSentIsSaidAndNotShown(key: String, trouble: String) throws {
        let models = try OpenAIModels(environment: ["KEY": key])
        let definition = ModelDefinition(model: "m", baseURL: "https://example.org/v1", keyVariable: "KEY")
        do throws(CrewError) {
            _ = try models.model(for: definition)
            Issue.record("the key was taken")
        } catch {
            #expect(error.code == .credentials)
            #expect(error.message.hasPrefix("the key in KEY cannot be used: there is \(trouble)"), "\(error)")
            #expect(!error.message.contains("sk"))
        }
    }

    @Test func variableOfAHeaderMustBeSet() throws {
        let models = try OpenAIModels(environment: ["EMPTY": " \n"])
        for variable in ["EMPTY", "UNSET"] {
            let definition = ModelDefinition(
                name: "azure",
                model: "m",
                baseURL: "https://example.org/v1",
                headers: [RequestParameter("api-key", .variable(variable))]
            )
            do throws(CrewError) {
                _ = try models.model(for: definition)
                Issue.record("nothing was missed")
            } catch {
                #expect(error.message == "the model \"azure\" (m) needs the header api-key: set \(variable)")
            }
        }
    }

    @Test func whatComesFromTheEnvironmentIsHiddenWhereverItComesBack() throws {
        let models = try OpenAIModels(environment: ["A": "Basic c2VjcmV0\n", "B": "query-secret", "C": "key-secret"])
        let filter = models.secrets(of: [
            ModelDefinition(
                model: "m",
                keyVariable: "C",
                headers: [RequestParameter("Authorization", "env:A"), RequestParameter("X-Title", "visible")],
                query: [RequestParameter("code", "env:B")]
            )
        ])
        #expect(filter("c2VjcmV0 query-secret key-secret visible") == "*** *** *** visible")
    }

    /// OPENAI_API_KEY is implied for the environment's endpoint, unless there is another way in.
    @Test func impliedKeyIsNotMissedWhereAHeaderCarriesOne() throws {
        let environment = ["OPENAI_BASE_URL": "https://example.org/v1", "GATEWAY": "g"]
        let models = try OpenAIModels(environment: environment)
        let plain = try #require(try models.resolve([ModelDefinition(model: "m")]).first)
        #expect(throws: CrewError.self) { _ = try models.model(for: plain) }
        let gateway = ModelDefinition(model: "m", headers: [RequestParameter("X-Key", "env:GATEWAY")])
        _ = try models.model(for: try #require(try models.resolve([gateway]).first))
    }

    /// A reasoning model may be silent for long after its first bytes; how long is the crew file's to say.
    @Test func silenceWithinAStreamIsBoundedByTheIdleTimeout() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.writeHead(
                status: 200,
                headers: ["Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"]
            )
            connection.writeChunk(#"data: {"choices":[],"prompt_filter_results":[]}"# + "\n\n")
            connection.waitForPeerToClose()
        } body: { server in
            let definition = ModelDefinition(
                model: "m",
                baseURL: server.baseURL + "/v1",
                idleTimeout: .milliseconds(40)
            )
            let model = try OpenAIModels(environment: [:]).model(for: definition)
            do throws(ChatError) {
                _ = try await model.respond(to: Self.request, onText: { _ in })
                Issue.record("there was an answer")
            } catch {
                #expect(error.code == .timedOut)
                #expect(error.message.hasSuffix("the answer paused for more than 40 ms"), "\(error)")
            }
        }
        #expect(ModelDefinition(model: "m").idleTimeout == 300_000)
    }

    @Test func compressedAnswerThatNobodyAskedForIsRead() async throws {
        // gzip of the answer, with a fixed time in its head.
        let zipped = try #require(Gzip.of(Array(Self.answer.utf8)))
        try await ScriptedServer.withServer { _, connection in
            connection.respond(
                status: 200,
                headers: ["Content-Type": "application/json", "Content-Encoding": "gzip"],
                body: zipped
            )
        } body: { server in
            let definition = ModelDefinition(model: "m", baseURL: server.baseURL + "/v1")
            let model = try OpenAIModels(environment: [:]).model(for: definition)
            #expect(try await model.respond(to: Self.request, onText: nil).text == "Hello.")
            #expect(server.requests.first?["Accept-Encoding"] == "identity")
        }
    }

    @Test(arguments: [
        ("https://api.mistral.ai/v1", Dialect.ToolCallIdentifiers.nineCharacters),
        ("https://mistral.ai.example/v1", .any),
        ("https://api.openai.com/v1", .any), ("http://127.0.0.1:8080/v1", .any),
    ])
    func identifiersAreAsMistralWantsThemThereAlone(url: String, expected: Dialect.ToolCallIdentifiers) async throws {
        let provider = try OpenAIModels(environment: [:])
        let dialect = await provider.dialect(for: ModelDefinition(model: "m", baseURL: url))
        #expect(dialect.toolCallIdentifiers == expected)
    }

    @Test func aModelThatIsNotToBeStreamedIsAskedForWholeAnswersAndItsTextIsShownAllTheSame() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, headers: ["Content-Type": "application/json"], body: Self.answer)
        } body: { server in
            let definition = ModelDefinition(model: "m", baseURL: server.baseURL + "/v1")
            let model = try OpenAIModels(environment: [:]).model(for: definition)
            var request = Self.request
            request.dialect.stream = false
            let shown = Mutex("")
            let response = try await model.respond(to: request) { text in shown.withLock { $0 += text } }
            #expect(response.text == "Hello." && shown.withLock { $0 } == "Hello.")
            #expect(server.requests.first?.text.contains("\"stream\"") == false)
        }
    }
}

/// gzip without compression: RFC 1952 around one stored block of RFC 1951.
private enum Gzip {
    static func of(_ bytes: [UInt8]) -> [UInt8]? {
        guard let length = UInt16(exactly: bytes.count) else { return nil }
        func little(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.littleEndian, Array.init) }
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(length) + little(~length) + bytes
            + little(checksum(bytes)) + little(UInt32(bytes.count))
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
    }
}
