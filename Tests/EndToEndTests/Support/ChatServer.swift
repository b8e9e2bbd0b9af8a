import Foundation
import ScriptedServer
import Synchronization

/// A request for a chat completion, as the server read it.
struct ChatCall: Sendable {
    /// Its number, counted from 1 in the order of arrival.
    var number: Int
    /// The body's bytes.
    var body: [UInt8]
    /// The body as a document.
    var document: JSON
    /// The header fields.
    var request: ScriptedRequest

    var isStreamed: Bool { document["stream"] == .bool(true) }
    var messages: [JSON] { document["messages"]?.items ?? [] }
    /// The first message, which tells who is to speak.
    var system: String { messages.first?["content"]?.text ?? "" }
    /// The first message after it, with the board or the assignment.
    var task: String { messages.dropFirst().first?["content"]?.text ?? "" }
    /// The last message; of a tool's result what stands between the marks of data.
    var last: String { (messages.last?["content"]?.text ?? "").withoutDataMarks }
    /// How many results of tools there are.
    var toolResults: Int { messages.count { $0["role"]?.text == "tool" } }
    var isOfCoordinator: Bool { system.hasPrefix("You coordinate the crew") }
    /// The schema that the answer has to follow.
    var schema: JSON? { document["response_format"]?["json_schema"]?["schema"] }
}

/// What a model says.
struct ChatReply: Sendable {
    var text: String?
    var tools: [(name: String, arguments: String)] = []
    /// The tokens read and written; `nil` for a server that does not say.
    var usage: (input: Int, output: Int)? = (100, 10)
    var finishReason: String?

    static func text(_ text: String) -> ChatReply { ChatReply(text: text) }
    static func tools(_ tools: (name: String, arguments: String)...) -> ChatReply { ChatReply(tools: tools) }

    /// The reply with a usage.
    func using(_ input: Int, _ output: Int) -> ChatReply {
        var reply = self
        reply.usage = (input, output)
        return reply
    }
}

extension ChatReply {
    private var reason: String { finishReason ?? (tools.isEmpty ? "stop" : "tool_calls") }

    private var calls: [String] {
        tools.enumerated().map { index, tool in
            "{\"index\":\(index),\"id\":\"call_\(tool.name)_\(index)\",\"type\":\"function\",\"function\":{\"name\":"
                + "\(JSON.quoted(tool.name)),\"arguments\":\(JSON.quoted(tool.arguments))}}"
        }
    }

    private var usageText: String? {
        usage.map {
            "{\"prompt_tokens\":\($0.input),\"completion_tokens\":\($0.output),\"total_tokens\":\($0.input + $0.output)}"
        }
    }

    /// The body of an answer in one piece.
    var document: String {
        let message =
            "{\"role\":\"assistant\",\"content\":\(text.map(JSON.quoted) ?? "null")"
            + (tools.isEmpty ? "" : ",\"tool_calls\":[\(calls.joined(separator: ","))]") + "}"
        return "{\"id\":\"x\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,"
            + "\"message\":\(message),\"finish_reason\":\"\(reason)\"}]" + (usageText.map { ",\"usage\":\($0)" } ?? "")
            + "}"
    }

    private static func chunk(choices: String, _ rest: String = "") -> String {
        "{\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[\(choices)]\(rest)}"
    }

    private static func chunk(_ delta: String, _ reason: String?, _ rest: String = "") -> String {
        let reason = reason.map(JSON.quoted) ?? "null"
        return chunk(choices: "{\"index\":0,\"delta\":\(delta),\"finish_reason\":\(reason)}", rest)
    }

    /// The data of the events of a streamed answer, without the terminal `[DONE]`.
    ///
    /// - Parameter usageInLastChunk: Whether the usage stands beside the finish reason, not in an event of its own.
    func events(usageInLastChunk: Bool = false) -> [String] {
        var events = [Self.chunk("{\"role\":\"assistant\",\"content\":\"\"}", nil)]
        if let text {
            let middle = text.index(text.startIndex, offsetBy: text.count / 2)
            for part in [text[..<middle], text[middle...]] where !part.isEmpty {
                events.append(Self.chunk("{\"content\":\(JSON.quoted(String(part)))}", nil))
            }
        }
        events += calls.map { Self.chunk("{\"tool_calls\":[\($0)]}", nil) }
        let beside = usageInLastChunk ? usageText.map { ",\"usage\":\($0)" } ?? "" : ""
        events.append(Self.chunk("{}", reason, beside))
        if !usageInLastChunk, let usageText {
            events.append(Self.chunk(choices: "", ",\"usage\":\(usageText)"))
        }
        return events
    }
}

extension ScriptedConnection {
    /// Answers as most servers do, streamed or not as was asked.
    func answer(_ call: ChatCall, _ reply: ChatReply) {
        if call.isStreamed {
            respond(events: reply.events() + ["[DONE]"])
        } else {
            respond(status: 200, headers: ["Content-Type": "application/json"], body: reply.document)
        }
    }

    /// Answers with an error as OpenAI words them.
    func refuse(_ status: Int, _ message: String, param: String? = nil, code: String? = nil) {
        respond(
            status: status,
            headers: ["Content-Type": "application/json"],
            body: "{\"error\":{\"message\":\(JSON.quoted(message)),\"type\":\"invalid_request_error\",\"param\":"
                + "\(param.map(JSON.quoted) ?? "null"),\"code\":\(code.map(JSON.quoted) ?? "null")}}"
        )
    }
}

/// An OpenAI-compatible server that counts.
struct ChatServer: Sendable {
    typealias Script = @Sendable (ChatCall, ScriptedConnection) throws -> Void

    let server: ScriptedServer
    private let calls: Calls

    private final class Calls: Sendable {
        let all = Mutex<[ChatCall]>([])
    }

    /// The base URL for `OPENAI_BASE_URL`.
    var url: String { server.baseURL + "/v1" }

    /// What was asked so far, in the order of arrival.
    var requests: [ChatCall] { calls.all.withLock { $0 } }

    /// Runs `body` with a server whose script answers each request for a completion.
    static func with<Value>(
        answering script: @escaping Script,
        _ body: (ChatServer) async throws -> Value
    ) async throws -> Value {
        let calls = Calls()
        return try await ScriptedServer.withServer { request, connection in
            guard request.method == "POST", request.path == "/v1/chat/completions" else {
                if request.path == "/v1/models" {
                    connection.respond(status: 200, body: "{\"object\":\"list\",\"data\":[{\"id\":\"gpt-5-mini\"}]}")
                } else {
                    connection.refuse(404, "no such path")
                }
                return
            }
            let document = try JSON(request.text)
            let call = calls.all.withLock { all in
                let call = ChatCall(number: all.count + 1, body: request.body, document: document, request: request)
                all.append(call)
                return call
            }
            try script(call, connection)
        } body: { server in
            try await body(ChatServer(server: server, calls: calls))
        }
    }

    /// Runs `body` with a server that answers each request as most do.
    static func with<Value>(
        replying reply: @escaping @Sendable (ChatCall) -> ChatReply,
        _ body: (ChatServer) async throws -> Value
    ) async throws -> Value {
        try await with(answering: { $1.answer($0, reply($0)) }, body)
    }
}
