import Foundation
import ScriptedServer
import Testing

/// A folder of a test's own, in which it runs the program; removed with the test.
final class Workspace: Sendable {
    /// The folder.
    let path: String
    /// Where outputs of programs go, apart from what they see.
    private let scratch: String

    init() throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)").path
        path = root + "/work"
        scratch = root + "/outputs"
        for folder in [path, scratch] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }

    /// Writes a file, with the folders on its way.
    func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

    /// Writes a file, with the folders on its way.
    func write(_ data: Data, to name: String) throws {
        let file = URL(fileURLWithPath: path + "/" + name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: file)
    }

    /// The text of a file; `nil` when there is none.
    func read(_ name: String) -> String? {
        FileManager.default.contents(atPath: path + "/" + name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names of all files below the folder.
    func files(below folder: String = "") -> [String] {
        (FileManager.default.enumerator(atPath: path + "/" + folder)?.compactMap { $0 as? String } ?? []).sorted()
    }

    /// Starts `crew`.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - server: The base URL of the endpoint, if it is to know one.
    ///   - key: The key, if it is to know one.
    ///   - added: Further variables.
    func start(
        _ arguments: [String],
        server: String? = nil,
        key: String? = nil,
        adding added: [String: String] = [:]
    ) throws -> ChildProcess {
        try start([try Self.program()] + arguments, variables(server, key).merging(added) { $1 })
    }

    /// Runs `crew` to its end.
    func crew(
        _ arguments: String...,
        server: String? = nil,
        key: String? = nil,
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> ChildProcess.Outcome {
        try await start(arguments, server: server, key: key).outcome(location)
    }

    /// Runs a script of the shell in which `$CREW` is the program.
    func shell(_ script: String, server: String? = nil) async throws -> ChildProcess.Outcome {
        var variables = variables(server, nil)
        variables["CREW"] = try Self.program()
        return try await start(["/bin/sh", "-c", script], variables).outcome()
    }

    /// Starts another program.
    func start(program command: [String], adding added: [String: String] = [:]) throws -> ChildProcess {
        try start(command, variables(nil, nil).merging(added) { $1 })
    }

    private func start(_ command: [String], _ variables: [String: String]) throws -> ChildProcess {
        try ChildProcess(command, environment: variables, folder: path, scratch: scratch)
    }

    private func variables(_ server: String?, _ key: String?) -> [String: String] {
        var variables = ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": path, "TZ": "UTC"]
        // The key of the seals is no part of what the tests look at.
        variables["XDG_STATE_HOME"] = scratch
        variables["OPENAI_BASE_URL"] = server
        variables["OPENAI_API_KEY"] = key
        return variables
    }

    /// The program, which the package builds beside the test bundle.
    static func program() throws -> String {
        var candidates = [Bundle.main.bundlePath, Bundle.main.executablePath ?? ""]
        candidates += Bundle.allBundles.map(\.bundlePath) + CommandLine.arguments
        for candidate in candidates {
            var folder = URL(fileURLWithPath: candidate)
            for _ in 0..<5 {
                let path = folder.appendingPathComponent("crew").path
                var isFolder: ObjCBool = false
                if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
                    return path
                }
                folder.deleteLastPathComponent()
            }
        }
        throw CannotStart(program: "crew", reason: "it is not beside the tests; build it with swift build")
    }
}

extension ChildProcess.Outcome {
    /// The JSON object on standard output.
    func object() throws -> JSON { try JSON(output) }

    /// The JSON objects on standard output, one a line.
    func lines() throws -> [JSON] { try output.split(separator: "\n").map { try JSON($0) } }
}
