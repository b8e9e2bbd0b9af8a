import Foundation
import Testing

/// An agent that may write the folder of its own crew file, and tries to change what binds it.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct ProtectedPlacesTests {
    private static let crew = """
        crew: keeper
        goal: Keep notes.
        tools:
          here: {builtin: files, folder: ., write: true}
        agents:
          keeper: {role: a keeper, goal: Keep, tools: [here]}
        tasks:
          keep: {description: Keep., agent: keeper}

        """
    private static let targets = [
        "crew.yaml", ".git/hooks/pre-commit", ".crew/crew.sqlite", ".crew/x", "fixed.txt", "mounted/theirs.txt",
        "mounted-file", "mounted/new.txt",
    ]

    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Self.crew, to: "crew.yaml")
        try work.write("as it was", to: ".git/hooks/pre-commit")
        try work.write("as it was", to: "fixed.txt")
        try work.write("as it was", to: "apart/theirs.txt")
        try work.write("", to: "mounted-file")
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: work.path + "/fixed.txt")
        try FileManager.default.createDirectory(
            atPath: work.path + "/mounted",
            withIntermediateDirectories: false
        )
    }

    private static func attempt(_ call: ChatCall) -> ChatReply {
        let done = call.toolResults
        guard done < targets.count else { return .text("done") }
        return .tools(("here_write", "{\"path\":\"\(targets[done])\",\"content\":\"mine\"}"))
    }

    private func expectNothingChanged(_ server: ChatServer, mounts: Bool) throws {
        try #require(server.requests.count == Self.targets.count + 1)
        for (index, target) in Self.targets.enumerated() where mounts || !target.hasPrefix("mounted") {
            #expect(server.requests[index + 1].last.contains("error"), "\(target)")
        }
        #expect(work.read("crew.yaml") == Self.crew)
        #expect(work.read(".git/hooks/pre-commit") == "as it was")
        #expect(work.read("fixed.txt") == "as it was")
        #expect(work.read("apart/theirs.txt") == "as it was")
        #expect(!work.files().contains("apart/new.txt"))
    }

    @Test func nothingThatBindsItIsWritten() async throws {
        try await ChatServer.with(replying: Self.attempt) { server in
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            try expectNothingChanged(server, mounts: false)
            let verified = try await work.crew("verify")
            #expect(verified.status == 0, "\(verified.errors)")
        }
    }

    #if os(Linux)
        @Test func aMountWithinTheFolderIsNotWrittenThrough() async throws {
            try await ChatServer.with(replying: Self.attempt) { server in
                let outcome = try await work.inNamespace(
                    """
                    mount --bind apart mounted && mount --bind apart/theirs.txt mounted-file && \
                    exec "$CREW" run crew.yaml
                    """,
                    server: server.url
                )
                #expect(outcome.status == 0, "\(outcome.errors)")
                try expectNothingChanged(server, mounts: true)
            }
        }
    #endif
}
