import Foundation
import Testing

/// The program beside the tests, as a process of its own.
struct Probe {
    let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// Starts it, under other programs where a test needs another world around it.
    init(_ arguments: [String], under wrapper: [String] = []) throws {
        let command = wrapper + [try Self.path()] + arguments
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    /// Sends a line.
    func send(_ line: String) {
        input.fileHandleForWriting.write(Data((line + "\n").utf8))
    }

    /// The next line of its output, without the end of the line; `nil` at the end.
    func line() -> String? {
        var line: [UInt8] = []
        while true {
            guard let byte = output.fileHandleForReading.readData(ofLength: 1).first else {
                return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\n") { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
    }

    /// All the rest of its output, after its input was closed.
    func rest() -> String {
        try? input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    func kill(_ signal: Int32) {
        Foundation.kill(process.processIdentifier, signal)
    }

    private static func path() throws -> String {
        // Beside the test bundle, which on Linux is the running program and on macOS is loaded by another.
        var candidates = [Bundle.main.bundlePath, Bundle.main.executablePath ?? ""]
        candidates += Bundle.allBundles.map(\.bundlePath) + CommandLine.arguments
        for candidate in candidates {
            var folder = URL(fileURLWithPath: candidate)
            for _ in 0..<5 {
                let path = folder.appendingPathComponent("CrewStoreProbe").path
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
                    return path
                }
                folder.deleteLastPathComponent()
            }
        }
        throw ProbeIsMissing()
    }
}

/// The tests need the program `CrewStoreProbe`, which the package builds beside them.
struct ProbeIsMissing: Error {}
