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
        Scenario(name: "404", behaviours: #"{"type":"fail","status":404}"#, status: 3, attempts: 1),
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
            }
        }
    }
}
