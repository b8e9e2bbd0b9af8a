import Foundation
import ScriptedServer
import Testing

/// Where the program keeps what happened: what must not be there, and what is said when it cannot be kept.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct StoreTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Crews.sequence, to: "crew.yaml")
    }

    @Test func theKeyIsSentAndKeptNowhere() async throws {
        let key = "sk-test-5ecret-7f3a9c1e"
        try await ChatServer.with { call, connection in
            switch call.number {
            // Some servers repeat the key in their errors, some models in their answers.
            case 1: connection.refuse(500, "internal error with key \(key) for Bearer \(key)")
            default: connection.answer(call, Crews.sequenceReply(call))
            }
        } _: { server in
            let arguments = ["run", "crew.yaml", "--output", "events"]
            let outcome = try await work.start(arguments, server: server.url, key: key).outcome()
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(server.requests.count == 3)
            for request in server.requests { #expect(request.request["authorization"] == "Bearer \(key)") }
            #expect(!outcome.output.contains(key))
            #expect(!outcome.errors.contains(key))
            for arguments in [
                ["show", "last", "--output", "json"], ["show", "last"], ["prompts", "crew.yaml"], ["doctor"],
            ] {
                let outcome = try await work.start(arguments, server: server.url, key: key).outcome()
                #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
                #expect(!(outcome.output + outcome.errors).contains(key), "\(arguments)")
            }
        }
        let files = work.files(below: ".crew")
        #expect(files.contains { $0.hasSuffix(".sqlite") })
        for name in files {
            guard let data = FileManager.default.contents(atPath: work.path + "/.crew/" + name) else { continue }
            #expect(data.range(of: Data(key.utf8)) == nil, "\(name)")
        }
    }

    @Test func storesCanStandElsewhere() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let outcome = try await work.crew("run", "crew.yaml", "--store", "a/b/store", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(work.files(below: "a/b/store").contains { $0.hasSuffix(".sqlite") })
            #expect(!work.files().contains { $0.hasPrefix(".crew") })
            let shown = try await work.crew("show", "last", "--store", "a/b/store")
            #expect(shown.status == 0)
        }
    }

    @Test func aStoreThatIsNoDatabaseIsSaid() async throws {
        try work.write("this is no database, it only stands in its place", to: ".crew/crew.sqlite")
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 1, "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("crew.sqlite"))
            #expect(server.requests.isEmpty, "nothing is asked that could not be recorded")
            #expect(work.read(".crew/crew.sqlite")?.hasPrefix("this is no database") == true, "and it is left alone")
        }
    }

    #if os(Linux)
        @Test("A full disk is said, and nothing is asked that cannot be recorded", arguments: [64, 128, 160, 192, 256])
        func fullDisk(kilobytes: Int) async throws {
            // Answers of 60 kB each, so that the disk is full before the end.
            let much = String(repeating: "much ", count: 12_000)
            try await ChatServer.with(replying: { _ in .text(much) }) { server in
                let outcome = try await work.inNamespace(
                    """
                    mkdir store && mount -t tmpfs -o size=\(kilobytes)k,mode=700 none store || exit 99
                    "$CREW" run crew.yaml --store store
                    status=$?
                    "$CREW" runs --store store --output json >runs.json 2>runs.txt
                    exit $status
                    """,
                    server: server.url
                )
                #expect(outcome.status == 1, "\(outcome.errors)")
                #expect(outcome.output.isEmpty)
                #expect(outcome.errors.lowercased().contains("full"), "\(outcome.errors)")
                #expect(server.requests.count <= 2)
            }
        }

        @Test func aReadOnlyDiskIsSaid() async throws {
            try await ChatServer.with(replying: Crews.sequenceReply) { server in
                let first = try await work.crew("run", "crew.yaml", server: server.url)
                #expect(first.status == 0, "\(first.errors)")
                let outcome = try await work.inNamespace(
                    """
                    mount --bind .crew .crew && mount -o remount,bind,ro .crew || exit 99
                    "$CREW" show last --output json >&2 || exit 98
                    "$CREW" runs >&2 || exit 97
                    exec "$CREW" run crew.yaml
                    """,
                    server: server.url
                )
                #expect(outcome.status == 1, "\(outcome.errors)")
                #expect(outcome.output.isEmpty)
                #expect(outcome.errors.contains("The answer, 42 ✓"), "what is there can be read")
                #expect(outcome.errors.lowercased().contains("read-only"), "\(outcome.errors)")
                #expect(server.requests.count == 2)
            }
        }
    #endif
}
