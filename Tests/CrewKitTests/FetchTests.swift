import CrewKit
import Evidence
import ScriptedServer
import Synchronization
import Testing

/// The tool `fetch`: it reaches what it is granted, and nothing else by any detour.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct FetchTests {
    private static func call(_ url: String, hosts: [String], web: any WebClient = CurlWeb()) async throws -> ToolOutcome
    {
        let crew = Crew(
            name: "c",
            goal: "g",
            tools: [
                ToolDefinition(name: "web", builtin: "fetch", options: ["hosts": .array(hosts.map { .string($0) })])
            ],
            agents: [Agent("a", role: "r", goal: "g", tools: ["web"])]
        )
        // The tool's own limit is no matter of these tests, and a busy machine may need longer.
        let box = try await Toolbox(crew: crew, folder: ".", providers: BuiltinTools.providers(web: web)) { _ in
            try await Task.sleep(for: .seconds(600))
        }
        let arguments = JSONValue.object(["url": .string(url)]).jsonText
        let context = ToolContext(run: "r", agent: "a", idempotencyKey: "k")
        return await box.call("web", arguments: arguments, context: context)
    }

    /// A client that answers from a table and writes down what it was asked for.
    private final class Table: WebClient {
        let answers: [String: WebAnswer]
        let asked = Mutex<[WebRequest]>([])
        init(_ answers: [String: WebAnswer]) { self.answers = answers }
        func get(_ request: WebRequest) async throws(WebFailure) -> WebAnswer {
            asked.withLock { $0.append(request) }
            guard let answer = answers[request.url] else { throw WebFailure("no such page") }
            return answer
        }
    }

    @Test func aGrantedHostIsReadThroughASocket() async throws {
        try await ScriptedServer.withServer { request, connection in
            switch request.path {
            case "/page":
                connection.respond(status: 200, headers: ["Content-Type": "text/html; charset=utf-8"], body: "höchst")
            case "/moved": connection.respond(status: 302, headers: ["Location": "page"])
            case "/image": connection.respond(status: 200, headers: ["Content-Type": "image/png"], body: "x")
            case "/bytes": connection.respond(status: 200, headers: ["Content-Type": "text/plain"], body: [0xFF, 0xFE])
            case "/large":
                connection.respond(
                    status: 200,
                    headers: ["Content-Type": "text/plain"],
                    body: String(repeating: "x", count: (2 << 20) + 1)
                )
            default: connection.respond(status: 404, body: "no")
            }
        } body: { server in
            let hosts = ["127.0.0.1:\(server.port)"]
            #expect(try await Self.call(server.baseURL + "/page", hosts: hosts) == .completed("höchst"))
            #expect(try await Self.call(server.baseURL + "/moved", hosts: hosts) == .completed("höchst"))
            for (path, word) in [
                ("/image", "image/png"), ("/bytes", "UTF-8"), ("/large", "larger than"), ("/none", "status 404"),
            ] {
                guard case .rejected(let message) = try await Self.call(server.baseURL + path, hosts: hosts) else {
                    Issue.record("\(path) was taken")
                    continue
                }
                #expect(message.contains(word), "\(message)")
            }
            for request in server.requests {
                #expect(request["authorization"] == nil && request["cookie"] == nil)
                #expect(request.method == "GET")
            }
        }
    }

    @Test(arguments: [
        "http://127.0.0.1:PORT/", "http://127.1:PORT/", "http://2130706433:PORT/", "http://0x7f.1:PORT/",
        "http://0177.0.0.1:PORT/", "http://localhost:PORT/", "http://LOCALHOST.:PORT/", "http://[::1]:PORT/",
        "http://[::ffff:127.0.0.1]:PORT/", "http://granted.example@127.0.0.1:PORT/",
        "https://granted.example:443@127.0.0.1:PORT/", "http://127.0.0.1:PORT\\@granted.example/",
        "http://127.0.0.1:PORT#@granted.example/", "http://127.0.0.1:PORT?@granted.example/",
        "http://granted.example.127.0.0.1:PORT/", "http://0:PORT/", "http://\u{FF11}27.0.0.1:PORT/",
        "http://127\u{3002}0\u{3002}0\u{3002}1:PORT/", "//127.0.0.1:PORT/", "127.0.0.1:PORT", "file:///etc/hostname",
        "gopher://127.0.0.1:PORT/_GET", "http://127.0.0.1:PORT/\r\nX: y", "http://127.0.0.1%20:PORT/",
        "http://metadata/",
        "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://metadata.google.internal/",
    ])
    func whatIsNotGrantedIsNotReached(url: String) async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, headers: ["Content-Type": "text/plain"], body: "the secret")
        } body: { server in
            let url = url.replacing("PORT", with: "\(server.port)")
            let outcome = try await Self.call(url, hosts: ["granted.example", "http://granted.example"])
            guard case .rejected = outcome else {
                Issue.record("\(url): \(outcome)")
                return
            }
            #expect(server.connectionCount == 0)
        }
        try Evidence.record(.confined, "URLs of the fetch tool that lead elsewhere than to a granted host, refused")
    }

    @Test(arguments: [
        "http://127.0.0.1:OTHER/", "//127.0.0.1:OTHER/", "http://169.254.169.254/", "http://localhost:OTHER/",
        "file:///etc/hostname", "gopher://127.0.0.1:OTHER/", "http://127.0.0.1:PORT@127.0.0.1:OTHER/",
        "https://127.0.0.1.nip.example/", "http://2130706433:OTHER/", "HTTP://0x7f.1:OTHER/",
    ])
    func aRedirectToWhatIsNotGrantedIsNotFollowed(location: String) async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, headers: ["Content-Type": "text/plain"], body: "the secret")
        } body: { other in
            let location = Mutex(location.replacing("OTHER", with: "\(other.port)"))
            try await ScriptedServer.withServer { _, connection in
                let target = location.withLock { $0 }
                connection.respond(status: 302, headers: ["Location": target])
            } body: { server in
                location.withLock { $0 = $0.replacing("PORT", with: "\(server.port)") }
                let outcome = try await Self.call(server.baseURL, hosts: ["127.0.0.1:\(server.port)"])
                guard case .rejected(let message) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(message.contains("redirects"), "\(message)")
                #expect(server.requests.count == 1)
                #expect(other.connectionCount == 0)
            }
        }
        try Evidence.record(.confined, "redirects from a granted host to another place, not followed")
    }

    @Test func redirectsHaveABound() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 302, headers: ["Location": "/"])
        } body: { server in
            let outcome = try await Self.call(server.baseURL, hosts: ["127.0.0.1:\(server.port)"])
            #expect(outcome == .rejected("The page redirects more than 3 times."))
            #expect(server.requests.count == 4)
        }
    }

    @Test func aNameMayLeadToThePublicInternetAloneAndAnAddressToItself() async throws {
        let page = WebAnswer(status: 200, contentType: "text/plain", body: Array("x".utf8))
        let table = Table(["https://a.example:443/": page, "http://10.0.0.5:80/": page])
        let hosts = ["a.example", "http://10.0.0.5"]
        #expect(try await Self.call("https://a.example", hosts: hosts, web: table) == .completed("x"))
        #expect(try await Self.call("http://10.0.0.5", hosts: hosts, web: table) == .completed("x"))
        #expect(table.asked.withLock { $0.map(\.reach) } == [.publicInternet, .address("10.0.0.5")])
        let bounds = table.asked.withLock { $0.map(\.maximumBytes) }
        #expect(bounds.allSatisfy { $0 == 2 << 20 })
    }

    @Test func withoutAClientOrHostsThereIsNoTool() async {
        func box(_ options: JSONValue, web: (any WebClient)?) async throws -> Toolbox {
            let tool = ToolDefinition(name: "web", builtin: "fetch", options: options)
            let crew = Crew(
                name: "c",
                goal: "g",
                tools: [tool],
                agents: [Agent("a", role: "r", goal: "g", tools: ["web"])]
            )
            return try await Toolbox(crew: crew, folder: ".", providers: BuiltinTools.providers(web: web))
        }
        await #expect(throws: ToolboxError.self) { try await box(["hosts": ["a.example"]], web: nil) }
        for options: JSONValue in [[:], ["hosts": []], ["hosts": "a.example"], ["hosts": [1]], ["hosts": ["*"]]] {
            await #expect(throws: ToolboxError.self) { try await box(options, web: CurlWeb()) }
        }
    }
}
