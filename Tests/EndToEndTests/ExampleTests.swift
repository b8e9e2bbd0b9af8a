import Foundation
import ScriptedServer
import Testing

/// The crews in `Crews/`, every one of them: whoever adds one has it checked and run here.
@Suite(.timeLimit(.minutes(5)))
struct ExampleTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Crews").path

    /// Every YAML file below `Crews/`.
    static let files = (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.sorted()

    /// What the tools of the examples are called with; without an entry, the least that follows the tool's schema.
    private static let arguments = [
        "receipts_read": #"{"path":"receipts.csv"}"#, "calculator": #"{"expression":"0.1 + 0.2"}"#,
        "reports_write": #"{"path":"report.md","content":"What it cost.\n"}"#,
    ]

    private let work: Workspace

    init() throws {
        work = try Workspace()
        try FileManager.default.copyItem(atPath: Self.root, toPath: work.path + "/Crews")
    }

    @Test func theExamplesAreFound() {
        #expect(Self.files.contains("quickstart/crew.yaml") && Self.files.count >= 3, "\(Self.files)")
    }

    @Test("Each example is in order", arguments: files)
    func check(file: String) async throws {
        try await ChatServer.with { _ in
            .text("")
        } _: { server in
            let outcome = try await work.crew("check", "Crews/" + file, server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.output.hasPrefix("ok: "))
            #expect(outcome.errors.isEmpty, "an example has nothing to warn of: \(outcome.errors)")
        }
    }

    @Test("Each example runs to its end", arguments: files)
    func run(file: String) async throws {
        try await ChatServer.with {
            CapableModel.reply($0, Self.arguments)
        } _: { server in
            let outcome = try await work.crew("run", "Crews/" + file, "--output", "json", server: server.url)
            #expect(outcome.status == 0, "\(outcome.errors)")
            let object = try outcome.object()
            #expect(object["status"]?.text == "finished" && object["missing"] == .array([]))
            #expect(object["result"]?.text?.isEmpty == false)
            let store = (("Crews/" + file) as NSString).deletingLastPathComponent + "/.crew"
            let events = try await work.crew("show", "last", "--events", "--store", store).lines()
            // A tool that refuses what it is asked would make this a weak example of a run.
            for event in events where event["type"]?.text == "tool.completed" {
                #expect(event["outcome"]?.text == "completed", "\(event)")
            }
            #expect(!events.contains { ["answer.rejected", "call.failed"].contains($0["type"]?.text ?? "") })
            // Without a key or a word of consent: an example asks for nothing that a stranger would have to grant.
            #expect(server.requests.allSatisfy { $0.request["authorization"] == nil })
        }
    }
}
