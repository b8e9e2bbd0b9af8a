import ChatModel
import Foundation
import CrewTools
import Testing

@testable import CrewCore

/// Crews as members of crews, as values.
struct MemberCrewTests {
    private static func crew(
        _ name: String,
        models: [ModelDefinition] = [],
        inputs: [CrewInput] = [],
        _ members: [MemberCrew] = []
    ) -> Crew {
        Crew(
            name: name,
            goal: "g",
            inputs: inputs,
            models: models,
            agents: [Agent("writer", role: "r", goal: "g")],
            crews: members,
            tasks: [CrewTask("t", summary: "s")]
        )
    }

    /// A crew of three levels; `press` defines a model and an output, `desk` within it nothing.
    private static let tree: Crew = {
        let desk = crew("desk", [MemberCrew("facts", crew: crew("facts", models: [ModelDefinition(model: "f")]))])
        let press = crew(
            "press",
            models: [
                ModelDefinition(name: "default", model: "p", fallback: "spare"),
                ModelDefinition(name: "own", model: "o"),
            ],
            [MemberCrew("desk", crew: desk)]
        )
        return crew(
            "report",
            models: [ModelDefinition(model: "m"), ModelDefinition(name: "spare", model: "s")],
            [MemberCrew("press", crew: press), MemberCrew("plain", crew: crew("plain"))]
        )
    }()

    @Test func membersAreAgentsAndCrews() {
        #expect(Self.tree.members == ["writer", "press", "plain"])
        #expect(Self.tree.member("press")?.crew.name == "press")
        #expect(Self.tree.member("writer") == nil)
    }

    @Test func aBuilderTakesMembers() {
        let built = Crew("report", goal: "g") {
            MemberCrew("plain", crew: Self.crew("plain"), inputs: ["a": 1], limits: [.calls(3)], summary: "s")
            Agent("writer", role: "r", goal: "g")
        }
        #expect(built.members == ["writer", "plain"])
        #expect(built.crews.first?.limits.calls == 3)
    }

