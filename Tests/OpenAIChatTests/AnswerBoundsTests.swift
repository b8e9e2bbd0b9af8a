import ChatModel
import CurlClient
import ScriptedServer
import Testing

@testable import OpenAIChat

/// Answers that are far larger than what was asked for.
struct AnswerBoundsTests {
    /// Feeds pieces until no more is wanted.
    private func bytesTaken(_ piece: String, before: String = "", maximumOutput: Int) -> (Int, Transcript.Outcome) {
        var reader = Transcript.Reader(maximumOutput: maximumOutput)
        reader.take(Array(before.utf8)[...])
        let bytes = Array(piece.utf8)[...]
        var taken = 0
        while taken < 80 << 20, reader.take(bytes) { taken += bytes.count }
        return (taken, reader.outcome())
    }

    @Test(
        "No form of an endless answer is taken beyond its bound",
        arguments: ["content", "reasoning_content", "refusal"]
    )
    func bounds(member: String) throws {
        let text = String(repeating: "x", count: 10_000)
        let event = "data: \(Transcript.delta("{\"\(member)\":\"\(text)\"}"))\n\n"
        let (taken, outcome) = bytesTaken(event, maximumOutput: 500)
        #expect(taken < 300_000)
        guard case .tooLarge(let message) = try #require(outcome.fault) else { throw try #require(outcome.fault) }
        #expect(message.contains("max_output (500 tokens)"))
    }

    @Test func boundsToolCallsTogether() throws {
        let arguments = String(repeating: "x", count: 60_000)
        let calls = (0..<8).map {
            "{\"index\":\($0),\"id\":\"i\($0)\",\"function\":{\"name\":\"f\",\"arguments\":\"\(arguments)\"}}"
        }
        let stream = Transcript.events(
            calls.map { Transcript.delta("{\"tool_calls\":[\($0)]}") } + [Transcript.delta("{}", finish: "tool_calls")]
        )
        guard case .tooLarge? = Transcript.read([Array(stream.utf8)[...]], maximumOutput: 500).fault else {
            throw try #require(Transcript.read([Array(stream.utf8)[...]], maximumOutput: 500).fault)
        }
    }

    @Test func boundsAnAnswerInOnePiece() throws {
        let (taken, outcome) = bytesTaken(
            String(repeating: "x", count: 100_000),
            before: "{\"choices\":[{\"message\":{\"content\":\"",
            maximumOutput: 500
        )
        #expect(taken < 3 << 20)
        guard case .tooLarge? = outcome.fault else { throw try #require(outcome.fault) }
    }

    @Test("Nothing that a model can say within its limit is cut", arguments: [1, 500, 2_000, 10_000, 60_000])
    func isGenerous(maximumOutput: Int) {
        let bounds = AnswerBounds(maximumOutput: maximumOutput)
        // Every token the longest there is, each byte of it escaped, each in an event of its own.
        let said = min(maximumOutput * 128, 7 << 20)
        #expect(bounds.said >= said && bounds.body >= 6 * min(said, 5 << 20) && bounds.stream >= maximumOutput * 1_000)
        let event =
            "data: \(Transcript.delta("{\"content\":\"" + String(repeating: "\\u0020", count: 128) + "\"}"))\n\n"
        var reader = Transcript.Reader(maximumOutput: maximumOutput)
        for _ in 0..<min(maximumOutput, 2_000) { reader.take(Array(event.utf8)[...]) }
        reader.take(Array("data: \(Transcript.delta("{}", finish: "stop"))\n\n".utf8)[...])
        #expect(reader.outcome().response?.text.utf8.count == 128 * min(maximumOutput, 2_000))
    }

    @Test("A server that sends without end is left on the wire", arguments: [true, false])
    func isLeft(stream: Bool) async throws {
        let text = String(repeating: "x", count: 200_000)
        let event = "data: \(Transcript.delta("{\"content\":\"\(text)\"}"))\n\n"
        let opening = "{\"choices\":[{\"message\":{\"content\":\""
        let script: ScriptedServer.Script = { _, connection in
            let headers = ["Content-Type": "application/json", "Transfer-Encoding": "chunked"]
            connection.writeHead(status: 200, headers: headers)
            if !stream { connection.writeChunk(opening) }
            for _ in 0..<300 { connection.writeChunk(stream ? event : text) }
            connection.writeChunk("")
        }
        let error = try await ScriptedServer.withServer(script) { server throws -> ChatError? in
            try await Self.failure(at: server.baseURL, stream: stream)
        }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("max_output (500 tokens)") == true)
        #expect(error?.wasSent == true)
    }

    private static func failure(at baseURL: String, stream: Bool) async throws -> ChatError? {
        let client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
        let model = OpenAIChatModel(endpoint: OpenAIEndpoint(baseURL: baseURL + "/v1"), client: client)
        let request = ChatRequest(model: "m", conversation: Conversation([.user("hi")]), maximumOutput: 500)
        var onText: (@Sendable (String) -> Void)?
        if stream { onText = { _ in } }
        var failure: ChatError?
        do throws(ChatError) { _ = try await model.respond(to: request, onText: onText) } catch { failure = error }
        await client.close()
        return failure
    }
}
