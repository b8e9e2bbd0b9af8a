import ArgumentParser
import CrewKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The crew file that a command works on.
struct CrewFileArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The crew file, or a folder that holds a crew.yaml.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var file: String

    init() {}

    /// Names a file that is no argument of its own.
    init(path: String) { file = path }

    /// The path of the file itself.
    var path: String { Paths.isDirectory(file) ? Paths.joined(file, "crew.yaml") : file }

    /// Reads the crew.
    func load() throws -> CrewFile {
        guard Paths.exists(path) else {
            let isFolder = path != file
            let complaint = isFolder ? "the folder holds no crew.yaml" : "there is no such file"
            throw CommandFailure(.usage, code: "invalid_crew", "\(file.isEmpty ? "\"\"" : file): error: \(complaint)")
        }
        return try CrewFile.load(path: path, defaultModel: OpenAIModels.defaultModel())
    }

    /// Reads the crew, which can run here: the folders that its tools name are there.
    func loadReady() throws -> CrewFile {
        let file = try load()
        let complaints = file.missingFolders
        guard complaints.isEmpty else {
            let text = complaints.map(\.description).joined(separator: "\n")
            throw CommandFailure(.usage, code: "invalid_crew", text)
        }
        return file
    }
}

/// Paths, without Foundation.
enum Paths {
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

    /// Whether what stands there, a link included, belongs to another user.
    static func isOthers(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_uid != geteuid()
    }

    static func joined(_ directory: String, _ name: String) -> String {
        directory.hasSuffix("/") ? directory + name : directory + "/" + name
    }

    /// The path from the root, without links; the path itself where there is no such file.
    static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The folder above; `nil` at the root.
    static func parent(_ path: String) -> String? {
        guard path != "/", let slash = path.lastIndex(of: "/") else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
