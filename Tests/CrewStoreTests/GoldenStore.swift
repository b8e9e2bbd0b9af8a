import ChatModel
import CrewCore
import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTesting
import CrewTools
import Foundation

/// A store as a released program left it, in a folder of `Golden` that is named after its layout.
///
/// The files never change. A layout that comes, or a new shape of what is recorded, is a folder beside the others.
struct GoldenStore: Sendable, CustomStringConvertible {
    let version: String
    let name: String

    /// The files of the second layout, from before there was a register.
    static let second = ["sequential", "concurrent", "coordinator", "interrupted", "accounts", "absurd"]
        .map { GoldenStore(version: "v2", name: $0) }
    /// Those of the third: a run a process; everything that can go wrong; runs killed with calls and tools under way, the
    /// log as it was then; runs that a limit ended; runs stopped within a tool that may not be called twice.
    static let third = ["processes", "kinds", "interrupted", "ended", "waiting"]
        .map { GoldenStore(version: "v3", name: $0) }
    /// Those of the fourth, with the prompts of their runs: a run a process; one that went on with other prompts, and one
    /// that was killed.
    static let fourth = ["processes", "changed"].map { GoldenStore(version: "v4", name: $0) }
    /// That of the fifth: runs that were cancelled, paused and given other limits, and one that was killed and to which
    /// something waits to be said.
    static let fifth = [GoldenStore(version: "v5", name: "signals")]
    /// Those of which it is known what they ask.
    static let recent = third + fourth + fifth
    static let all = second + recent

    var description: String { "\(version)/\(name)" }

    /// One of its files.
    func file(_ name: String) -> URL { Self.folder(version).appendingPathComponent("\(self.name)/\(name)") }

    private static func folder(_ version: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden/\(version)")
    }

    /// A copy, to be opened and written.
    func copy(in directory: TemporaryFolder) throws -> SQLiteStore {
        for name in ["crew.sqlite", "crew.sqlite-wal", "cache.sqlite"] {
            guard FileManager.default.fileExists(atPath: file(name).path) else { continue }
            try FileManager.default.copyItem(atPath: file(name).path, toPath: directory.path + "/" + name)
            chmod(directory.path + "/" + name, 0o600)
        }
        return SQLiteStore(directory: directory.path)
    }

    /// The prompts with which its runs were made where the store does not keep them; the built-in ones where nobody did.
    func prompts() throws -> PromptBook {
        let folder = Self.folder(version).appendingPathComponent("prompts")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            return try PromptBook.builtIn()
        }
        let texts = try names.map { ($0, try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)) }
        return try PromptBook(replacing: Dictionary(uniqueKeysWithValues: texts))
    }

    /// The text that was recorded under a name; with `CREW_RECORD_SNAPSHOTS=1` it is written anew.
    func recorded(_ name: String, _ text: String) throws -> String {
        if ProcessInfo.processInfo.environment["CREW_RECORD_SNAPSHOTS"] == "1" {
            try text.write(to: file(name), atomically: true, encoding: .utf8)
        }
        return try String(contentsOf: file(name), encoding: .utf8)
    }
}

/// Does what is due, in prose or as a coordinator does.
struct Answering: ModelProvider, ChatModel {
    func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel { self }

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        ChatResponse(text: Self.answer(request.conversation.messages), usage: TokenUsage(input: 100, output: 20))
    }

    private static func answer(_ messages: [Message]) -> String {
        guard messages.first?.text.hasPrefix("You coordinate") == true else {
            return String(repeating: "It is done. ", count: 40)
        }
        let lines = (messages.last?.text ?? "").split(separator: "\n")
        let due = lines.first { $0.hasPrefix("- ") && $0.contains(" [due] (by ") }
        guard let due, let agent = due.split(separator: "(by ").last?.prefix(while: { $0 != ")" }) else {
            return #"{"reason":"","instruction":{"kind":"finish","results":["r1"]}}"#
        }
        let task = due.dropFirst(2).prefix { $0 != " " }
        return #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"task":"\#(task)","agent":"\#(agent)","#
            + #""objective":""}]}}"#
    }
}

/// A web on which nothing can be reached.
struct NoWeb: WebClient {
    func get(_ request: WebRequest) async throws(WebFailure) -> WebAnswer { throw WebFailure("nobody answers") }
}

/// The tools of the runs in `v3/waiting`, as they were declared.
enum GoldenTools {
    static let all: [any Tool] = [Look(), Pay()]

    struct Look: Tool {
        struct Input: Generable { var what: String }
        var name: String { "look" }
        var summary: String { "Looks something up." }
        var effects: ToolEffects { .reads }
        func call(_ input: Input, context: ToolContext) async throws -> String { "there it is" }
    }

    struct Pay: Tool {
        struct Input: Generable { var amount: Int }
        var name: String { "pay" }
        var summary: String { "Pays somebody." }
        var effects: ToolEffects { .spends }
        func call(_ input: Input, context: ToolContext) async throws -> String { "paid" }
    }
}
