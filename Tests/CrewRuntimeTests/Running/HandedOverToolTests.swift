import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Foundation
import Testing

/// Tools that are handed over when a run is taken up are those with which it was begun, or do less.
struct HandedOverToolTests {
    private let log = ToolLog()

    /// A tool named `post` that can be anything.
    private struct Post<Input: Generable>: Tool {
        var effects: ToolEffects = [.writes, .network]
        var isIdempotent = true
        var summary = "Posts something."
        let log: ToolLog
        var name: String { "post" }

        func call(_ input: Input, context: ToolContext) async throws -> String {
            log.add("post")
            return "posted"
        }
    }

    private struct One: Generable { var text: String }
    private struct Two: Generable {
        var text: String
        var place: String
    }

    private static let model = ModelDefinition(model: "m", price: Price(input: 1, output: 2))

    /// The journal of a run that was cut off within a call of the tool.
    private func cutOff(_ tool: any Tool) async throws -> (journal: MemoryJournal, run: String) {
        let crew = Crew(
            name: "posting",
            goal: "Post.",
            models: [Self.model],
            agents: [Agent("a", role: "r", goal: "g", tools: [.code(tool)])],
            tasks: [CrewTask("t", summary: "Post it.", agent: "a")]
        )
        let journal = MemoryJournal()
        let result = try await engine(journal).run(crew)
        try #require(result.status == .finished)
        let events = try await journal.events(of: result.run)
        let cut = try #require(events.firstIndex { $0.fact.kind == .toolCompleted })
        // As a journal on disk gives them back: tools written in Swift are names there.
        let rows = try JSONEncoder().encode(Array(events.prefix(cut)))
        return (MemoryJournal(restoring: try JSONDecoder().decode([Event].self, from: rows)), result.run)
    }

    private func engine(_ journal: MemoryJournal) throws -> CrewEngine {
        let model = ScriptedModel { request, _ in
            request.conversation.messages.contains { $0.role == .tool }
                ? .said("Posted.") : .calling((id: "1", name: "post", arguments: #"{"text":"x"}"#))
        }
        return try CrewEngine(models: ScriptedProvider(model), journal: journal, clock: TestClock().run)
    }

    @Test func theSameToolIsTaken() async throws {
        let (journal, run) = try await cutOff(Post<One>(log: log))
        let result = try await engine(journal).resume(run, ResumeOptions(tools: [Post<One>(log: log)]))
        #expect(result.status == .finished && log.all.count == 2)
    }

    @Test func aToolThatDoesLessOrIsDescribedOtherwiseIsTaken() async throws {
        let (journal, run) = try await cutOff(Post<One>(log: log))
        let tool = Post<One>(effects: .writes, summary: "Other words.", log: log)
        #expect(try await engine(journal).resume(run, ResumeOptions(tools: [tool])).status == .finished)
    }

    @Test func whatMayNotBeCalledTwiceIsNotBecauseOneSaysSoLater() async throws {
        let (journal, run) = try await cutOff(Post<One>(isIdempotent: false, log: log))
        let result = try await engine(journal).resume(run, ResumeOptions(tools: [Post<One>(log: log)]))
        #expect(result.status == .waiting && result.code == "outcome_unknown")
        #expect(log.all.count == 1)
    }

    @Test(
        "A tool that has come to do more is refused by name, and nothing is recorded",
        arguments: ["arguments", "effects", "repetition", "all"]
    )
    func changed(what: String) async throws {
        let (journal, run) = try await cutOff(Post<One>(log: log))
        let tool: any Tool
        let reasons: [String]
        switch what {
        case "arguments": (tool, reasons) = (Post<Two>(log: log), ["its arguments are others"])
        case "effects":
            tool = Post<One>(effects: [.writes, .network, .spends], log: log)
            reasons = ["it has further effects (spends)"]
        case "repetition":
            (tool, reasons) = (Post<One>(isIdempotent: false, log: log), ["it may no longer be called twice"])
        default:
            tool = Post<Two>(effects: [.writes, .network, .spends], isIdempotent: false, log: log)
            reasons = ["its arguments are others", "further effects (spends)", "called twice"]
        }
        let before = try await journal.events(of: run)
        for _ in 0..<2 {
            let error = await #expect(throws: CrewError.self) {
                try await engine(journal).resume(run, ResumeOptions(tools: [tool]))
            }
            let message = error?.message ?? ""
            #expect(
                error?.code == .configuration && message.hasPrefix("the tool `post` is not as it was"),
                "\(message)"
            )
            for reason in reasons { #expect(message.contains(reason), "\(message)") }
        }
        #expect(try await journal.events(of: run) == before)
        #expect(log.all.count == 1)
        // With the tool as it was, it goes on.
        let result = try await engine(journal).resume(run, ResumeOptions(tools: [Post<One>(log: log)]))
        #expect(result.status == .finished)
    }
}
