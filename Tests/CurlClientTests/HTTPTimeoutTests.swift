import CurlClient
import Evidence
import ScriptedServer
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTPTimeoutTests {
    @Test("A server that never answers")
    func firstByte() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.waitForPeerToClose()
            connection.close()
        } body: { server in
            let error = try await timeout(HTTPTimeouts(firstByte: 50), at: server.baseURL)
            #expect(error.code == .timedOut(.firstByte))
            #expect(error.wasSent)
            await server.wait { $0.open == 0 }
        }
    }

    @Test("A server that falls silent within its answer")
    func idle() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.writeHead(status: 200, headers: ["Transfer-Encoding": "chunked"])
            connection.writeChunk("data")
            connection.waitForPeerToClose()
            connection.close()
        } body: { server in
            let error = try await timeout(HTTPTimeouts(idle: 50), at: server.baseURL)
            #expect(error.code == .timedOut(.idle))
            #expect(error.wasSent)
            await server.wait { $0.open == 0 }
        }
    }

    @Test("A server that sends a byte now and then, for ever")
    func total() async throws {
        let isOver = Latch()
        try await ScriptedServer.withServer { _, connection in
            connection.writeHead(status: 200)
            while connection.write("x") {}
            isOver.fire()
        } body: { server in
            let request = HTTPRequest.get(
                server.baseURL,
                timeouts: HTTPTimeouts(firstByte: 60_000, idle: 60_000, total: 100),
                limit: .max
            )
            let client = try HTTPClient.direct()
            let error = try await failure {
                _ = try await client.stream(request) { _ in
                } onBody: { _ in
                    true
                }
            }
            #expect(error.code == .timedOut(.total))
            #expect(error.wasSent)
            await isOver.wait()
        }
    }

    @Test("A server that accepts and never shakes hands")
    func connect() async throws {
        try await ScriptedServer.withServer { _, _ in
        } body: { server in
            let error = try await timeout(HTTPTimeouts(connect: 50), at: "https://127.0.0.1:\(server.port)")
            #expect(error.code == .timedOut(.connect))
            #expect(!error.wasSent)
            await server.wait { $0.open == 0 }
        }
    }

    @Test("Waiting for a free connection counts as part of the whole")
    func queue() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.waitForPeerToClose()
        } body: { server in
            let client = try HTTPClient(HTTPClient.Configuration(proxy: .none, maximumConnectionsPerHost: 1))
            let first = Task { try await client.send(.get(server.baseURL)) }
            await server.wait { $0.requests == 1 }
            let error = try await failure {
                _ = try await client.send(.get(server.baseURL, timeouts: HTTPTimeouts(connect: 50, total: 200)))
            }
            #expect(error.code == .timedOut(.total))
            #expect(!error.wasSent)
            first.cancel()
            _ = await first.result
        }
    }

    private func timeout(_ timeouts: HTTPTimeouts, at url: String) async throws -> HTTPError {
        let client = try HTTPClient.direct()
        let error = try await failure { _ = try await client.send(.post(url, "{}", timeouts: timeouts)) }
        #expect(error.code.timeout != nil)
        try Evidence.record(.bounded, "servers that hang: at the handshake, the first byte, between bytes", cases: 1)
        return error
    }
}
