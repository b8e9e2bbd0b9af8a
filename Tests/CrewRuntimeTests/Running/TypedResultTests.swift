import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Foundation
import Testing

/// Tasks whose results are values of Swift types.
struct TypedResultTests {
    struct Brief: Codable, Generable, Equatable {
        var title: String
        var sources: [String]
        var note: String?

        static var guides: [Guide] { [Guide("sources", "Where it stands", ["minItems": 1])] }
    }

    private static func crew(_ tasks: [CrewTask]) -> Crew { .pair(.sequential, tasks: tasks) }

    private static func run(_ crew: Crew, _ answers: [String]) async throws -> (RunResult, ScriptedModel) {
        let model = ScriptedModel(answers: answers)
        let engine = try CrewEngine(models: ScriptedProvider(model))
        return (try await engine.run(crew), model)
    }

    @Test func aTaskWithATypeGivesAValueOfIt() async throws {
        let task = CrewTask("brief", "A sourced brief", agent: "writer", output: Brief.self)
        #expect(task.output == (try Brief.makeSchema()))
        // The first answer lacks a source, which only the guide asks for.
        let answers = [#"{"title":"Tides","sources":[]}"#, #"{"sources":["Newton"],"title":"Tides","note":null}"#]
        let (result, model) = try await Self.run(Self.crew([task]), answers)
        #expect(result.status == .finished)
        #expect(model.requests.count == 2)
        #expect(model.requests[1].lastText.contains("/sources"))
        #expect(try result.value(of: "brief", as: Brief.self) == Brief(title: "Tides", sources: ["Newton"]))
        #expect(try result.value(of: "brief") == ["title": "Tides", "sources": ["Newton"]] as [String: JSONValue])
        #expect(result.result(of: "brief")?.isStructured == true)
    }

    @Test func whatIsNoSuchValueIsAnErrorThatSaysWhy() async throws {
        let crew = Self.crew([
            CrewTask("facts", "Three facts", agent: "scout"),
            CrewTask("brief", "A brief", agent: "writer", output: Brief.self),
        ])
        let (result, _) = try await Self.run(crew, ["prose", #"{"title":"Tides","sources":["x"]}"#])
        let missing = #expect(throws: ResultError.self) { try result.value(of: "bref", as: Brief.self) }
        #expect(missing?.code == .noResult && missing?.task == "bref")
        let prose = #expect(throws: ResultError.self) { try result.value(of: "facts", as: Brief.self) }
        #expect(prose?.code == .notJSON)
        #expect(prose?.description.hasPrefix(#"the task "facts": its result r1 is no JSON document"#) == true)
        struct Other: Decodable { var title: Int }
        let mismatch = #expect(throws: ResultError.self) { try result.value(of: "brief", as: Other.self) }
        #expect(mismatch?.code == .mismatch)
        #expect(
            mismatch?.message == #"its result r2 is no Other: /title: must be an integer, not "Tides""#
        )
    }

    @Test func theResultOfATaskIsTheNewest() async throws {
        let engine = try CrewEngine(models: ScriptedProvider(ReferenceCrew.model()))
        let result = try await engine.run(ReferenceCrew.crew(ToolLog()))
        #expect(result.results.filter { $0.task == "brief" }.count == 2)
        #expect(result.result(of: "brief")?.text == ReferenceCrew.answer)
    }

    @Test func aRunThatFailedSaysSoWhenAskedForAValue() async throws {
        let task = CrewTask("brief", "A brief", agent: "writer", output: Brief.self)
        let (result, _) = try await Self.run(Self.crew([task]), ["never a document"])
        #expect(result.status == .failed)
        let error = #expect(throws: ResultError.self) { try result.value(of: "brief", as: Brief.self) }
        #expect(error?.code == .noResult)
        #expect(error?.message.contains("is failed") == true)
    }

    struct Endless: Generable { var next: [Endless] }

    @Test func aTypeWithoutASchemaIsAProblemOfTheCrew() async throws {
        let crew = Self.crew([CrewTask("brief", "A brief", agent: "writer", output: Endless.self)])
        let engine = try CrewEngine(models: ScriptedProvider(ScriptedModel(answers: ["x"])))
        let error = await #expect(throws: CrewError.self) { try await engine.run(crew) }
        #expect(error?.code == .invalidCrew)
        #expect(error?.message.contains("no schema for Endless, property 'next': Endless contains itself") == true)
        // It is nothing that a journal would keep.
        #expect(!String(decoding: try JSONEncoder().encode(crew.tasks[0]), as: UTF8.self).contains("Endless"))
    }

    @Test func aStateIsLookedUpByTask() async throws {
        let model = ScriptedModel(answers: ["first", "second"])
        let engine = try CrewEngine(models: ScriptedProvider(model))
        let result = try await engine.run(.pair(.sequential))
        let state = try await engine.state(of: result.run)
        #expect(state.result(of: "brief")?.text == "second")
        #expect(state.result(of: "facts") == result.result(of: "facts"))
        #expect(state.assignments(of: "brief").map(\.assignment.id) == ["a2"])
        #expect(state.assignments(of: "other").isEmpty)
    }
}
