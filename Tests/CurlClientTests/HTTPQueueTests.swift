import CurlClient
import ScriptedServer
import Testing

/// Requests beyond the bound of what is under way at one host.
@Suite(.timeLimit(.minutes(2)))
struct HTTPQueueTests {
    private func client(bound: Int) throws -> HTTPClient {
        try HTTPClient(HTTPClient.Configuration(proxy: .none, maximumTransfersPerHost: bound))
    }

    @Test("All are answered, and no more at once than may be", arguments: [1, 3])
    func bound(_ bound: Int) async throws {
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 200, body: request.body)
        } body: { server in
            let client = try client(bound: bound)
            try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    group.addTask {
                        let answer = try await client.send(.post(server.baseURL, "\(number)"))
                        #expect(answer.body == Array("\(number)".utf8))
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.connectionCount <= bound)
        }
    }

    @Test("Those that wait begin in the order in which they came, cancelled ones never")
    func order() async throws {
        let mayAnswer = Latch()
        try await ScriptedServer.withServer { request, connection in
            if request.text == "first" { mayAnswer.waitBlocking() }
            connection.respond(status: 200, body: request.body)
        } body: { server in
            let client = try client(bound: 1)
            let first = Task { try await client.send(.post(server.baseURL, "first")) }
            await server.wait { $0.requests == 1 }
            let posts = (0..<100).map { number in
                // Each is posted before the next is made, for the first part of a task runs at once.
                Task.immediate { try await client.send(.post(server.baseURL, "\(number)")) }
            }
            for post in posts.enumerated() where post.offset % 3 == 0 { post.element.cancel() }
            for post in posts.enumerated() where post.offset % 3 == 0 {
                let error = try await failure { _ = try await post.element.value }
                #expect(error.code == .cancelled && !error.wasSent)
            }
            mayAnswer.fire()
            _ = try await first.value
            for post in posts.enumerated() where post.offset % 3 != 0 { _ = try await post.element.value }
            #expect(server.requests.map(\.text) == ["first"] + (0..<100).filter { $0 % 3 != 0 }.map { "\($0)" })
        }
    }

    @Test("Waiting counts as part of the whole, and another host's requests do not wait")
    func waiting() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.waitForPeerToClose()
        } body: { silent in
            try await ScriptedServer.withServer { _, connection in
                connection.respond(status: 200, body: "here")
            } body: { other in
                let client = try client(bound: 1)
                let first = Task { try await client.send(.get(silent.baseURL)) }
                await silent.wait { $0.requests == 1 }
                let late = Task {
                    try await failure {
                        _ = try await client.send(.get(silent.baseURL, timeouts: HTTPTimeouts(total: 100)))
                    }
                }
                // The same machine by another name is another host.
                let url = "http://localhost:\(other.port)"
                #expect(try await client.send(.get(url)).body == Array("here".utf8))
                let error = try await late.value
                #expect(error.code == .timedOut(.total) && !error.wasSent)
                first.cancel()
                _ = await first.result
            }
        }
    }

    @Test("Those that wait end with the client")
    func closing() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.waitForPeerToClose()
        } body: { server in
            let client = try client(bound: 1)
            let first = Task { try await client.send(.get(server.baseURL)) }
            await server.wait { $0.requests == 1 }
            let second = Task.immediate { try await client.send(.get(server.baseURL)) }
            await client.close()
            for task in [first, second] {
                #expect(try await failure { _ = try await task.value }.code == .closed)
            }
        }
    }
}
