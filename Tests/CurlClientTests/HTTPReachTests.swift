import CurlClient
import Evidence
import ScriptedServer
import Testing

/// Where a request may go is decided on the address that is connected to, not on how it is written.
@Suite(.timeLimit(.minutes(2)))
struct HTTPReachTests {
    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255",
        "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1",
        "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1",
        "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "4000::1",
    ])
    func aSpecialAddressIsNotPublic(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic == false)
        try Evidence.record(.confined, "addresses of this machine, of local networks and of special use, told apart")
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "223.255.255.255",
        "2606:4700::1", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1",
    ])
    func anAddressOfTheInternetIsPublic(text: String) throws {
        #expect(try #require(IPAddress(text)).isPublic)
    }

    @Test(arguments: [
        ("169.254.169.254", true), ("169.254.0.1", true), ("168.63.129.16", true), ("100.100.100.200", true),
        ("192.0.0.192", true), ("fe80::1", true), ("febf::1", true), ("fd00:ec2::254", true),
        ("::ffff:169.254.169.254", true), ("64:ff9b::a9fe:a9fe", true), ("2002:a9fe:a9fe::", true),
        ("169.253.0.1", false), ("127.0.0.1", false), ("10.0.0.1", false), ("8.8.8.8", false), ("::1", false),
        ("fec0::1", false), ("fd00:ec3::1", false), ("2606:4700::1", false),
    ])
    func servicesOfACloudAreToldApart(text: String, isService: Bool) throws {
        #expect(try #require(IPAddress(text)).isLocalService == isService)
    }

    @Test(arguments: [
        "", "x", "1.2.3", "127.1", "0x7f.0.0.1", "2130706433", "127.0.0.1 ", "[::1]", "::1%lo", "fe80::1%eth0",
    ])
    func whatIsNoAddressIsNone(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "However this machine is written, a request for the public internet does not reach it",
        arguments: [
            "127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "0177.0.0.1", "017700000001", "0", "localhost",
            "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
        ]
    )
    func loopbackIsRefused(host: String) async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, body: "reached")
        } body: { server in
            let client = try HTTPClient.direct()
            let request = HTTPRequest(url: "http://\(host):\(server.port)/", reach: .publicInternet)
            let error = try await failure { _ = try await client.send(request) }
            #expect(error.code == .refused, "\(error)")
            #expect(!error.wasSent)
            #expect(server.connectionCount == 0)
        }
        try Evidence.record(.confined, "spellings of this machine's address, refused before a socket is opened")
    }

    @Test("A connection that another request opened is not used where it may not go")
    func aReusedConnectionIsChecked() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, body: "reached")
        } body: { server in
            let client = try HTTPClient.direct()
            #expect(try await client.send(HTTPRequest(url: server.baseURL)).head.status == 200)
            let error = try await failure {
                _ = try await client.send(HTTPRequest(url: server.baseURL, reach: .publicInternet))
            }
            #expect(error.code == .refused, "\(error)")
            #expect(server.requests.count == 1)
            #expect(try await client.send(HTTPRequest(url: server.baseURL)).head.status == 200)
        }
        try Evidence.record(.confined, "open connections to where a request may not go, not used")
    }

    @Test("An address that is named is reached, and no other")
    func aNamedAddressIsReached() async throws {
        try await ScriptedServer.withServer { _, connection in
            connection.respond(status: 200, body: "reached")
        } body: { server in
            let client = try HTTPClient.direct()
            let named = HTTPRequest(url: server.baseURL, reach: .address("127.0.0.1"))
            #expect(try await client.send(named).head.status == 200)
            for address in ["127.0.0.2", "::1", "nonsense", ""] {
                let other = HTTPRequest(url: "http://127.0.0.1:\(server.port)/", reach: .address(address))
                #expect(try await failure { _ = try await client.send(other) }.code == .refused)
            }
            #expect(server.requests.count == 1)
        }
    }
}
