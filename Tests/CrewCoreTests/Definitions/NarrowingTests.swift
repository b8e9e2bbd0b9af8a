import ChatModel
import CrewTools
import Testing

@testable import CrewCore

/// A recorded crew is held to what its file grants now.
struct NarrowingTests {
    private static let recorded = Crew(
        name: "c",
        goal: "g",
        models: [
            ModelDefinition(model: "m", baseURL: "https://own.example/v1", keyVariable: "OPENAI_API_KEY"),
            ModelDefinition(name: "far", model: "m", baseURL: "https://far.example/v1", keyVariable: "X"),
        ],
        tools: [
            ToolDefinition(name: "notes", builtin: "files", options: ["folder": "n", "write": true]),
            ToolDefinition(name: "web", builtin: "fetch", options: ["hosts": ["a.org", "b.org"]]),
            ToolDefinition(name: "sums", builtin: "calculator"),
        ],
        agents: [
            Agent("ann", role: "r", goal: "g", tools: ["notes", "sums"]),
            Agent("bob", role: "r", goal: "g", tools: ["web", "notes.read"], exemptions: [.ruleOfTwo]),
        ],
        tasks: [CrewTask("t", summary: "d")]
    )

    private static func narrowed(_ change: (inout Crew) -> Void) -> NarrowedCrew {
        var file = recorded
        change(&file)
        return recorded.narrowed(to: file)
    }

    @Test func whatIsTheSameStays() {
        let same = Self.narrowed { _ in }
        #expect(same == NarrowedCrew(crew: Self.recorded, differences: [], withdrawn: []))
    }

    @Test func whatIsGrantedInAdditionIsNotTaken() {
        let more = Self.narrowed { file in
            file.tools[1].options = ["hosts": ["a.org", "b.org", "c.org"]]
            file.agents[0].tools.append("web")
            file.agents[0].exemptions = [.ruleOfTwo]
            file.tools.append(ToolDefinition(name: "x", builtin: "files", options: ["folder": "/"]))
            file.models[1].model = "another"
        }
        #expect(more == NarrowedCrew(crew: Self.recorded, differences: [], withdrawn: []))
    }

    @Test func whatIsGrantedNoLongerIsTaken() {
        let readOnly = Self.narrowed { $0.tools[0].options = ["folder": "n"] }
        #expect(readOnly.crew.tools[0].options["write"] == false)
        #expect(readOnly.crew.agents[0].tools == ["notes", "sums"])
        #expect(readOnly.differences == ["the tool `notes` is no longer `write: true`"])

        let moved = Self.narrowed { $0.tools[0].options = ["folder": "n/sub", "write": true] }
        #expect(moved.crew.tools.map(\.name) == ["web", "sums"])
        #expect(moved.crew.agents.map(\.tools) == [["sums"], ["web"]])

        let fewer = Self.narrowed { $0.tools[1].options = ["hosts": ["b.org", "c.org"]] }
        #expect(fewer.crew.tools[1].options["hosts"] == ["b.org"])

        let parts = Self.narrowed { $0.agents[0].tools = ["notes.list"] }
        #expect(parts.crew.agents[0].tools == ["notes.list"])
        #expect(parts.differences == ["`ann` has no longer all of `notes`, `sums`"])

        let gone = Self.narrowed { file in
            file.agents.removeLast()
            file.tools[2].builtin = "fetch"
        }
        #expect(gone.crew.agents.map(\.tools) == [["notes"], []])
        #expect(gone.crew.agents[1].exemptions == [])
    }

    @Test func aWriterOfAToolThatMayNoLongerWriteHasNothing() {
        var recorded = Self.recorded
        recorded.agents[0].tools = ["notes.write"]
        var file = recorded
        file.tools[0].options = ["folder": "n"]
        #expect(recorded.narrowed(to: file).crew.agents[0].tools == [])
    }

    @Test func anEndpointOrAVariableThatIsWithdrawnEndsIt() {
        let other = Self.narrowed { $0.models[1].baseURL = "https://other.example/v1" }
        #expect(other.withdrawn == ["the model `far` at https://far.example"])
        #expect(Self.narrowed { $0.models[1].keyVariable = nil }.withdrawn.count == 1)
        #expect(Self.narrowed { $0.models[1].keyVariable = "Y" }.withdrawn.count == 1)
        #expect(Self.narrowed { $0.models.removeLast() }.withdrawn.count == 1)
        #expect(Self.narrowed { $0.models.removeFirst() }.withdrawn == ["the model `default` at https://own.example"])
        #expect(Self.narrowed { $0.models[1].certificateAuthorities = "/ca.pem" }.withdrawn.count == 1)
        var local = Self.recorded
        local.models[0].baseURL = "http://127.0.0.1:8080/v1"
        #expect(local.narrowed(to: Self.recorded).withdrawn == [], "what stays on this machine")
        #expect(Self.narrowed { $0.models[1].baseURL = "https://far.example:443/v2" }.withdrawn == [])
    }
}
