import Foundation
import Testing

/// The quickstart with llama.cpp's server and a small real model.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct RealModelTests {
    private let work: Workspace
    private let server: String
    private let quickstart: String

    init() throws {
        work = try Workspace()
        server = try #require(
            ProcessInfo.processInfo.environment["CREW_TEST_MODEL_URL"],
            "CREW_TEST_MODEL_URL has to name a model's endpoint: run `make test`, or `Scripts/local-model start`"
        )
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        quickstart = root.appendingPathComponent("Crews/quickstart/crew.yaml").path
    }

    @Test func theQuickstartFinishes() async throws {
        let outcome = try await work.crew("run", quickstart, "--store", "s", "--output", "json", server: server)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let object = try outcome.object()
        #expect(object["status"]?.text == "finished")
        #expect(object["missing"] == .array([]))
        #expect(object["result_json"]?["title"]?.text?.isEmpty == false)
        #expect(object["result_json"]?["text"]?.text?.isEmpty == false)
        #expect(object["results"]?.items.compactMap { $0["task"]?.text }.contains("facts") == true)
        #expect((object["usage"]?["output_tokens"]?.integer ?? 0) > 0)
        let resumed = try await work.crew("resume", "last", "--store", "s", server: server)
        #expect(resumed.status != 0, "what has finished is not resumed")
    }

    @Test func theQuickstartStreamsItsEvents() async throws {
        let arguments = ["run", quickstart, "--store", "s", "--output", "events", "--input", "topic=rain"]
        let outcome = try await work.start(arguments, server: server).outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let events = try outcome.lines()
        #expect(events.last?["status"]?.text == "finished")
        let calls = events.filter { $0["type"]?.text == "call.completed" }
        #expect(calls.count >= 4, "an instruction for each task, the work, and the end")
        for call in calls {
            #expect(call["isEstimated"] == .bool(false), "the server tells what was used")
            #expect((call["usage"]?["input"]?.integer ?? 0) > 0)
        }
    }
}
