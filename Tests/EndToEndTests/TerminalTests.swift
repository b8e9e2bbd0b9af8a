import Foundation
import ScriptedServer
import Testing

/// The live view on a real terminal with a shell that has job control.
@Suite(.timeLimit(.minutes(5)))
struct TerminalTests {
    @Test("Ctrl-Z gives the terminal back, fg takes the view up anew, and a narrower window is filled anew")
    func jobControl() async throws {
        let python = try #require(
            ProcessInfo.processInfo.environment["CREW_TEST_PYTHON"],
            "CREW_TEST_PYTHON has to name a python; `make test` sets it"
        )
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Support/terminal.py").path
        let work = try Workspace()
        try work.write(
            """
            crew: hand
            goal: Say something.
            agents:
              scout: {role: a scout, goal: Find what matters}
            tasks:
              facts: {description: Facts., agent: scout}

            """,
            to: "crew.yaml"
        )
        // A terminal that cuts lines off, as the one of the script does; that others break them is tested elsewhere.
        let isOver = Latch()
        try await ChatServer.with { _, _ in
            isOver.waitBlocking()
        } _: { server in
            let arguments = [python, script, try Workspace.program(), "run", "crew.yaml"]
            let variables = ["OPENAI_BASE_URL": server.url, "TERM": "linux"]
            let outcome = try await work.start(program: arguments, adding: variables).outcome()
            isOver.fire()
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        }
    }
}
