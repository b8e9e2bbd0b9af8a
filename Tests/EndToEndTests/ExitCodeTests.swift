import Foundation
import ScriptedServer
import Synchronization
import Testing

/// Each exit code, brought about as it happens to users.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct ExitCodeTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Crews.sequence, to: "crew.yaml")
    }

    @Test func failedIsOne() async throws {
        try work.write(Crews.coordinated, to: "crew.yaml")
        try await ChatServer.with(replying: { _ in .text("I would rather talk about the weather.") }) { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url)
            #expect(outcome.status == 1)
            let object = try outcome.object()
            #expect(object["status"]?.text == "failed")
            #expect(object["error"]?["code"]?.text == "coordinator_failed")
            #expect(object["missing"] == .array([.string("verdict")]))
        }
    }

    @Test func aBadFileIsTwo() async throws {
        try work.write("crew: [\n", to: "crew.yaml")
        let outcome = try await work.crew("run", "crew.yaml")
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("crew.yaml:"))
    }

    @Test func aMissingKeyIsThree() async throws {
        let outcome = try await work.crew("run", "crew.yaml")
        #expect(outcome.status == 3)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("OPENAI_API_KEY"))
        #expect(try await work.crew("runs", "--output", "json").object() == .array([]))
    }

    @Test func aRefusedKeyIsThree() async throws {
        try await ChatServer.with { _, connection in
            connection.refuse(401, "Incorrect API key provided: sk-secret", code: "invalid_api_key")
        } _: { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url, key: "sk-x")
            #expect(outcome.status == 3)
            #expect(try outcome.object()["error"]?["code"]?.text == "credentials")
            #expect(server.requests.count == 1, "a refused key is not tried again")
        }
    }

    @Test func aRefusedConnectionIsThree() async throws {
        try await ScriptedServer.withClosedPort { port in
            let outcome = try await work.crew("run", "crew.yaml", server: "http://127.0.0.1:\(port)/v1")
            #expect(outcome.status == 3)
            #expect(outcome.output.isEmpty)
            #expect(outcome.errors.contains("trying again"))
        }
    }

    @Test func aReachedLimitIsFour() async throws {
        let models = "models: {default: {model: m, max_output: 1000, price: {input: 1, output: 100}}}\n"
        try work.write(Crews.sequence + models, to: "crew.yaml")
        // One call is held at little more than 0.10 dollars and costs as much: there is no room for a second.
        try await ChatServer.with(replying: { Crews.sequenceReply($0).using(50, 900) }) { server in
            let arguments = ["run", "crew.yaml", "--budget", "0.11", "--output", "json"]
            let outcome = try await work.start(arguments, server: server.url).outcome()
            #expect(outcome.status == 4, "\(outcome.errors)")
            let object = try outcome.object()
            #expect(object["status"]?.text == "limited")
            #expect(object["result"]?.text == "a fact", "the best accepted part")
            #expect(object["missing"] == .array([.string("text")]))
            #expect(object["error"]?["code"]?.text == "limit_money")
            #expect(object["cost_usd"]?.number == Decimal(string: "0.09005"))
            #expect(server.requests.count == 1)
            let resumed = try await work.crew("resume", "last", "--budget", "1", server: server.url)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output == "The answer, 42 ✓\n")
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func anInterruptionIs130AndResumable(signal: Int32) async throws {
        let child = Mutex<ChildProcess?>(nil)
        let isStarted = Latch()
        try await ChatServer.with { call, connection in
            guard call.number == 2 else { return connection.answer(call, Crews.sequenceReply(call)) }
            // The second call is under way, and is never answered.
            isStarted.waitBlocking()
            child.withLock { $0 }?.send(signal)
            connection.waitForPeerToClose()
        } _: { server in
            let process = try work.start(["run", "crew.yaml", "--output", "json"], server: server.url)
            child.withLock { $0 = process }
            isStarted.fire()
            let outcome = await process.outcome()
            #expect(outcome.status == 130)
            #expect(outcome.signal == nil)
            #expect(try outcome.object()["status"]?.text == "interrupted")
            #expect(try outcome.object()["result"]?.text == "a fact")
            #expect(outcome.errors.contains("crew resume"))
            let resumed = try await work.crew("resume", "last", server: server.url)
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(resumed.output == "The answer, 42 ✓\n")
            #expect(server.requests.count == 3)
            let again = try await work.crew("resume", "last", server: server.url)
            #expect(again.status != 0)
            #expect(again.errors.contains("finished"))
        }
    }
}
