import CurlClient
import ScriptedServer
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTPCancellationTests {
    @Test("A request that is cancelled before it begins is never sent")
    func beforeStart() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200)
        } body: { server in
            let client = try HTTPClient.direct()
            let start = Latch()
            let task = Task {
                await start.wait()
                return try await client.send(.post(server.baseURL, "{}"))
            }
            task.cancel()
            start.fire()
            let error = try await failure { _ = try await task.value }
            #expect(error.code == .cancelled)
            #expect(!error.wasSent)
            await client.close()
            #expect(server.requests.isEmpty)
        }
    }

    enum Phase: CaseIterable { case beforeHead, afterHead, withinBody }

    @Test("A request that is cancelled lets go of its connection and of all it held", arguments: Phase.allCases)
    func whileRunning(phase: Phase) async throws {
        try await ScriptedServer.withServer { _, connection in
            if phase != .beforeHead { connection.writeHead(status: 200, headers: ["Transfer-Encoding": "chunked"]) }
            if phase == .withinBody { connection.writeChunk("data") }
            connection.waitForPeerToClose()
            connection.close()
        } body: { server in
            let client = try HTTPClient.direct()
            weak var held: Gathered?
            let hasHead = Latch()
            do {
                let gathered = Gathered()
                held = gathered
                let task = Task {
                    try await client.stream(.post(server.baseURL, "{}")) { head in
                        gathered.take(head)
                        hasHead.fire()
                    } onBody: { bytes in
                        gathered.take(bytes)
                        return true
                    }
                }
                await server.wait { $0.requests == 1 }
                if phase == .afterHead { await hasHead.wait() }
                if phase == .withinBody { await gathered.hasBegun.wait() }
                task.cancel()
                let error = try await failure { _ = try await task.value }
                #expect(error.code == .cancelled)
                #expect(error.wasSent)
            }
            await server.wait { $0.open == 0 }
            await client.close()
            #expect(held == nil)
        }
    }

    @Test("A TLS handshake that hangs can be cancelled")
    func withinHandshake() async throws {
        try await ScriptedServer.withServer { _, _ in
        } body: { server in
            let client = try HTTPClient.direct()
            let task = Task { try await client.send(.post("https://127.0.0.1:\(server.port)", "{}")) }
            await server.wait { $0.open == 1 }
            task.cancel()
            let error = try await failure { _ = try await task.value }
            #expect(error.code == .cancelled)
            #expect(!error.wasSent)
            await server.wait { $0.open == 0 }
        }
    }

    @Test("A thousand requests raced by their cancellation leave nothing behind")
    func races() async throws {
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 200, body: request.body)
        } body: { server in
            let client = try HTTPClient.direct()
            var outcomes: [Bool] = []
            for round in 0..<20 {
                await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<50 {
                        let task = Task { try await answers(client, server.baseURL, "\(round * 50 + number)") }
                        group.addTask {
                            // From none to some steps of delay, so that every phase is met.
                            for _ in 0..<number { await Task.yield() }
                            task.cancel()
                            do {
                                #expect(try await task.value)
                                return true
                            } catch {
                                #expect((error as? HTTPError)?.code == .cancelled)
                                return false
                            }
                        }
                    }
                    for await isAnswered in group { outcomes.append(isAnswered) }
                }
            }
            #expect(outcomes.count == 1_000)
            #expect(outcomes.contains(false))
            // The client is whole afterwards.
            #expect(try await client.send(.post(server.baseURL, "last")).body == Array("last".utf8))
            await client.close()
            await server.wait { $0.open == 0 }
            #expect(connections(to: server.port) == 0)
        }
    }

    @Test("A client that is closed ends what is under way")
    func close() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.waitForPeerToClose()
        } body: { server in
            let client = try HTTPClient.direct()
            let task = Task { try await client.send(.post(server.baseURL, "{}")) }
            await server.wait { $0.requests == 1 }
            await client.close()
            let error = try await failure { _ = try await task.value }
            #expect(error.code == .closed)
            #expect(error.wasSent)
            #expect(connections(to: server.port) == 0)
            await client.close()
        }
    }

    @Test("A client without owner closes its connections")
    func forgotten() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200)
        } body: { server in
            for _ in 0..<20 { _ = try await HTTPClient.direct().send(.get(server.baseURL)) }
            await server.wait { $0.connections == 20 && $0.open == 0 }
        }
    }

    private func answers(_ client: HTTPClient, _ url: String, _ text: String) async throws -> Bool {
        try await client.send(.post(url, text)).body == Array(text.utf8)
    }
}
