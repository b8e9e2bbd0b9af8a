import Foundation
import ScriptedServer
import Synchronization
import Testing

/// `Docs/tutorial.md`, followed to the letter in a fresh folder: each file is saved, each command typed, and what the page
/// says is printed must be printed.
@Suite(.timeLimit(.minutes(5)))
struct TutorialTests {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Docs/tutorial.md").path

    /// The model of the page, which can be made to keep an agent waiting.
    private final class Model: Sendable {
        private struct State {
            var holdsWriter = false
            var release = Latch()
            var isHeld = Latch()
        }

        private let state = Mutex(State())

        func reply(_ call: ChatCall) -> ChatReply {
            let (isHeld, release) = state.withLock { state -> (Latch?, Latch) in
                let holds = state.holdsWriter && call.system.contains("Writer")
                return (holds ? state.isHeld : nil, state.release)
            }
            if let isHeld {
                isHeld.fire()
                release.waitBlocking()
            }
            return CapableModel.reply(
                call,
                [
                    "notes_read": #"{"path":"geysers.md"}"#,
                    "notes_write": #"{"path":"geysers.md","content":"Geysers erupt.\n"}"#,
                ]
            )
        }

        /// Keeps whoever asks as the writer waiting while something is done.
        func holdingWriter(_ body: (_ isHeld: Latch) async throws -> Void) async throws {
            let held = state.withLock { state in
                state.holdsWriter = true
                return state.isHeld
            }
            defer {
                state.withLock { state in
                    state.holdsWriter = false
                    state.release.fire()
                    state.release = Latch()
                    state.isHeld = Latch()
                }
            }
            try await body(held)
        }
    }

    @Test func everyCommandDoesWhatThePageSays() async throws {
        let guide = try Guide(Self.page)
        let work = try Workspace()
        // What a person has on the way: the program, and a server that has the model already.
        try FileManager.default.createDirectory(atPath: work.path + "/bin", withIntermediateDirectories: true)
        for (name, target) in [("crew", try Workspace.program()), ("ollama", "/usr/bin/true")] {
            try FileManager.default.createSymbolicLink(atPath: "\(work.path)/bin/\(name)", withDestinationPath: target)
        }
        try FileManager.default.createDirectory(atPath: work.path + "/home", withIntermediateDirectories: true)

        let model = Model()
        try await ChatServer.with(replying: model.reply) { server in
            var printed = ""
            var commands = 0
            var outputs = 0
            for step in guide.steps {
                switch step {
                case .file(let name, let text): try work.write(text, to: "home/first-crew/\(name)")
                case .commands(let text, let line):
                    commands += 1
                    let script = Self.script(text, server.url)
                    if text.contains("# press Ctrl-C") {
                        try await model.holdingWriter { isHeld in
                            let process = try work.start(
                                program: ["/bin/sh", "-c", script],
                                adding: ["ROOT": work.path]
                            )
                            await isHeld.wait()
                            process.send(SIGINT)
                            let outcome = await process.outcome()
                            #expect(outcome.status == 130, "line \(line): \(outcome.errors)")
                            printed = outcome.output + outcome.errors
                        }
                        continue
                    }
                    let process = try work.start(program: ["/bin/sh", "-c", script], adding: ["ROOT": work.path])
                    let outcome = await process.outcome()
                    #expect(outcome.status == 0, "line \(line): \(text)\n\(outcome.output)\(outcome.errors)")
                    printed = outcome.output + outcome.errors
                case .output(let lines, let line):
                    outputs += 1
                    let missing = Guide.missing(lines, in: printed)
                    #expect(missing.isEmpty, "line \(line): not printed: \(missing)\nbut: \(printed)")
                }
            }
            #expect(commands >= 14 && outputs >= 10, "the page was not read as it is written")
            let folder = "home/first-crew/"
            for file in ["geysers.md", "page.md", "volcanoes.md", "facts.json", "notes/geysers.md"] {
                #expect(work.read(folder + file)?.isEmpty == false, "\(file) is empty")
            }
        }
    }

    /// The commands in the folder and with the variables that those before have left.
    private static func script(_ text: String, _ server: String) -> String {
        let text = text.replacing("http://127.0.0.1:11434/v1", with: server)
        let isLast = text.contains("# press Ctrl-C")
        return """
            export HOME="$ROOT/home" PATH="$ROOT/bin:$PATH"
            cd "$HOME"
            if [ -f "$ROOT/variables" ]; then . "$ROOT/variables"; fi
            set -e
            exec 2>&1
            \(isLast ? "exec " : "")\(text)
            printf 'export OPENAI_BASE_URL="%s" OPENAI_MODEL="%s"\\ncd "%s"\\n' \\
                "$OPENAI_BASE_URL" "$OPENAI_MODEL" "$PWD" > "$ROOT/variables"
            """
    }
}
