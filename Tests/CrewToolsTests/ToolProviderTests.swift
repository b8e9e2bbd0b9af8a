import ChatModel
import CrewCore
import Synchronization
import Testing

@testable import CrewRuntime

/// What is opened for a run is closed once, however the run ends.
struct ToolProviderTests {
    /// A built-in that writes down what happens to it, and whose options have the names of another's and other types.
    private final class Recorded: ToolProvider {
        let name: String
        let summary = "Writes down what happens to it."
        let options = [ToolOption.permission("folder", "Whether it is one.")]
        let happened = Mutex<[String]>([])
        let fails: Bool

        init(_ name: String, fails: Bool = false) {
            self.name = name
            self.fails = fails
        }

        func open(
            _ name: String,
            _ options: ToolOptions,
            in surroundings: ToolSurroundings
        ) async throws(ToolboxError) -> OpenedTools {
            await Task.yield()
            if fails { throw ToolboxError(.badFolder, tool: name, "it is not there") }
            happened.withLock { $0.append("open \(name) \(options.isSet("folder"))") }
            return OpenedTools([try OpenedTools.Part(nil, Nothing(), of: name)]) {
                self.happened.withLock { $0.append("close \(name)") }
            }
        }
    }

    private struct Nothing: Tool {
        struct Input: Generable {}
        let name = "nothing", summary = "Does nothing."
        var effects: ToolEffects { [] }
        func call(_ input: Input, context: ToolContext) -> String { "nothing done" }
    }

    private func crew(_ tools: [ToolDefinition], granted: [ToolGrant]) -> Crew {
        Crew(
            name: "c",
            goal: "g",
            models: [ModelDefinition(model: "m")],
            tools: tools,
            agents: [Agent("a", role: "r", goal: "g", tools: granted)],
            tasks: [CrewTask("t", summary: "d")]
        )
    }

    private func open(_ crew: Crew, _ providers: [any ToolProvider]) async throws -> Toolbox {
        try await Toolbox(crew: crew, folder: "/", providers: providers)
    }

    @Test func whatIsOpenedIsClosed() async throws {
        let provider = Recorded("p")
        let crew = crew(
            [
                ToolDefinition(name: "x", builtin: "p", options: ["folder": true]),
                ToolDefinition(name: "y", builtin: "p"),
            ],
            granted: ["x", "y"]
        )
        let box = try await open(crew, [provider])
        #expect(provider.happened.withLock(\.self) == ["open x true", "open y false"])
        let context = ToolContext(run: "r", agent: "a", idempotencyKey: "k")
        #expect(await box.call("x", arguments: "", context: context) == .completed("nothing done"))
        await box.close()
        #expect(Set(provider.happened.withLock { $0.dropFirst(2) }) == ["close x", "close y"])
    }

    @Test func whatIsOpenedIsClosedWhenTheRestCannotBeOpened() async throws {
        let first = Recorded("p")
        let tools = [ToolDefinition(name: "x", builtin: "p"), ToolDefinition(name: "y", builtin: "q")]
        await #expect(throws: ToolboxError.self) {
            try await open(crew(tools, granted: ["x"]), [first, Recorded("q", fails: true)])
        }
        #expect(first.happened.withLock(\.self) == ["open x false", "close x"])
    }

    @Test func whatIsOpenedIsClosedWhenAGrantIsWrong() async throws {
        let provider = Recorded("p")
        await #expect(throws: ToolboxError.self) {
            try await open(crew([ToolDefinition(name: "x", builtin: "p")], granted: ["z"]), [provider])
        }
        #expect(provider.happened.withLock(\.self) == ["open x false", "close x"])
    }

    /// An option is what its own built-in says, whatever another calls by the name.
    @Test func optionsAreABuiltInsOwn() {
        let crew = crew([ToolDefinition(name: "x", builtin: "p", options: ["folder": "notes"])], granted: ["x"])
        let said = crew.problems(builtins: [Recorded("p")]).map(\.description)
        #expect(said == ["tools.x.folder: `folder` is a string, not a boolean"])
    }
}
