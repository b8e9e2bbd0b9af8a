import Foundation
import Testing

/// Prompts of a person's own, and the runs that were begun with them.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct OtherPromptsTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Crews.sequence, to: "crew.yaml")
        try work.write("FIRST You are {{role}}.", to: "first/agent.md")
        try work.write("SECOND You are {{role}}.", to: "second/agent.md")
    }

    @Test func aRunGoesOnWithThoseThatItWasBegunWith() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let begun = try await work.crew(
                "run",
                "crew.yaml",
                "--prompts",
                "first",
                "--limit-calls",
                "1",
                server: server.url
            )
            try #require(begun.status == 4, "\(begun.errors)")
            // The folder is not asked again.
            try FileManager.default.removeItem(atPath: work.path + "/first")
            let resumed = try await work.crew("resume", "last", "--limit-calls", "9", server: server.url)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(server.requests.map { String($0.system.prefix(5)) } == ["FIRST", "FIRST"])
            #expect(try await work.crew("verify").status == 0)
        }
    }

    @Test func othersAreNamedAndRecorded() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            // Before the first call, so that no exchange has begun but the first.
            let begun = try await work.crew(
                "run",
                "crew.yaml",
                "--prompts",
                "first",
                "--limit-tokens",
                "1",
                server: server.url
            )
            try #require(begun.status == 4, "\(begun.errors)")
            let resumed = try await work.crew(
                "resume",
                "last",
                "--prompts",
                "second",
                "--limit-tokens",
                "1000000",
                server: server.url
            )
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.errors.contains("resumed (executor 2), with other prompts"), "\(resumed.errors)")
            #expect(server.requests.map { String($0.system.prefix(6)) } == ["FIRST ", "SECOND"])
            let events = try await work.crew("show", "last", "--events").lines()
            let named = events.compactMap { $0["prompts"]?.text }
            #expect(named.count == 2 && named[0] != named[1] && named.allSatisfy { $0.count == 64 })
            let verified = try await work.crew("verify", "--output", "json").object()
            #expect(verified["sound"] == .bool(true) && verified["prompts"]?.items.isEmpty == true)
        }
    }
}