    @Test func whatStandsInTheTreeIsKnownByItsPath() {
        let tree = Self.tree
        #expect(tree.tree.map(\.prefix) == ["", "press/", "press/desk/", "press/desk/facts/", "plain/"])
        #expect(
            tree.allAgents.map(\.path) == [
                "writer", "press/writer", "press/desk/writer", "press/desk/facts/writer", "plain/writer",
            ]
        )
        #expect(
            tree.allModels.map(\.name)
                == ["default", "spare", "press/default", "press/own", "press/desk/facts/default"]
        )
        #expect(tree.crew(at: ["press", "desk"])?.name == "desk")
        #expect(tree.crew(at: ["desk"]) == nil)
        #expect(tree.agent(at: "writer") != nil)
        #expect(tree.agent(at: "press/desk/writer") != nil)
        #expect(tree.agent(at: "press/nobody") == nil)
        #expect(tree.model(qualified: "press/default")?.model == "p")
        #expect(tree.model(qualified: "default")?.model == "m")
        #expect(tree.model(qualified: "plain/default") == nil)
    }

    @Test func aModelIsLookedForOutwards() {
        let tree = Self.tree
        #expect(tree.qualifiedModel(nil, seenFrom: []) == "default")
        #expect(tree.qualifiedModel(nil, seenFrom: ["press"]) == "press/default")
        #expect(tree.qualifiedModel(nil, seenFrom: ["press", "desk"]) == "press/default")
        #expect(tree.qualifiedModel(nil, seenFrom: ["press", "desk", "facts"]) == "press/desk/facts/default")
        #expect(tree.qualifiedModel(nil, seenFrom: ["plain"]) == "default")
        #expect(tree.qualifiedModel("spare", seenFrom: ["press", "desk"]) == "spare")
        #expect(tree.qualifiedModel("own", seenFrom: ["press", "desk", "facts"]) == "press/own")
        #expect(tree.qualifiedModel("own", seenFrom: ["plain"]) == nil)
        #expect(tree.qualifiedFallback(of: "press/default") == "spare")
        #expect(tree.qualifiedFallback(of: "press/own") == nil)
    }

    @Test func aTreeIsBounded() {
        func chain(_ length: Int) -> Crew {
            (1..<length).reduce(Self.crew("c")) { inner, _ in Self.crew("c", [MemberCrew("m", crew: inner)]) }
        }
        #expect(chain(Crew.deepestTree).isBoundedTree)
        #expect(!chain(Crew.deepestTree + 1).isBoundedTree)
        // Six levels of which each holds the next ten times: a value of a few kilobytes, and a tree of a million crews.
        let wide = (0..<6).reduce(Self.crew("c")) { inner, _ in
            Self.crew("c", (0..<10).map { MemberCrew("m\($0)", crew: inner) })
        }
        #expect(!wide.isBoundedTree)
        #expect(wide.problems().map(\.message) == ["there are too many crews within crews"])
        #expect(wide.doubts() == [])
        let broad = Self.crew("c", (1..<Crew.largestTree).map { MemberCrew("m\($0)", crew: Self.crew("c")) })
        #expect(broad.isBoundedTree)
        #expect(!Self.crew("d", broad.crews + [MemberCrew("m", crew: Self.crew("c"))]).isBoundedTree)
    }

    @Test func placeholdersOfInputsStandForTheInputsAround() throws {
        let inner = Self.crew(
            "inner",
            inputs: [
                CrewInput(name: "subject"), CrewInput(name: "count", type: .integer),
                CrewInput(name: "length", type: .integer, defaultValue: 5), CrewInput(name: "label"),
            ]
        )
        let member = MemberCrew(
            "m",
            crew: inner,
            inputs: ["subject": "all of {{topic}}", "count": "{{number}}", "label": "{{number}}"]
        )
        let values = try member.resolveInputs(around: ["topic": "{{number}}", "number": 3])
        #expect(values == ["subject": "all of {{number}}", "count": 3, "length": 5, "label": "3"])
        #expect(throws: InputError.self) { try member.resolveInputs(around: ["topic": "t"]) }
        #expect(throws: InputError.self) { try member.resolveInputs(around: ["topic": "t", "number": "many"]) }
        #expect(throws: InputError.self) { try MemberCrew("m", crew: inner).resolveInputs(around: [:]) }
    }

    @Test func aCrewWithoutMembersIsWrittenAsBefore() throws {
        let text = try Self.text(Self.crew("c"))
        #expect(!text.contains("crews"))
        #expect(text.hasSuffix(#""maximumAssignments":8},"limits":{}}"#))
        #expect(Crew.team(.sequential).isPlain)
    }

    @Test func membersAndCoordinatorsAreReadAgain() throws {
        var crew = Self.tree
        crew.crews[0].inputs = ["b": 2, "a": "x", "c": true]
        crew.crews[0].limits = [.calls(4)]
        crew.crews[0].file = "/crews/press.yaml"
        crew.crews[0].folder = "/crews"
        crew.process = CrewProcess(pattern: .coordinator, tools: ["calculator"], limits: [.tokens(9)])
        let text = try Self.text(crew)
        #expect(try JSONDecoder().decode(Crew.self, from: Data(text.utf8)) == crew)
        #expect(text.contains(#""inputs":"{\"a\":\"x\",\"b\":2,\"c\":true}""#))
        var again = crew
        again.crews[0].inputs = ["c": true, "a": "x", "b": 2]
        #expect(try Self.text(again) == text)
    }

    @Test func whoeverDoesNotKnowOfMembersDoesNotReadTheRun() throws {
        let created = RunCreated(
            run: "r",
            crew: Self.crew("c"),
            inputs: [:],
            limits: Limits(),
            prompts: "p",
            folder: "/"
        )
        #expect(Fact.runCreated(created).version == 1)
        var nested = created
        nested.crew = Self.tree
        #expect(Fact.runCreated(nested).version == 2)
        nested.crew = Self.crew("c")
        nested.crew.process.tools = ["calculator"]
        #expect(Fact.runCreated(nested).version == 2)
    }

    private static func text(_ crew: Crew) throws -> String {
        var writer = JSONWriter()
        try writer.encodable(crew)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
