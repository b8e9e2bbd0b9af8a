import CurlClient
import Evidence
import ScriptedServer
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTPFailureTests {
    /// A way for a server to hang up, after it has read the request.
    struct Break: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: @Sendable (ScriptedConnection) -> Void
    }

    static let breaks: [Break] = [
        Break(testDescription: "close without an answer") { $0.close() },
        Break(testDescription: "reset without an answer") { $0.reset() },
        Break(testDescription: "reset within the headers") { connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Le")
            connection.reset()
        },
        Break(testDescription: "reset within the body") { connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
            connection.reset()
        },
        Break(testDescription: "close before the length") { connection in
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
            connection.close()
        },
        Break(testDescription: "close between chunks") { connection in
            connection.writeHead(status: 200, headers: ["Transfer-Encoding": "chunked"])
            connection.writeChunk("12345")
            connection.close()
        },
        Break(testDescription: "close within a chunk") { connection in
            connection.writeHead(status: 200, headers: ["Transfer-Encoding": "chunked"])
            connection.write("A\r\n12345")
            connection.close()
        },
    ]

    @Test("A connection that breaks after the request was sent is told as such", arguments: breaks)
    func interrupted(_ break: Break) async throws {
        try await ScriptedServer.withServer { _, connection in
            `break`.script(connection)
        } body: { server in
            let client = try HTTPClient.direct()
            let error = try await failure { _ = try await client.send(.post(server.baseURL, "{}")) }
            #expect(error.code == .interrupted)
            #expect(error.wasSent)
            #expect(error.message.contains("127.0.0.1"))
            #expect(server.requests.count == 1)
        }
        try Evidence.record(.neverTruncated, "ways of a server to hang up within its answer", cases: 1)
    }

    @Test("A POST on a reused connection that breaks is not sent twice")
    func noSecondSending() async throws {
        try await ScriptedServer.withServer { request, connection in
            if request.path == "/break" { connection.close() } else { connection.respond(status: 200) }
        } body: { server in
            let client = try HTTPClient.direct()
            _ = try await client.send(.get(server.baseURL))
            let error = try await failure { _ = try await client.send(.post(server.baseURL + "/break", "{}")) }
            #expect(error.code == .interrupted)
            #expect(error.wasSent)
            #expect(server.requests.count == 2)
        }
    }

    @Test("A connection that the server closed while it was idle is replaced")
    func closedWhileIdle() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200)
            connection.close()
        } body: { server in
            let client = try HTTPClient.direct()
            for _ in 0..<5 {
                _ = try await client.send(.post(server.baseURL, "{}"))
                await server.wait { $0.open == 0 }
            }
            #expect(server.requests.count == 5)
        }
    }

    @Test("Nothing is sent where nobody listens")
    func refused() async throws {
        let client = try HTTPClient.direct()
        let error = try await ScriptedServer.withClosedPort { port in
            try await failure { _ = try await client.send(.post("http://127.0.0.1:\(port)", "{}")) }
        }
        #expect(error.code == .unreachable)
        #expect(!error.wasSent)
        #expect(error.message.contains("127.0.0.1"))
    }

    @Test("A name that does not exist is told with the name")
    func unresolved() async throws {
        let client = try HTTPClient.direct()
        let request = HTTPRequest(url: "http://user:secret@x.invalid:81/path", headers: [("Authorization", "secret")])
        let error = try await failure { _ = try await client.send(request) }
        #expect(error.code == .unresolved)
        #expect(!error.wasSent)
        #expect(error.message.contains("x.invalid"))
        #expect(!error.message.contains("secret"))
    }

    @Test("A proxy that is down, and one that refuses")
    func proxy() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 407)
            connection.close()
        } body: { server in
            let client = try HTTPClient(HTTPClient.Configuration(proxy: .url(server.baseURL)))
            let error = try await failure { _ = try await client.send(.post("https://x.invalid/", "{}")) }
            #expect(error.code == .proxy)
            #expect(error.proxyStatus == 407)
            #expect(!error.wasSent)
        }
        try await ScriptedServer.withClosedPort { port in
            let client = try HTTPClient(HTTPClient.Configuration(proxy: .url("http://127.0.0.1:\(port)")))
            let error = try await failure { _ = try await client.send(.post("https://x.invalid/", "{}")) }
            #expect(error.code == .proxy)
            #expect(!error.wasSent)
        }
    }

    @Test(
        "Headers without end are refused",
        arguments: [
            String(repeating: "X: y\r\n", count: 10_000), "X: " + String(repeating: "y", count: 1 << 20) + "\r\n",
            String(repeating: "X: " + String(repeating: "y", count: 1_000) + "\r\n", count: 100),
        ]
    )
    func headerFlood(headers: String) async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.write("HTTP/1.1 200 OK\r\n" + headers)
            connection.waitForPeerToClose()
        } body: { server in
            let client = try HTTPClient.direct()
            let error = try await failure { _ = try await client.send(.get(server.baseURL)) }
            #expect(error.code == .tooLarge)
            #expect(error.wasSent)
        }
        try Evidence.record(.bounded, "headers, bodies and events without end: refused at their limit", cases: 1)
    }

    @Test("A body is accepted up to the limit and refused above it", arguments: [0, 1])
    func bodyLimit(excess: Int) async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, body: [UInt8](repeating: 0, count: 100_000 + excess))
        } body: { server in
            let client = try HTTPClient.direct()
            let request = HTTPRequest.get(server.baseURL, limit: 100_000)
            if excess == 0 {
                #expect(try await client.send(request).body.count == 100_000)
            } else {
                #expect(try await failure { _ = try await client.send(request) }.code == .tooLarge)
                await server.wait { $0.open == 0 }
            }
        }
        try Evidence.record(.bounded, "headers, bodies and events without end: refused at their limit", cases: 1)
    }

    @Test("A consumer can stop an endless stream")
    func stopped() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.writeHead(status: 200, headers: ["Transfer-Encoding": "chunked"])
            connection.writeChunk("data")
            connection.waitForPeerToClose()
            connection.close()
        } body: { server in
            let client = try HTTPClient.direct()
            let error = try await failure {
                _ = try await client.stream(.get(server.baseURL)) { _ in
                } onBody: { _ in
                    false
                }
            }
            #expect(error.code == .stoppedByConsumer)
            await server.wait { $0.open == 0 }
        }
    }

    @Test(
        "A request that could smuggle or leave HTTP is refused",
        arguments: [
            HTTPRequest(url: "ftp://127.0.0.1/"), HTTPRequest(url: "file:///etc/passwd"), HTTPRequest(url: ""),
            HTTPRequest(url: "http://127.0.0.1/a b"), HTTPRequest(url: "http://127.0.0.1/\r\nX: y"),
            HTTPRequest(url: "http://127.0.0.1/\0"), HTTPRequest(url: "http://"),
            HTTPRequest(method: "GET /", url: "http://127.0.0.1/"), HTTPRequest(method: "", url: "http://127.0.0.1/"),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("A", "secret\r\nB: c")]),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("A", "secret\0")]),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("A: b", "secret")]),
            HTTPRequest(url: "http://127.0.0.1/", headers: [("", "secret")]),
        ]
    )
    func invalid(request: HTTPRequest) async throws {
        let client = try HTTPClient.direct()
        let error = try await failure { _ = try await client.send(request) }
        #expect(error.code == .invalidRequest)
        #expect(!error.wasSent)
        #expect(!error.message.contains("secret"))
    }

    @Test("What is no HTTP is told as such")
    func noHTTP() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.write("220 mail.example ESMTP\r\n\r\n")
            connection.close()
        } body: { server in
            let error = try await failure { _ = try await HTTPClient.direct().send(.get(server.baseURL)) }
            #expect(error.code == .protocolViolation)
        }
    }
}
