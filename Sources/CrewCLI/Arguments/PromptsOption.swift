import ArgumentParser
import CrewKit

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Prompts of the user's own.
struct PromptsOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A folder with prompt templates (agent.md, board.md, …) that replace the built-in ones of the same name.",
            valueName: "dir"
        ),
        completion: .directory
    )
    var prompts: String?

    /// The prompts; `nil` for the built-in ones.
    func load() throws -> PromptBook? {
        guard let prompts else { return nil }
        guard let folder = opendir(prompts) else {
            throw CommandFailure.usage("--prompts \(prompts): \(String(cString: strerror(errno))).")
        }
        defer { closedir(folder) }
        var files: [String: String] = [:]
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasSuffix(".md"), !name.hasPrefix(".") else { continue }
            files[name] = try Self.read(Paths.joined(prompts, name))
        }
        guard !files.isEmpty else { throw CommandFailure.usage("--prompts \(prompts): there is no .md file in it.") }
        return try PromptBook(replacing: files)
    }

    private static func read(_ path: String) throws(CommandFailure) -> String {
        let bytes: [UInt8]
        switch FileBytes.read(path, atMost: largest) {
        case .success(let content): bytes = content
        case .failure(let refusal): throw .usage("\(path) cannot be read: \(refusal.message).")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .usage("\(path) is not UTF-8.") }
        return text
    }

    private static let largest = 1 << 20
}
