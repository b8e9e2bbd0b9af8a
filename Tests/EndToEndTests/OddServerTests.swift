import Foundation
import ScriptedServer
import Testing

/// Servers that call themselves compatible, each with a habit of its own: the run ends well, or fails in order.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct OddServerTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Crews.coordinated, to: "crew.yaml")
    }

    private static let answer = #"{"text":"fine","sound":true}"#

    /// Runs the crew and expects its answer.
    private func finish(
        _ arguments: String...,
        leaves requests: ClosedRange<Int> = 3...3,
        _ script: @escaping ChatServer.Script
    ) async throws {
        try await ChatServer.with(answering: script) { server in
            let outcome = try await work.start(["run", "crew.yaml"] + arguments, server: server.url).outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == Self.answer + "\n")
            #expect(requests.contains(server.requests.count), "\(server.requests.count) requests: \(outcome.errors)")
        }
    }

    // MARK: - Streams

    /// The ways in which a stream is written.
    enum Stream: CaseIterable, Sendable {
        case byteByByte, carriageReturns, carriageReturnsAndLineFeeds, comments, byteOrderMark, splitData
        case withoutDone, usageInTheLastChunk, withoutUsage, closedWithoutLength
    }

    @Test("A stream", arguments: Stream.allCases)
    func stream(kind: Stream) async throws {
        try await finish { call, connection in
            var reply = Crews.coordinatedReply(call)
            if kind == .withoutUsage { reply.usage = nil }
            var events = reply.events(usageInLastChunk: kind == .usageInTheLastChunk)
            if kind != .withoutDone { events.append("[DONE]") }
            let text = Self.text(of: events, kind)
            guard kind != .closedWithoutLength else {
                connection.writeHead(status: 200, headers: ["Content-Type": "text/event-stream"])
                connection.write(text)
                connection.close()
                return
            }
            connection.writeHead(
                status: 200,
                headers: ["Content-Type": "text/event-stream; charset=utf-8", "Transfer-Encoding": "chunked"]
            )
            if kind == .byteByByte {
                for byte in text.utf8 { connection.write(Array("1\r\n".utf8) + [byte] + Array("\r\n".utf8)) }
            } else {
                connection.writeChunk(text)
            }
            connection.writeChunk("")
        }
    }

    private static func text(of events: [String], _ kind: Stream) -> String {
        let end =
            switch kind {
            case .carriageReturns: "\r"
            case .carriageReturnsAndLineFeeds: "\r\n"
            default: "\n"
            }
        let lines = events.map { event -> String in
            // A break between two members of a document is white space wherever it is put together again.
            guard kind == .splitData, let comma = event.firstRange(of: ",\"object\"") else { return "data: \(event)" }
            return "data: \(event[..<comma.lowerBound])\(end)data:\(event[comma.lowerBound...])"
        }
        let comment = kind == .comments ? ": OPENROUTER PROCESSING\(end)\(end)" : ""
        let begin = kind == .byteOrderMark ? "\u{FEFF}" : ""
        return begin + lines.map { comment + $0 + end + end }.joined()
    }

    @Test func aDocumentInsteadOfAStream() async throws {
        try await finish { call, connection in
            connection.respond(
                status: 200,
                headers: ["Content-Type": "application/json"],
                body: Crews.coordinatedReply(call).document
            )
        }
    }

    // MARK: - Refusals

    /// What a server does not take.
    enum Refusal: CaseIterable, Sendable {
        case responseFormat, jsonSchema, maxTokens, streamOptions, maxLength, responseFormatAndTools

        /// The words of refusal, if the request holds what is refused.
        func words(_ call: ChatCall) -> (message: String, param: String?)? {
            let format = call.document["response_format"]?["type"]?.text
            switch self {
            case .responseFormat where format != nil:
                return ("Unrecognized request argument supplied: response_format", nil)
            case .jsonSchema where format == "json_schema":
                return (
                    "Invalid parameter: 'response_format' of type 'json_schema' is not supported.", "response_format"
                )
            case .maxTokens where call.document["max_tokens"] != nil:
                return (
                    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
                        + "instead.", "max_tokens"
                )
            case .streamOptions where call.document["stream_options"] != nil:
                return ("Extra inputs are not permitted: stream_options", nil)
            case .maxLength where String(decoding: call.body, as: UTF8.self).contains("\"maxLength\""):
                return (
                    "Invalid schema for response_format 'instruction': In context=('properties', 'reason'), 'maxLength' "
                        + "is not permitted.", "response_format"
                )
            case .responseFormatAndTools where format != nil || call.document["tools"] != nil:
                return ("response_format and tools are not supported by this model", nil)
            default: return nil
            }
        }
    }

    @Test("A server refuses, and is not asked again in that way", arguments: Refusal.allCases)
    func refusal(refusal: Refusal) async throws {
        try await ChatServer.with { call, connection in
            if let words = refusal.words(call) {
                connection.refuse(400, words.message, param: words.param)
            } else if let tool = call.document["tool_choice"]?["function"]?["name"]?.text {
                connection.answer(call, ChatReply(tools: [(tool, Crews.coordinatedReply(call).text ?? "")]))
            } else {
                connection.answer(call, Crews.coordinatedReply(call))
            }
        } _: { server in
            for isKnown in [false, true] {
                let before = server.requests.count
                let outcome = try await work.crew("run", "crew.yaml", server: server.url)
                #expect(outcome.status == 0, "\(outcome.errors)")
                #expect(outcome.output == Self.answer + "\n")
                let requests = server.requests.count - before
                #expect(isKnown ? requests == 3 : (4...6).contains(requests), "\(requests): \(outcome.errors)")
            }
        }
    }

    // MARK: - Passing troubles

    /// What goes wrong once.
    enum Trouble: CaseIterable, Sendable {
        case rateLimit, htmlError, overload, reset, truncatedStream, shortBody, emptyBody, noChoices, errorInStream
    }

    @Test("Trouble that passes", arguments: Trouble.allCases)
    func trouble(trouble: Trouble) async throws {
        try await finish(leaves: 4...4) { call, connection in
            guard call.number == 2 else { return connection.answer(call, Crews.coordinatedReply(call)) }
            Self.make(trouble, call, connection)
        }
        let events = try await work.crew("show", "last", "--events").lines()
        #expect(events.count { $0["type"]?.text == "call.failed" } == 1)
    }

    private static func make(_ trouble: Trouble, _ call: ChatCall, _ connection: ScriptedConnection) {
        let html = "<html><head><title>Bad gateway</title></head><body>nginx</body></html>"
        let good = Crews.coordinatedReply(call)
        let stream = ["Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"]
        let json = ["Content-Type": "application/json"]
        switch trouble {
        case .rateLimit:
            connection.respond(
                status: 429,
                headers: ["Retry-After": "1", "Content-Type": "application/json"],
                body: #"{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}"#
            )
        case .htmlError: connection.respond(status: 502, headers: ["Content-Type": "text/html"], body: html)
        case .overload: connection.respond(status: 529, body: "overloaded")
        case .reset: connection.reset()
        case .truncatedStream:
            // The whole text came, but neither a finish reason nor [DONE].
            connection.respond(events: good.events().dropLast(2))
        case .shortBody:
            connection.writeHead(status: 200, headers: json.merging(["Content-Length": "100000"]) { $1 })
            connection.write(good.document)
            connection.close()
        case .emptyBody: connection.respond(status: 200, headers: json, body: "")
        case .noChoices: connection.respond(status: 200, headers: json, body: #"{"id":"x","choices":[]}"#)
        case .errorInStream:
            connection.writeHead(status: 200, headers: stream)
            connection.writeChunk("data: \(good.events()[0])\n\n")
            connection.writeChunk("data: {\"error\":{\"message\":\"engine overloaded\",\"type\":\"server_error\"}}\n\n")
            connection.writeChunk("")
        }
    }

    // MARK: - Troubles that last

    @Test("An answer cut off is never a short answer", arguments: [Trouble.truncatedStream, .shortBody])
    func alwaysTruncated(trouble: Trouble) async throws {
        try await ChatServer.with(answering: { Self.make(trouble, $0, $1) }) { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url)
            #expect(outcome.status == 3, "\(outcome.errors)")
            #expect(try outcome.object()["status"]?.text == "failed")
            #expect(try outcome.object()["result"]?.text == "")
            #expect((2...3).contains(server.requests.count))
        }
    }

    @Test func aRedirectIsNotFollowed() async throws {
        try await ChatServer.with { _, connection in
            connection.respond(status: 302, headers: ["Location": "/v1/models"])
        } _: { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url, key: "sk-x")
            #expect(outcome.status == 3)
            #expect(try outcome.object()["error"]?["code"]?.text == "redirected")
            #expect(server.server.requests.count == 1)
        }
    }

    @Test func aLongWaitThatIsAskedForIsNotWaited() async throws {
        try await ChatServer.with { _, connection in
            connection.respond(status: 429, headers: ["Retry-After": "3600"], body: "later")
        } _: { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url)
            #expect(outcome.status == 3)
            #expect(server.requests.count == 1)
        }
    }

    // MARK: - Models that say what they like

    private static let wrongInstructions = [
        "", "   ", "I have finished the task.", "false", "null", "[]", "42", "\"finish\"",
        #"{"reason":"","instruction":{"kind":"finish","results":["r1"]}}"#,
        #"{"reason":"","instruction":{"kind":"finish","results":[]}}"#,
        #"{"reason":"","instruction":{"kind":"give_up","reason":"no"}}"#,
        #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"task":"verdict","agent":"Judge","objective":""}]}}"#,
        #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"task":"verdict","agent":"boss","objective":""}]}}"#,
        #"{"reason":"","instruction":{"kind":"delegate","assignments":[]}}"#,
        #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"task":"verdict","agent":"judge","objective":""}]}}"#
            + #" {"reason":"","instruction":{"kind":"finish","results":["r1"]}}"#,
        "Sure! ```json\n{\"reason\":\"\",\"instruction\":{\"kind\":\"finish\",\"results\":[\"r9\"]}}\n```",
        #"{"reason":"","instruction":"finish"}"#,
        #"{"finish":true}"#, "{\"reason\":\"", "<think>finish</think>",
    ]

    @Test("A coordinator that talks nonsense never ends in success", arguments: wrongInstructions)
    func nonsense(text: String) async throws {
        try await ChatServer.with {
            $0.isOfCoordinator ? .text(text) : .text(Self.answer)
        } _: { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url)
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(try outcome.object()["error"]?["code"]?.text == "coordinator_failed")
            #expect(try outcome.object()["missing"] == .array([.string("verdict")]))
            #expect(server.requests.count <= 6)
        }
    }

    @Test(
        "An answer that does not follow its schema is not accepted",
        arguments: [
            #"{"text":"fine","sound":"false"}"#, #"{"text":"fine","sound":1}"#, #"{"text":"fine"}"#, "fine",
            #"{"text":"fine","sound":true,"more":1}"#, #"{"text":"fine","sound":true}{"text":"fine","sound":true}"#,
            #"The verdict: {"text":"fine","sound":true} or {"text":"fine","sound":false}"#,
        ]
    )
    func wrongShape(text: String) async throws {
        try await ChatServer.with {
            $0.isOfCoordinator ? Crews.coordinatedReply($0) : .text(text)
        } _: { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url)
            #expect(outcome.status == 1, "\(outcome.errors)")
            let object = try outcome.object()
            #expect(object["status"]?.text == "failed")
            #expect(object["results"] == .array([]))
            #expect(object["missing"] == .array([.string("verdict")]))
        }
    }

    @Test func aFencedAnswerThatIsRightIsTaken() async throws {
        try await finish { call, connection in
            connection.answer(call, .text("```json\n\(Crews.coordinatedReply(call).text ?? "")\n```"))
        }
    }

    @Test func anAnswerIsRepairedOnce() async throws {
        try await finish(leaves: 4...4) { call, connection in
            let isFirst = call.number == 2
            let reply: ChatReply = isFirst ? .text(#"{"text":"fine","sound":"true"}"#) : Crews.coordinatedReply(call)
            connection.answer(call, reply)
        }
    }
}
