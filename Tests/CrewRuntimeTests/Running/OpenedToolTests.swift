import ChatModel
import CrewCore
import CrewTesting
import Synchronization
import Testing

@testable import CrewRuntime

/// What is opened for a run is closed once, however it ends.
struct OpenedToolTests {
    private final class Counted: ToolProvider {
        let name = "counted", summary = "Counts how often it is opened and closed."
        let opened = Mutex(0), closed = Mutex(0)

        func open(
            _ name: String,
            _ options: ToolOptions,
            in surroundings: ToolSurroundings
        ) async throws(ToolboxError) -> OpenedTools {
            opened.withLock { $0 += 1 }
            return OpenedTools([]) { self.closed.withLock { $0 += 1 } }
        }

        var balance: [Int] { [opened.withLock(\.self), closed.withLock(\.self)] }
    }

    private static let crew: Crew = {
        var crew = Crew.pair(.sequential)
        crew.tools = [ToolDefinition(name: "x", builtin: "counted")]
        return crew
    }()

    private func engine(
        _ provider: Counted,
        _ model: ScriptedModel,
        _ journal: any Journal = MemoryJournal()
    ) throws -> CrewEngine {
        try CrewEngine(models: ScriptedProvider(model), journal: journal, tools: [provider], clock: TestClock().run)
    }

    @Test func afterAnAnswerAFailureAndAPreview() async throws {
        let provider = Counted()
        let sound = try engine(provider, ScriptedModel(answers: ["work"]))
        #expect(try await sound.run(Self.crew).status == .finished)
        #expect(provider.balance == [1, 1])
        let failing = ScriptedModel { _, _ throws(ChatError) in throw ChatError(.credentials, "no", wasSent: true) }
        #expect(try await engine(provider, failing).run(Self.crew).status == .failed)
        #expect(provider.balance == [2, 2])
        _ = try await sound.preview(Self.crew)
        #expect(provider.balance == [3, 3])
    }

    @Test func afterAnInterruptionAndWhenTheRunIsTakenUp() async throws {
        let provider = Counted()
        let journal = MemoryJournal()
        let model = ScriptedModel(answers: ["work"])
        let run = try await engine(provider, model, journal).withRun(Self.crew) { run in
            for await _ in run { break }
            return run.id
        }
        #expect(provider.balance == [1, 1])
        if try await engine(provider, model, journal).state(of: run).status == .finished { return }
        #expect(try await engine(provider, model, journal).resume(run).status == .finished)
        #expect(provider.balance == [2, 2])
    }
}
