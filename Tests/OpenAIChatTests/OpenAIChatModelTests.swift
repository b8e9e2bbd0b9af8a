import ChatModel
import CurlClient
import Evidence
import ScriptedServer
import Synchronization
import Testing

@testable import OpenAIChat

struct OpenAIChatModelTests {
    private let request = ChatRequest(model: "m", conversation: Conversation([.user("hi")]), maximumOutput: 5)
    private let completion =
        "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hello\"},\"finish_reason\":\"stop\"}],"
        + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1}}"

    private struct Exchange: Sendable {
        var result: Result<ChatResponse, ChatError>
        var streamed: String
        var requests: [ScriptedRequest] = []
    }

    private func ask(stream: Bool, _ script: @escaping ScriptedServer.Script) async throws -> Exchange {
        try await ScriptedServer.withServer(script) { server throws -> Exchange in
            var exchange = try await self.ask(server.baseURL, stream: stream)
            exchange.requests = server.requests
            return exchange
        }
    }

    private func ask(_ baseURL: String, stream: Bool) async throws -> Exchange {
        let client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
        let endpoint = OpenAIEndpoint(baseURL: baseURL + "/v1", apiKey: Secret("sk-test-key"))
        let model = OpenAIChatModel(endpoint: endpoint, client: client, now: { 0 })
        let streamed = Collected()
        var onText: (@Sendable (String) -> Void)?
        if stream { onText = { streamed.add($0) } }
        var result: Result<ChatResponse, ChatError>
        do throws(ChatError) {
            result = .success(try await model.respond(to: request, onText: onText))
        } catch {
            result = .failure(error)
        }
        await client.close()
        return Exchange(result: result, streamed: streamed.text)
    }

    @Test func asksAndAnswersInOnePiece() async throws {
        let body = completion
        let exchange = try await ask(stream: false) { _, connection in
            connection.respond(
                status: 200,
                headers: ["Content-Type": "application/json", "X-RateLimit-Remaining-Requests": "7"],
                body: body
            )
        }
        let response = try exchange.result.get()
        #expect(response.text == "hello")
        #expect(response.usage == TokenUsage(input: 3, output: 1))
        #expect(response.rateLimits?.requests?.remaining == 7)
        let sent = try #require(exchange.requests.first)
        #expect(sent.method == "POST" && sent.path == "/v1/chat/completions")
        #expect(sent["authorization"] == "Bearer sk-test-key")
        #expect(sent.body == requestBody(for: request, stream: false))
    }

    @Test func streamsText() async throws {
        let exchange = try await ask(stream: true) { _, connection in
            connection.respond(events: [
                Transcript.delta("{\"content\":\"hel\"}"), Transcript.delta("{\"content\":\"lo\"}"),
                Transcript.delta("{}", finish: "stop"), "[DONE]",
            ])
        }
        #expect(try exchange.result.get().text == "hello")
        #expect(exchange.streamed == "hello")
        #expect(exchange.requests.first?.body == requestBody(for: request, stream: true))
    }

    @Test func showsNoKeyThatComesInPieces() async throws {
        let pieces = ["so sk-", "te", "st-key and sk-tes", "t", " stay apart: sk-test-k"]
        let exchange = try await ask(stream: true) { _, connection in
            connection.respond(
                events: pieces.map { "{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\($0)\"}}]}" }
                    + ["{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}", "[DONE]"]
            )
        }
        #expect(exchange.streamed == "so *** and sk-test stay apart: sk-test-k")
        #expect(try exchange.result.get().text == exchange.streamed)
    }

    @Test func failsWhenTheStreamBreaks() async throws {
        let exchange = try await ask(stream: true) { _, connection in
            connection.writeHead(
                status: 200,
                headers: ["Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"]
            )
            connection.writeChunk("data: " + Transcript.delta("{\"content\":\"hel\"}") + "\n\n")
            connection.close()
        }
        guard case .failure(let error) = exchange.result else {
            Issue.record("a broken stream was taken for an answer")
            return
        }
        #expect(error.code == .interrupted)
        #expect(error.wasSent)
    }

    @Test func failsWhenTheStreamEndsEarly() async throws {
        let exchange = try await ask(stream: true) { _, connection in
            connection.respond(events: [Transcript.delta("{\"content\":\"hel\"}")])
        }
        guard case .failure(let error) = exchange.result else {
            Issue.record("a cut stream was taken for an answer")
            return
        }
        #expect(error.code == .truncated)
    }

    /// How a server leaves off within its answer.
    enum End: String, CaseIterable, Sendable {
        case inOrder, withoutLastChunk, reset
    }

    @Test("A stream that ends within its answer is none, however it ends", arguments: End.allCases)
    func cutOnTheWire(end: End) async throws {
        let events = [
            Transcript.delta("{\"content\":\"hel\"}"), Transcript.delta("{\"content\":\"lo\"}", finish: "stop"),
        ]
        let bytes = Array((Transcript.events(events) + ": bye\n\n").utf8)
        let wholeLength = Transcript.events(events, done: false).utf8.count
        let cuts = Array(stride(from: 0, to: wholeLength, by: 5)) + [wholeLength - 1, wholeLength, bytes.count]
        try await ScriptedServer.withServer { request, connection in
            // The path begins with the cut.
            let cut = request.path.split(separator: "/").first.flatMap { Int($0) } ?? 0
            connection.writeHead(
                status: 200,
                headers: ["Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"]
            )
            if cut > 0 { connection.writeChunk(String(decoding: bytes[..<cut], as: UTF8.self)) }
            switch end {
            case .inOrder: connection.writeChunk("")
            case .withoutLastChunk: connection.close()
            case .reset: connection.reset()
            }
        } body: { server in
            for cut in cuts {
                let exchange = try await ask(server.baseURL + "/\(cut)", stream: true)
                switch exchange.result {
                case .success(let response):
                    // A reset may overtake what was sent before it, but makes no answer of a part.
                    #expect(cut >= wholeLength && response.text == "hello", "\(cut) of \(bytes.count) bytes")
                case .failure(let error):
                    #expect(cut < wholeLength || end == .reset, "\(cut) of \(bytes.count) bytes: \(error)")
                    let isEmpty = cut == 0 && end == .inOrder
                    let codes: Set<ChatError.Code> =
                        end == .inOrder ? [isEmpty ? .malformed : .truncated] : [.interrupted]
                    #expect(codes.contains(error.code) && error.wasSent, "\(cut) of \(bytes.count) bytes: \(error)")
                }
            }
        }
        try Evidence.record(
            .neverTruncated,
            "streams over a connection that ends within them, in order, early or by a reset",
            cases: cuts.count
        )
    }

    @Test(arguments: [true, false])
    func mapsErrors(stream: Bool) async throws {
        let exchange = try await ask(stream: stream) { _, connection in
            connection.respond(
                status: 429,
                headers: ["Retry-After": "2"],
                body: "{\"error\":{\"message\":\"slow down sk-test-key\"}}"
            )
        }
        guard case .failure(let error) = exchange.result else {
            Issue.record("an error was taken for an answer")
            return
        }
        #expect(error.code == .rateLimited)
        #expect(error.retryAfter == 2_000)
        #expect(error.message == "slow down ***")
    }

    @Test func takesAnAnswerThatIsNotStreamed() async throws {
        let body = completion
        let exchange = try await ask(stream: true) { _, connection in
            connection.respond(status: 200, headers: ["Content-Type": "application/json"], body: body)
        }
        #expect(try exchange.result.get().text == "hello")
    }

    @Test("A proxy that wants credentials is told apart from one that has a bad moment", arguments: [403, 407, 502])
    func proxyOnTheWay(status: Int) async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: status)
            connection.close()
        } body: { server in
            let client = try HTTPClient(HTTPClient.Configuration(proxy: .url(server.baseURL)))
            let model = OpenAIChatModel(endpoint: OpenAIEndpoint(baseURL: "https://x.invalid/v1"), client: client)
            let error = await #expect(throws: ChatError.self) { try await model.respond(to: request, onText: nil) }
            #expect(error?.code == (status == 502 ? .unreachable : .proxyRefused))
            #expect(error?.wasSent == false)
            await client.close()
        }
    }

    @Test func saysThatNothingWasSentWhenNobodyListens() async throws {
        let client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
        let model = OpenAIChatModel(endpoint: OpenAIEndpoint(baseURL: "http://127.0.0.1:1/v1"), client: client)
        let error = await #expect(throws: ChatError.self) { try await model.respond(to: request, onText: nil) }
        #expect(error?.code == .unreachable)
        #expect(error?.wasSent == false)
        await client.close()
    }
}

private final class Collected: Sendable {
    private let pieces = Mutex("")

    var text: String { pieces.withLock { $0 } }

    func add(_ text: String) { pieces.withLock { $0 += text } }
}
