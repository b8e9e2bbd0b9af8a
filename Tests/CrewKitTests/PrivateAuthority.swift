import Foundation
import Testing

/// A chat server whose certificate a private authority has signed, in a folder of its own.
struct PrivateAuthority {
    let folder: URL
    let baseURL: String

    /// The authority's certificate, in PEM.
    var file: String { folder.appendingPathComponent("authority.pem").path }

    /// Makes an authority and starts a server, hands both over, and removes them.
    static func with<Value>(_ body: (PrivateAuthority) async throws -> Value) async throws -> Value {
        let python = try #require(
            ProcessInfo.processInfo.environment["CREW_TEST_PYTHON"],
            "CREW_TEST_PYTHON has to name a python; `make test` sets it"
        )
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        try Data("subjectAltName=IP:127.0.0.1\n".utf8).write(to: folder.appendingPathComponent("names"))
        try openssl([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Private authority", "-keyout",
            path("authority.key"), "-out", path("authority.pem"),
        ])
        try openssl([
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=server", "-keyout", path("server.key"), "-out",
            path("server.csr"),
        ])
        try openssl([
            "x509", "-req", "-in", path("server.csr"), "-CA", path("authority.pem"), "-CAkey", path("authority.key"),
            "-CAcreateserial", "-days", "2", "-extfile", path("names"), "-out", path("server.pem"),
        ])
        let server = Process()
        let output = Pipe()
        server.executableURL = URL(fileURLWithPath: python)
        server.arguments = [
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("tls_server.py").path,
            path("server.pem"), path("server.key"),
        ]
        server.standardOutput = output
        try server.run()
        defer {
            // Programs inherit the signal mask of the thread that starts them, so nothing softer would do.
            kill(server.processIdentifier, SIGKILL)
            server.waitUntilExit()
        }
        var line: [UInt8] = []
        while let byte = output.fileHandleForReading.readData(ofLength: 1).first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        let port = try #require(Int(String(decoding: line, as: UTF8.self)), "\(python) did not start the server")
        return try await body(PrivateAuthority(folder: folder, baseURL: "https://127.0.0.1:\(port)/v1"))
    }

    /// The file of another authority, which has signed nothing.
    func makeStranger() throws -> String {
        let file = folder.appendingPathComponent("stranger.pem").path
        try Self.openssl([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Stranger", "-keyout",
            folder.appendingPathComponent("stranger.key").path, "-out", file,
        ])
        return file
    }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "openssl failed")
    }
}
