import CurlClient
import ScriptedServer
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTPClientTests {
    @Test("A request arrives as it was made, and so does the answer")
    func roundTrip() async throws {
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 201, headers: ["X-Kind": " a "], body: request.body)
        } body: { server in
            let client = try HTTPClient.direct()
            var request = HTTPRequest.post(server.baseURL + "/v1?q=1", "{\"a\":1}")
            request.headers += [("X-Empty", ""), ("X-Twice", "1"), ("X-Twice", "2")]
            let response = try await client.send(request)
            #expect(response.head.status == 201)
            #expect(response.head.headers["x-kind"] == "a")
            #expect(response.head.httpVersion == .http1_1)
            #expect(response.body == request.body)

            let seen = try #require(server.requests.first)
            #expect(seen.method == "POST")
            #expect(seen.path == "/v1?q=1")
            #expect(seen.text == "{\"a\":1}")
            #expect(seen["content-type"] == "application/json")
            #expect(seen["x-empty"] == "")
            #expect(seen.headers.filter { $0.name == "X-Twice" }.map(\.value) == ["1", "2"])
            #expect(seen["expect"] == nil)
            #expect(seen["accept-encoding"] == "identity")
        }
    }

    @Test("Every method carries what it should", arguments: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    func methods(method: String) async throws {
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 200, body: request.method == "HEAD" ? "" : request.method)
        } body: { server in
            let client = try HTTPClient.direct()
            let body = method == "GET" || method == "HEAD" ? [] : Array("body".utf8)
            // Twice over, for the second one meets a handle that has been used.
            for _ in 0..<2 {
                let other = try await client.send(HTTPRequest(method: "POST", url: server.baseURL, body: [1, 2, 3]))
                #expect(other.body == Array("POST".utf8))
                let response = try await client.send(HTTPRequest(method: method, url: server.baseURL, body: body))
                #expect(response.body == (method == "HEAD" ? [] : Array(method.utf8)))
            }
            #expect(server.requests.map(\.method) == ["POST", method, "POST", method])
            #expect(server.requests.map(\.body) == [[1, 2, 3], body, [1, 2, 3], body])
            #expect(server.connectionCount == 1)
        }
    }

    @Test("Calls in a row share one connection")
    func reuse() async throws {
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 200, body: request.body)
        } body: { server in
            let client = try HTTPClient.direct()
            for number in 0..<100 {
                #expect(try await client.send(.post(server.baseURL, "\(number)")).body == Array("\(number)".utf8))
            }
            #expect(server.connectionCount == 1)
        }
    }

    @Test("Each request carries its own header fields, whatever the one before it carried")
    func headersInTurn() async throws {
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 200, body: request["x-mark"] ?? "none")
        } body: { server in
            let client = try HTTPClient.direct()
            let shared = [(name: "X-Mark", value: "shared")]
            var own = shared
            for number in 0..<3 {
                // The same fields again, then others in an array that was the same one a moment ago.
                for _ in 0..<2 {
                    let response = try await client.send(HTTPRequest(url: server.baseURL, headers: shared))
                    #expect(response.body == Array("shared".utf8))
                }
                own[0].value = "own \(number)"
                let response = try await client.send(HTTPRequest(url: server.baseURL, headers: own))
                #expect(response.body == Array("own \(number)".utf8))
                let bare = try await client.send(HTTPRequest(url: server.baseURL))
                #expect(bare.body == Array("none".utf8))
            }
        }
    }

    @Test("A hundred calls really run at once")
    func parallel() async throws {
        let all = Latch()
        try await ScriptedServer.withServer { request, connection in
            // Nobody is answered before everybody has asked.
            all.waitBlocking()
            connection.respond(status: 200, body: request.body)
        } body: { server in
            let client = try HTTPClient.direct()
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        try await client.send(.post(server.baseURL, "\(number)")).body == Array("\(number)".utf8)
                    }
                }
                await server.wait { $0.requests == 100 }
                all.fire()
                for try await isRight in group { #expect(isRight) }
            }
            // A second burst finds the connections of the first.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<100 { group.addTask { _ = try await client.send(.get(server.baseURL)) } }
                try await group.waitForAll()
            }
            #expect(server.connectionCount == 100)
        }
    }

    @Test("A stream is handed on piece by piece, while it lasts")
    func streaming() async throws {
        let goOn = Latch()
        try await ScriptedServer.withServer { _, connection in
            connection.writeHead(status: 200, headers: ["Transfer-Encoding": "chunked"])
            connection.writeChunk("first ")
            goOn.waitBlocking()
            connection.writeChunk("second")
            connection.writeChunk("")
        } body: { server in
            let client = try HTTPClient.direct()
            let gathered = Gathered()
            async let end = client.stream(.get(server.baseURL), to: gathered)
            await gathered.hasBegun.wait()
            #expect(gathered.text == "first ")
            #expect(gathered.head?.status == 200)
            goOn.fire()
            #expect(try await end.status == 200)
            #expect(gathered.text == "first second")
        }
    }

    @Test("A large body goes out and comes back unchanged")
    func largeBody() async throws {
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 200, body: request.body)
        } body: { server in
            let client = try HTTPClient.direct()
            #expect(try await client.send(HTTPRequest(method: "POST", url: server.baseURL, body: body)).body == body)
        }
    }

    @Test("A redirect is an answer like any other")
    func redirect() async throws {
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: request.path == "/" ? 302 : 200, headers: ["Location": "/elsewhere"])
        } body: { server in
            let client = try HTTPClient.direct()
            let response = try await client.send(.get(server.baseURL + "/"))
            #expect(response.head.status == 302)
            #expect(response.head.headers["location"] == "/elsewhere")
            #expect(server.requests.count == 1)
        }
    }

    @Test("An HTTP/1.0 answer ends with its connection")
    func http1_0() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.write("HTTP/1.0 200 OK\r\n\r\nall there is")
            connection.close()
        } body: { server in
            let client = try HTTPClient.direct()
            let response = try await client.send(.get(server.baseURL))
            #expect(response.body == Array("all there is".utf8))
            #expect(response.head.httpVersion == .http1_0)
            _ = try await client.send(.get(server.baseURL))
            #expect(server.connectionCount == 2)
        }
    }

    @Test("What comes before the final head is left out")
    func interimHead() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.write("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
            connection.respond(status: 200, headers: ["A": "1"], body: "x")
        } body: { server in
            let head = try await HTTPClient.direct().send(.get(server.baseURL)).head
            #expect(head.status == 200)
            #expect(head.headers["Link"] == nil)
            #expect(head.headers.fields.map(\.name) == ["A", "Content-Length"])
        }
    }

    @Test("Work with the client's executor goes to its end, and on after the client's")
    func executor() async throws {
        try await ScriptedServer.withServer { request, connection in
            connection.respond(status: 200, body: request.body)
        } body: { server in
            let client = try HTTPClient.direct()
            try await withTaskExecutorPreference(client.executor) {
                for number in 0..<50 {
                    #expect(try await client.send(.post(server.baseURL, "\(number)")).body == Array("\(number)".utf8))
                }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask {
                            _ = try await client.send(.get(server.baseURL))
                            await Task.yield()
                            _ = try await client.send(.get(server.baseURL))
                        }
                    }
                    try await group.waitForAll()
                }
                await client.close()
                let error = try await failure { _ = try await client.send(.get(server.baseURL)) }
                #expect(error.code == .closed)
                await Task.yield()
            }
            #expect(server.requests.count == 90)
        }
    }

    @Test("Tasks that never rest leave the network its turn")
    func fairness() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200)
        } body: { server in
            let client = try HTTPClient.direct()
            let restless = Task(executorPreference: client.executor) {
                while !Task.isCancelled { await Task.yield() }
            }
            for _ in 0..<20 { _ = try await client.send(.get(server.baseURL)) }
            restless.cancel()
            await restless.value
        }
    }
}
