import Foundation
import ScriptedServer
import Testing

/// `crew budget` and `crew verify` with the program itself.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct AccountTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Crews.sequence, to: "crew.yaml")
    }

    private func account(_ name: String) async throws -> JSON {
        let outcome = try await work.crew("budget", "--output", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try #require(try outcome.object()["accounts"]?.items.first { $0["account"]?.text == name })
    }

    @Test func aLimitOfTheProjectInDollarsRefusesAModelWithoutAPrice() async throws {
        try work.write(
            Crews.sequence.replacing("agents:", with: "models:\n  default: {model: of-unknown-price}\nagents:"),
            to: "unpriced.yaml"
        )
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            #expect(try await work.crew("run", "unpriced.yaml", server: server.url).status == 0)
            #expect(try await work.crew("budget", "set", "project", "5").status == 0)
            let asked = server.requests.count
            let refused = try await work.crew("run", "unpriced.yaml", server: server.url)
            #expect(refused.status == 2, "\(refused.errors)")
            for words in ["of-unknown-price", "price", "the account project is limited in dollars"] {
                #expect(refused.errors.contains(words), "\(refused.errors)")
            }
            #expect(server.requests.count == asked)
        }
    }

    @Test func aRunEndsAtTheLimitOfTheProjectAndGoesOnWithMore() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            var outcome = try await work.crew("budget", "set", "project", "--calls", "1")
            #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.contains("0 of 1"))
            outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 4, "\(outcome.errors)")
            #expect(outcome.errors.contains("the account project has reached its limit: all 1 calls made"))
            #expect(outcome.errors.contains("crew budget"))
            #expect(!outcome.output.isEmpty, "what was done by then is printed")
            let project = try await account("project")
            #expect(project["calls"]?.integer == 1 && project["limit_calls"]?.integer == 1)
            #expect(project["limit_usd"]?.number == nil && project["held_usd"]?.number == 0)
            outcome = try await work.crew("budget", "clear", "project")
            #expect(outcome.status == 0, "\(outcome.errors)")
            outcome = try await work.crew("resume", "last", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(server.requests.count == 2, "no call is made again")
            outcome = try await work.crew("budget")
            #expect(outcome.output.hasPrefix("ACCOUNT") && outcome.output.contains("project"))
        }
    }

    @Test func wrongAccountsAndAmountsAreRefused() async throws {
        for arguments in [
            ["set", "all", "10"], ["set", "project"], ["set", "project", "ten"], ["set", "crew/", "1"], ["clear"],
            ["set", "project", "--calls", "-1"],
        ] {
            let outcome = try await work.start(["budget"] + arguments).outcome()
            #expect(outcome.status == 2, "\(arguments): \(outcome.errors)")
        }
        #expect(!work.files().contains { $0.hasPrefix(".crew") }, "and nothing is made")
    }

    @Test func verifyNamesWhatIsNotAsItWasWritten() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        var outcome = try await work.crew("verify", "--output", "json")
        #expect(outcome.status == 0)
        let head = try #require(try outcome.object()["runs"]?.items.first?["head"]?.text)
        #expect(head.utf8.count == 64)
        outcome = try await work.crew("verify", "last")
        #expect(outcome.status == 0 && outcome.output.contains("sound"))
        let change = "UPDATE events SET payload = replace(payload, 'call.intended', 'call.intendeD') WHERE sequence > 3"
        outcome = try await work.start(program: [
            "python3", "-c",
            "import sqlite3; c = sqlite3.connect('.crew/crew.sqlite'); c.execute(\"\(change)\"); c.commit()",
        ]).outcome()
        try #require(outcome.status == 0, "\(outcome.errors)")
        outcome = try await work.crew("verify", "--output", "json")
        #expect(outcome.status == 1)
        let run = try #require(try outcome.object()["runs"]?.items.first)
        #expect(run["flaw"]?["kind"]?.text == "changed")
        #expect(run["flaw"]?["sequence"]?.integer == (run["events"]?.integer ?? 0) + 1)
        outcome = try await work.crew("verify")
        #expect(outcome.status == 1 && outcome.output.contains("DAMAGED"))
        outcome = try await work.crew("show", "last")
        #expect(outcome.status == 1 && outcome.errors.contains("damaged"))
    }
}
