import Evidence
import Foundation
import Testing

/// An independent server's faults, and its judgement.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct FaultServerTests {
    /// Something that goes wrong, how the run ends, and how many requests that takes.
    private struct Scenario {
        var name: String
        var behaviours: String
        var status: Int32 = 0
        /// The four calls of the run, and one for the attempt that failed.
        var attempts = 5
        /// What the judge may find; errors are never among it.
        var warnings: Set<String> = []
    }

    private static let scenarios = [
        Scenario(name: "nothing", behaviours: "", attempts: 4),
        Scenario(name: "rate limit", behaviours: #"{"type":"fail","status":429,"retry_after":1}"#),
        Scenario(name: "rate limit without a time", behaviours: #"{"type":"fail","status":429}"#),
        Scenario(
            name: "rate limit twice",
            behaviours: #"{"type":"fail","status":429,"retry_after":1,"times":2}"#,
            attempts: 6
        ),
        Scenario(name: "500", behaviours: #"{"type":"fail","status":500}"#),
        Scenario(name: "503", behaviours: #"{"type":"fail","status":503}"#),
        Scenario(name: "529", behaviours: #"{"type":"fail","status":529}"#),
        // Two random waits can happen to be alike.
        Scenario(
            name: "500 twice",
            behaviours: #"{"type":"fail","status":500,"times":2}"#,
            attempts: 6,
            warnings: ["no_backoff"]
        ),
        Scenario(
            name: "outage",
            behaviours: #"{"type":"fail","status":503,"times":null}"#,
            status: 3,
            attempts: 3,
            warnings: ["no_backoff"]
        ),
        Scenario(name: "400", behaviours: #"{"type":"fail","status":400}"#, status: 3, attempts: 1),
        Scenario(name: "401", behaviours: #"{"type":"fail","status":401}"#, status: 3, attempts: 1),
        Scenario(name: "403", behaviours: #"{"type":"fail","status":403}"#, status: 3, attempts: 1),
        Scenario(name: "404", behaviours: #"{"type":"fail","status":404}"#, status: 3, attempts: 1),
        Scenario(name: "422", behaviours: #"{"type":"fail","status":422}"#, status: 3, attempts: 1),
        Scenario(
            name: "long wait",
            behaviours: #"{"type":"fail","status":429,"retry_after":3600}"#,
            status: 3,
            attempts: 1,
            warnings: ["gave_up"]
        ),
        Scenario(name: "truncate", behaviours: #"{"type":"stream_fault","kind":"truncate","after_chunks":2}"#),
        Scenario(name: "disconnect", behaviours: #"{"type":"stream_fault","kind":"disconnect","after_chunks":2}"#),
        // The judge sees the next attempt as another call when it has not yet seen the end of this one.
        Scenario(
            name: "corrupt",
            behaviours: #"{"type":"stream_fault","kind":"malformed","after_chunks":1}"#,
            warnings: ["malformed_chunk_ignored"]
        ),
        Scenario(
            name: "stall",
            behaviours: #"{"type":"stream_fault","kind":"stall","after_chunks":1,"stall_seconds":30}"#
        ),
        Scenario(name: "slow first token", behaviours: #"{"type":"slow_first_token","seconds":30}"#),
        Scenario(name: "delay", behaviours: #"{"type":"delay","seconds":1}"#, attempts: 4),
    ]

    @Test func everyFaultIsSurvivedOrReported() async throws {
        let work = try Workspace()
        // llmock takes the first thing that is legal, so the crew leaves it little choice.
        let process = "process: {pattern: coordinator, max_revisions: 0, max_plans: 1}"
        try work.write(
            Crews.coordinated.replacing("process: coordinator", with: process)
                + "models: {default: {model: gpt-5-mini, timeout: 3s, first_byte_timeout: 2s}}\n",
            to: "crew.yaml"
        )
        try await FaultServer.with(work) { server in
            for scenario in Self.scenarios {
                try await server.prepare(scenario.behaviours)
                let outcome = try await work.crew(
                    "run",
                    "crew.yaml",
                    "--output",
                    "json",
                    server: server.url,
                    key: "sk-x"
                )
                let (passed, attempts, faults, findings) = try await server.verdict()
                let account = "\(scenario.name): \(findings), \(attempts) attempts, \(outcome.errors)"
                #expect(outcome.status == scenario.status, "\(account)")
                #expect(passed, "\(account)")
                #expect(Set(findings).isSubset(of: scenario.warnings), "\(account)")
                #expect(attempts == scenario.attempts, "\(account)")
                // Waiting is no fault in its eyes.
                let isFault = scenario.behaviours.contains("fail") || scenario.behaviours.contains("fault")
                #expect((faults > 0) == isFault, "\(account)")
                let object = try outcome.object()
                #expect(object["status"]?.text == (scenario.status == 0 ? "finished" : "failed"), "\(account)")
                #expect((object["result"]?.text?.isEmpty == false) == (scenario.status == 0), "\(account)")
                if scenario.behaviours.isEmpty { continue }
                try Evidence.record(
                    scenario.behaviours.contains("stream_fault") ? .neverTruncated : .bounded,
                    findings.isEmpty
                        ? "llmock's strict verdict on a run with a fault: no finding"
                        : "llmock's verdict on a run with a fault: passed, with a warning that is expected",
                    cases: 1
                )
            }
        }
    }

    @Test(
        "A model that calls its tools wrongly is told so, and the run goes on",
        arguments: [
            "malformed_arguments", "unknown_tool",
        ]
    )
    func brokenToolCalls(kind: String) async throws {
        let work = try Workspace()
        let tools = "scout: {role: a scout, goal: Find what matters, tools: [calc]}"
        try work.write(
            Crews.sequence.replacing("scout: {role: a scout, goal: Find what matters}", with: tools)
                + "tools: {calc: {builtin: calculator}}\n",
            to: "crew.yaml"
        )
        try await FaultServer.with(work) { server in
            try await server.prepare("{\"type\":\"tool_fault\",\"kind\":\"\(kind)\"}")
            let outcome = try await work.crew("run", "crew.yaml", "--output", "json", server: server.url, key: "sk-x")
            let (passed, attempts, _, findings) = try await server.verdict()
            let account = "\(kind): \(findings), \(attempts) attempts, \(outcome.errors)"
            #expect(outcome.status == 0, "\(account)")
            #expect(passed && findings.isEmpty && attempts == 3, "\(account)")
            // The calculator was not called; what the model reads instead is an error.
            let events = try await work.crew("show", "last", "--events").lines()
            let outcomes = events.filter { $0["type"]?.text == "tool.completed" }.map { $0["outcome"]?.text }
            #expect(outcomes == ["rejected"], "\(account)")
        }
        try Evidence.record(.bounded, "llmock's strict verdict on a run with a fault: no finding", cases: 1)
    }

    @Test("Quotas that are used up, and a prompt that is too long")
    func quotas() async throws {
        let work = try Workspace()
        let crew = Crews.sequence.replacing(
            "  text: {description: \"A text about {{topic}}.\", agent: writer}\n",
            with: ""
        )
        try work.write(crew + "models: {default: {model: gpt-5-mini, max_output: 1000}}\n", to: "crew.yaml")
        // A request in four seconds once they are used up; 400 tokens a second, of which a request needs 1,000 and more.
        let settings = ["LLMOCK_RPM=15", "LLMOCK_TPM=24000", "LLMOCK_CONTEXT_WINDOW=8000"]
        try await FaultServer.with(work, settings: settings) { server in
            for output in [1, 1_000] {
                var faults = 0
                // Again, should the machine have been so slow that there was room once more.
                for number in 1...3 where faults == 0 {
                    let key = "sk-\(output)-\(number)"
                    try await server.exhaust(key, output: output)
                    let outcome = try await work.crew(
                        "run",
                        "crew.yaml",
                        "--output",
                        "json",
                        server: server.url,
                        key: key
                    )
                    let verdict = try await server.verdict()
                    let account = "\(output): \(verdict), \(outcome.errors)"
                    faults = verdict.faults
                    #expect(outcome.status == 0, "\(account)")
                    #expect(verdict.passed && verdict.findings.isEmpty && verdict.attempts <= 3, "\(account)")
                }
                #expect(faults >= 1)
                try Evidence.record(
                    .bounded,
                    "llmock's strict verdict on a run with a fault: no finding",
                    cases: 1
                )
            }
            try await server.prepare("")
            let topic = String(repeating: "a long word and ", count: 2_800)
            let outcome = try await work.crew(
                "run",
                "crew.yaml",
                "--output",
                "json",
                "--input",
                "topic=\(topic)",
                server: server.url,
                key: "sk-x"
            )
            let (passed, attempts, _, findings) = try await server.verdict()
            let account = "\(findings), \(attempts) attempts, \(outcome.errors)"
            #expect(outcome.status != 0 && passed && findings.isEmpty && attempts == 1, "\(account)")
            #expect(try outcome.object()["error"]?["code"]?.text == "context_too_long", "\(account)")
        }
        try Evidence.record(.bounded, "llmock's strict verdict on a run with a fault: no finding", cases: 1)
    }
}
