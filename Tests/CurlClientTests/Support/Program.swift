import Foundation
import Testing

/// A program that a test needs; it gets no more than a test must know about it.
enum Program {
    /// Runs a program to its end and throws its words when it fails.
    static func run(_ path: String, _ arguments: [String]) throws {
        try #require(FileManager.default.isExecutableFile(atPath: path), "these tests need \(path)")
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(path) failed: \(text)")
    }
}

/// A certificate for 127.0.0.1 that signs itself, made for one test.
struct Certificate {
    let directory: URL

    var file: String { directory.appendingPathComponent("certificate.pem").path }
    var keyFile: String { directory.appendingPathComponent("key.pem").path }

    /// Makes a certificate in a new directory, hands it over, and removes it.
    static func with<Value>(
        subject: String = "IP:127.0.0.1",
        _ body: (Certificate) async throws -> Value
    ) async throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let certificate = Certificate(directory: directory)
        try Program.run(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext",
                "subjectAltName=\(subject)", "-keyout", certificate.keyFile, "-out", certificate.file,
            ]
        )
        return try await body(certificate)
    }

    /// Signs it anew, for a time that is over.
    func expire() throws {
        let expired = file + ".expired"
        try Program.run("/usr/bin/openssl", ["x509", "-in", file, "-signkey", keyFile, "-days", "-1", "-out", expired])
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: expired, toPath: file)
    }
}

/// The HTTP/2 server of `http2_server.py`, as a process of its own.
final class HTTP2Server {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private(set) var port = 0

    var baseURL: String { "https://127.0.0.1:\(port)" }

    static func with<Value>(
        _ certificate: Certificate,
        _ body: (HTTP2Server) async throws -> Value
    ) async throws -> Value {
        let server = try HTTP2Server(certificate)
        defer { server.stop() }
        return try await body(server)
    }

    private init(_ certificate: Certificate) throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["CREW_TEST_PYTHON"],
            "CREW_TEST_PYTHON has to name a python with hypercorn and h2; `make test` sets it"
        )
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("http2_server.py")
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [script.path, certificate.file, certificate.keyFile]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        port = try #require(Int(readLine()), "\(python) did not start the server; has it hypercorn and h2?")
    }

    /// The next line that the server writes, awaited on a thread of its own: the few that tasks have are not to be blocked.
    func line() async -> String {
        let handle = output.fileHandleForReading
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Self.readLine(handle)) }
        }
    }

    /// The next line that the server writes; blocks until it comes.
    func readLine() -> String { Self.readLine(output.fileHandleForReading) }

    private static func readLine(_ handle: FileHandle) -> String {
        var line: [UInt8] = []
        while let byte = handle.readData(ofLength: 1).first, byte != UInt8(ascii: "\n") {
            line.append(byte)
        }
        return String(decoding: line, as: UTF8.self)
    }

    private func stop() {
        // Closing its input would not do, for another program that was started meanwhile may hold the other end too;
        // nor would SIGTERM, for programs inherit the signal mask of the thread that starts them.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
