import Foundation
import ScriptedServer
import Testing

/// What users and programs see of a run that goes well, and of the commands around it.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct FinishedRunTests {
    private let work: Workspace

    init() throws {
        work = try Workspace()
        try work.write(Crews.sequence, to: "crew.yaml")
    }

    @Test func theAnswerAloneIsOnStandardOutput() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output == "The answer, 42 ✓\n")
            #expect(outcome.errors.contains("scout"))
            #expect(outcome.errors.contains("result r2 for text accepted"))
            #expect(!outcome.errors.contains("\u{1B}"), "no colours where there is no terminal")
            let quiet = try await work.crew("run", "crew.yaml", "--quiet", server: server.url)
            #expect(quiet.status == 0)
            #expect(quiet.output == outcome.output)
            #expect(quiet.errors.isEmpty)
            #expect(server.requests.count == 4)
        }
    }

    @Test func aCoordinatorsRunIsOneJSONObject() async throws {
        try work.write(Crews.coordinated, to: "crew.yaml")
        try await ChatServer.with(replying: Crews.coordinatedReply) { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let object = try outcome.object()
            #expect(outcome.output.split(separator: "\n").count == 1)
            let keys: Set = [
                "run", "status", "result", "cost_usd", "usage", "calls", "duration_s", "missing", "error", "results",
            ]
            #expect(object.keys.isSuperset(of: keys), "\(object.keys)")
            #expect(object["status"]?.text == "finished")
            #expect(object["result"]?.text == #"{"text":"fine","sound":true}"#)
            #expect(object["result_json"] == (try JSON(#"{"text":"fine","sound":true}"#)))
            #expect(object["error"] == .null)
            #expect(object["missing"] == .array([]))
            #expect(object["calls"]?.integer == 3)
            #expect(object["usage"]?["input_tokens"]?.integer == 300)
            #expect(object["usage"]?["output_tokens"]?.integer == 30)
            // Without a model of its own the crew gets gpt-5-mini: 0.25 and 2 dollars per million tokens.
            #expect(object["cost_usd"]?.number == Decimal(string: "0.000135"))
        }
    }

    @Test func eventsAreOneJSONObjectALine() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let outcome = try await work.crew("run", "crew.yaml", "--output", "events", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let events = try outcome.lines()
            #expect(events.first?["type"]?.text == "run.created")
            #expect(events.last?["type"]?.text == "run.ended")
            #expect(events.last?["status"]?.text == "finished")
            #expect(events.map { $0["sequence"]?.integer } == (1...events.count).map { $0 })
            #expect(events.count { $0["type"]?.text == "call.completed" } == 2)
            let recorded = try await work.crew("show", "last", "--events")
            #expect(recorded.output == outcome.output, "what was printed is what was recorded")
        }
    }

    @Test func runsCanBeListedAndShown() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let none = try await work.crew("runs", "--output", "json")
            #expect(none.status == 0)
            #expect(try none.object() == .array([]))
            for topic in ["rain", "snow"] {
                let outcome = try await work.crew("run", "crew.yaml", "--input", "topic=\(topic)", server: server.url)
                #expect(outcome.status == 0, "\(outcome.errors)")
            }
            let runs = try await work.crew("runs", "--output", "json").object().items
            #expect(runs.count == 2)
            for run in runs {
                #expect(run.keys.isSuperset(of: ["run", "crew", "status", "started", "cost_usd"]))
                #expect(run["status"]?.text == "finished")
                #expect(run["crew"]?.text == "sequence")
            }
            let started = runs.compactMap { $0["started"]?.text }
            #expect(started == started.sorted(by: >), "newest first")
            let newest = try #require(runs.first?["run"]?.text)
            let shown = try await work.crew("show", newest, "--output", "json").object()
            #expect(shown["inputs"]?["topic"]?.text == "snow")
            #expect(shown["result"]?.text == "The answer, 42 ✓")
            #expect(shown["model_calls"]?.items.count == 2)
            let text = try await work.crew("show", "last")
            #expect(text.status == 0)
            #expect(text.output.contains("The answer, 42 ✓"))
            let unknown = try await work.crew("show", "nonsense")
            #expect(unknown.status == 2)
            #expect(unknown.output.isEmpty)
            #expect(!unknown.errors.isEmpty)
        }
    }

    @Test("Prompts are shown byte for byte as they are sent", arguments: [Crews.sequence, Crews.coordinated])
    func prompts(crew: String) async throws {
        try work.write(crew, to: "crew.yaml")
        try await ChatServer.with { call in
            call.isOfCoordinator || call.system.contains("judge")
                ? Crews.coordinatedReply(call) : Crews.sequenceReply(call)
        } _: { server in
            let shown = try await work.crew("prompts", "crew.yaml", server: server.url)
            #expect(shown.status == 0, "\(shown.errors)")
            #expect(server.requests.isEmpty, "nothing is sent")
            let outcome = try await work.crew("run", "crew.yaml", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let first = try #require(server.requests.first)
            let body = try #require(shown.output.components(separatedBy: "--- request body\n").last)
            #expect(body.trimmingCharacters(in: .newlines) == String(decoding: first.body, as: UTF8.self))
        }
    }

    @Test func theSchemaOfCrewFilesIsJSON() async throws {
        let outcome = try await work.crew("schema")
        #expect(outcome.status == 0)
        let schema = try outcome.object()
        #expect(schema["type"]?.text == "object")
        #expect(schema["properties"]?.keys.isSuperset(of: ["crew", "goal", "agents", "tasks", "limits"]) == true)
    }

    @Test func checkTellsGoodFilesFromBad() async throws {
        let good = try await work.crew("check", "crew.yaml")
        #expect(good.status == 0)
        #expect(good.output.hasPrefix("ok: sequence"))
        try work.write(Crews.sequence.replacing("agent: writer", with: "agent: writr"), to: "bad.yaml")
        let bad = try await work.crew("check", "bad.yaml")
        #expect(bad.status == 2)
        #expect(bad.output.isEmpty)
        #expect(bad.errors.contains("bad.yaml:11:"))
        #expect(bad.errors.contains("did you mean `writer`?"))
    }

    @Test func theDoctorFindsAnEndpointOrItsAbsence() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let well = try await work.crew("doctor", server: server.url)
            #expect(well.status == 0, "\(well.output)\(well.errors)")
            #expect(server.requests.isEmpty)
        }
        try await ScriptedServer.withClosedPort { port in
            let ill = try await work.crew("doctor", server: "http://127.0.0.1:\(port)/v1")
            #expect(ill.status == 3)
            #expect((ill.output + ill.errors).contains("127.0.0.1:\(port)"))
        }
    }

    @Test func theDoctorLooksAtACrewFilesEndpointsAndTriesThemWhenAllowed() async throws {
        try await ChatServer.with(replying: { _ in .text(#"{"letters":4}"#) }) { server in
            let looked = try await work.crew("doctor", "crew.yaml", "--output", "json", server: server.url)
            #expect(looked.status == 0, "\(looked.output)\(looked.errors)")
            #expect(looked.output.contains(#""subject": "model default""#), "\(looked.output)")
            #expect(server.requests.isEmpty)

            let tried = try await work.crew("doctor", "crew.yaml", "--try", server: server.url)
            #expect(tried.output.contains("trial of default: plain_text works"), "\(tried.output)")
            #expect(server.requests.count >= 5)
        }
    }

    @Test func aReaderThatGoesAwayIsNoCrash() async throws {
        try await ChatServer.with(replying: Crews.sequenceReply) { server in
            let outcome = try await work.shell(
                "{ \"$CREW\" run crew.yaml --output events; echo \"status $?\" >&2; } | head -c1",
                server: server.url
            )
            #expect(outcome.output == "{")
            // Whether the reader is gone before the last line is written is a race; a signal would show as 128 and more.
            let isInOrder = outcome.errors.contains("status 0\n") || outcome.errors.contains("status 1\n")
            #expect(isInOrder, "\(outcome.errors)")
            let runs = try await work.crew("runs", "--output", "json").object()
            #expect(runs[0]?["status"]?.text == "finished")
        }
    }
}
