import CurlClient
import Foundation
import ScriptedServer
import Synchronization
import Testing

/// PyPI's llmock, as a process of its own: a model server that nobody here wrote, which fails as it is told to and
/// judges how its client behaved.
struct FaultServer {
    private let port: Int
    private let client: HTTPClient

    /// The base URL for `OPENAI_BASE_URL`.
    var url: String { "http://127.0.0.1:\(port)/v1" }

    /// Runs `body` with a server.
    ///
    /// - Parameters:
    ///   - work: Where it runs.
    ///   - settings: llmock's variables, as `NAME=VALUE`.
    static func with<Value>(
        _ work: Workspace,
        settings: [String] = [],
        _ body: (FaultServer) async throws -> Value
    ) async throws -> Value {
        let python = try #require(
            ProcessInfo.processInfo.environment["CREW_TEST_PYTHON"],
            "CREW_TEST_PYTHON has to name a python with llmock; `make test` sets it"
        )
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "fault_server.py"
        )
        let port = Mutex(0)
        let isSettled = Latch()
        return try await ScriptedServer.withServer { request, connection in
            port.withLock { $0 = request.path.split(separator: "?").last.flatMap { Int($0) } ?? 0 }
            connection.respond(status: 200)
            isSettled.fire()
        } body: { registry in
            let process = try work.start(program: [python, script.path, "\(registry.port)"] + settings)
            defer { process.send(SIGKILL) }
            let end = Task {
                let outcome = await process.outcome()
                isSettled.fire()
                return outcome
            }
            await isSettled.wait()
            let found = port.withLock { $0 }
            if found == 0 { throw CannotStart(program: "llmock", reason: await end.value.errors) }
            let client = try HTTPClient(HTTPClient.Configuration(proxy: .none))
            return try await body(FaultServer(port: found, client: client))
        }
    }

    /// Forgets what was, and says what goes wrong next: llmock's behaviours as JSON.
    func prepare(_ behaviours: String) async throws {
        _ = try await ask("POST", "reset")
        guard !behaviours.isEmpty else { return }
        let answer = try await ask("POST", "scenario", "{\"behaviors\":[\(behaviours)]}")
        #expect(answer["queued"] != nil, "\(answer)")
    }

    /// Uses up what a key may ask for now, by requests with room for so much output each; then forgets them.
    func exhaust(_ key: String, output: Int) async throws {
        let body =
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":\(output)}"
        var status = 200
        while status == 200 {
            let response = try await client.send(
                HTTPRequest(
                    method: "POST",
                    url: "\(url)/chat/completions",
                    headers: [("Content-Type", "application/json"), ("Authorization", "Bearer \(key)")],
                    body: Array(body.utf8),
                    timeouts: HTTPTimeouts(),
                    maximumResponseBytes: 1 << 20
                )
            )
            status = response.head.status
        }
        #expect(status == 429)
        _ = try await ask("DELETE", "requests")
    }

    /// llmock's opinion of the client: whether it passed, how many attempts it made, and the codes of what it found.
    func verdict() async throws -> (passed: Bool, attempts: Int, faults: Int, findings: [String]) {
        let verdict = try await ask("GET", "verdict")
        return (
            verdict["passed"] == .bool(true), verdict["attempts"]?.integer ?? 0,
            verdict["faults_injected"]?.integer ?? 0, verdict["findings"]?.items.compactMap { $0["code"]?.text } ?? []
        )
    }

    private func ask(_ method: String, _ name: String, _ body: String = "") async throws -> JSON {
        let response = try await client.send(
            HTTPRequest(
                method: method,
                url: "http://127.0.0.1:\(port)/_llmock/\(name)",
                headers: [("Content-Type", "application/json")],
                body: Array(body.utf8),
                timeouts: HTTPTimeouts(),
                maximumResponseBytes: 1 << 20
            )
        )
        return try JSON(String(decoding: response.body, as: UTF8.self))
    }
}
