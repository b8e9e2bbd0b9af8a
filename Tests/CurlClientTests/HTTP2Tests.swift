import CurlClient
import ScriptedServer
import Testing

@Suite(.timeLimit(.minutes(2)))
struct HTTP2Tests {
    @Test("A certificate is verified: unknown signer, then wrong host")
    func untrusted() async throws {
        try await Certificate.with { certificate in
            try await HTTP2Server.with(certificate) { server in
                let client = try HTTPClient.direct()
                let error = try await failure { _ = try await client.send(.post(server.baseURL, "{}")) }
                #expect(error.code == .untrusted)
                #expect(!error.wasSent)
                #expect(error.message.contains("certificate"))

                let trusting = try HTTPClient.direct(certificateAuthorityFile: certificate.file)
                #expect(try await trusting.send(.post(server.baseURL, "{}")).body == Array("{}".utf8))
                let other = "https://localhost:\(server.port)"
                let second = try await failure { _ = try await trusting.send(.post(other, "{}")) }
                #expect(second.code == .untrusted)
                #expect(!second.wasSent)
            }
        }
    }

    @Test("A certificate that has expired is not trusted, whoever signed it")
    func expired() async throws {
        try await Certificate.with { certificate in
            try certificate.expire()
            try await HTTP2Server.with(certificate) { server in
                let client = try HTTPClient.direct(certificateAuthorityFile: certificate.file)
                let error = try await failure { _ = try await client.send(.post(server.baseURL, "{}")) }
                #expect(error.code == .untrusted)
                #expect(!error.wasSent)
            }
        }
    }

    @Test("Fifty parallel requests share one connection")
    func multiplexing() async throws {
        try await Certificate.with { certificate in
            try await HTTP2Server.with(certificate) { server in
                let url = server.baseURL
                let client = try HTTPClient.direct(certificateAuthorityFile: certificate.file)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<50 {
                        group.addTask {
                            let response = try await client.send(.post(url, "\(number)"))
                            #expect(response.body == Array("\(number)".utf8))
                            #expect(response.head.httpVersion == .http2)
                            #expect(response.head.headers["X-Version"] == "2")
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(try await client.send(.get(url + "/stats")).body == Array("1".utf8))
            }
        }
    }

    @Test("Streams run side by side, and the cancelling of one leaves the others and the connection alone")
    func cancelOne() async throws {
        try await Certificate.with { certificate in
            try await HTTP2Server.with(certificate) { server in
                let url = server.baseURL
                let client = try HTTPClient.direct(certificateAuthorityFile: certificate.file)
                let endless = Gathered()
                let cancelled = Task { try await client.stream(.get(url + "/stream?3"), to: endless) }
                await endless.hasBegun.wait()

                // Long enough that the connection moves however late the rest comes: libcurl sends a reset with what
                // moves next.
                let companion = Gathered()
                let staying = Task { try await client.stream(.get(url + "/stream?100000!"), to: companion) }
                await companion.hasBegun.wait()
                cancelled.cancel()
                #expect(try await failure { _ = try await cancelled.value }.code == .cancelled)
                #expect(await server.line() == "disconnect")

                let gathered = Gathered()
                #expect(try await client.stream(.get(url + "/stream?100!"), to: gathered).status == 200)
                #expect(gathered.text == (0..<100).map { "data: \($0)\n\n" }.joined())
                #expect(gathered.pieces > 1)
                #expect(try await client.send(.get(url + "/stats")).body == Array("1".utf8))
                staying.cancel()
                #expect(try await failure { _ = try await staying.value }.code == .cancelled)
            }
        }
    }

    @Test("A server learns of a cancelled stream also when nothing else moves on its connection")
    func cancelAlone() async throws {
        try await Certificate.with { certificate in
            try await HTTP2Server.with(certificate) { server in
                let url = server.baseURL
                let client = try HTTPClient.direct(certificateAuthorityFile: certificate.file)
                let endless = Gathered()
                let cancelled = Task { try await client.stream(.get(url + "/stream?3"), to: endless) }
                await endless.hasBegun.wait()
                cancelled.cancel()
                #expect(try await failure { _ = try await cancelled.value }.code == .cancelled)
                #expect(await server.line() == "disconnect")
            }
        }
    }
}
