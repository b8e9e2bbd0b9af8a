import ChatModel
import CrewCore
import CrewTesting
import CrewTools
import Testing

@testable import CrewRuntime

/// The tools of a tree of crews: each agent has those of its own crew, in its crew's folder.
struct MemberToolboxTests {
    let scratch: TemporaryFolder

    init() throws {
        scratch = try TemporaryFolder()
        for name in ["notes", "press", "press/notes"] { try scratch.folder(name) }
        try scratch.write("outside", to: "notes/where.txt")
        try scratch.write("in the press", to: "press/notes/where.txt")
    }

    private static let notes = ToolDefinition(name: "notes", builtin: "files", options: ["folder": "notes"])

    private func crew(_ tools: [ToolGrant] = ["notes"], folder: String?) -> Crew {
        let desk = Crew(
            name: "desk",
            goal: "g",
            tools: [Self.notes],
            agents: [Agent("clerk", role: "r", goal: "g", tools: ["notes.read"])]
        )
        let press = Crew(
            name: "press",
            goal: "g",
            tools: [Self.notes, ToolDefinition(name: "sums", builtin: "calculator")],
            agents: [Agent("writer", role: "r", goal: "g", tools: tools)],
            crews: [MemberCrew("desk", crew: desk)],
            process: CrewProcess(pattern: .coordinator, tools: ["sums"])
        )
        return Crew(
            name: "c",
            goal: "g",
            tools: [Self.notes],
            agents: [Agent("writer", role: "r", goal: "g", tools: ["notes.read"])],
            crews: [MemberCrew("press", crew: press, folder: folder)]
        )
    }

    private func toolbox(_ crew: Crew) async throws -> Toolbox {
        try await Toolbox(crew: crew, folder: scratch.path, providers: BuiltinTools.providers(web: nil))
    }

    @Test func everyAgentIsKnownByItsPath() async throws {
        let box = try await toolbox(crew(folder: nil))
        let names = ["writer", "press/writer", "press/(coordinator)", "press/desk/clerk", "(coordinator)", "clerk"].map
        {
            box.specifications(for: $0).map(\.declaration.name)
        }
        #expect(names == [["notes_read"], ["notes_read", "notes_list"], ["sums"], ["notes_read"], [], []])
        await box.close()
    }

    @Test func aMembersFolderIsItsFiles() async throws {
        let box = try await toolbox(crew(folder: "\(scratch.path)/press"))
        for (agent, text) in [
            ("writer", "outside"), ("press/writer", "in the press"), ("press/desk/clerk", "in the press"),
        ] {
            let context = ToolContext(run: "r", agent: agent, idempotencyKey: "k")
            let outcome = await box.call("notes_read", arguments: #"{"path": "where.txt"}"#, context: context)
            guard case .completed(let said) = outcome else {
                Issue.record("\(agent): \(outcome)")
                continue
            }
            #expect(said.contains(text), "\(agent): \(said)")
        }
        await box.close()
    }

    @Test func whatTheCrewAroundItDeclaresIsNotAMembers() async throws {
        await #expect(throws: ToolboxError.self) { try await toolbox(crew(["web"], folder: nil)) }
        var outer = crew(folder: nil)
        outer.agents[0].tools = ["sums"]
        await #expect(throws: ToolboxError.self) { try await toolbox(outer) }
    }

    @Test func aFolderOfAMemberThatIsNotThereIsTold() async throws {
        let error = await #expect(throws: ToolboxError.self) {
            try await toolbox(crew(folder: "\(scratch.path)/elsewhere"))
        }
        #expect(error?.code == .badFolder)
    }
}
