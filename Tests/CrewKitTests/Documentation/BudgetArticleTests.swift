import CrewKit
import CrewTesting
import Foundation
import Testing

/// The articles "Budgets" and "Resuming".
struct BudgetArticleTests {
    private typealias Lookup = FirstCrewTests.Lookup

    private static func crew() -> Crew {
        let crew = Crew("brief", goal: "Explain tides", limits: [.usd(0.50), .calls(40), .time(.seconds(600))]) {
            Agent("scout", role: "Researcher", goal: "Find facts", limits: [.usd(0.10)])
            Agent("writer", role: "Writer", goal: "Write them up")
            CrewTask("facts", "Five facts", agent: "scout")
            CrewTask("page", "One page", agent: "writer", needs: ["facts"])
        }
        return crew
    }

    private struct MyModel: ChatModel {
        func respond(
            to request: ChatRequest,
            onText: (@Sendable (String) -> Void)?
        ) async throws(ChatError) -> ChatResponse { .said("The moon pulls the sea.") }
    }

    @Test func aLimitLeavesTheAcceptedPart() async throws {
        let crew = Self.crew()
        let price = Price(perMillionInput: 0.25, cachedInput: 0.025, output: 2)
        let engine = try CrewEngine(model: MyModel(), price: price)
        let result = try await engine.run(crew, limits: [.calls(1)])
        if result.status == .limited {
            print("missing: \(result.missing), so far: \(result.result(of: "facts")?.text ?? "")")
        }
        #expect(result.status == .limited && result.missing == ["page"])
        #expect(result.result(of: "facts")?.text == "The moon pulls the sea.")
    }

    @Test func aRunGoesOnFromItsFolder() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let model = ModelSource.chatModel(MyModel(), price: .free)
        var crew = Self.crew()
        crew.agents[0].tools = [.code(Lookup())]
        let run = try await CrewEngine(model: model, journal: .sqlite(folder)).run(crew, limits: [.calls(1)]).run

        let engine = try CrewEngine(model: model, journal: .sqlite(folder))
        let result = try await engine.resume(run, ResumeOptions(limits: [.calls(10)], tools: [Lookup()]))
        #expect(result.status == .finished && result.calls == 2)

        let state = try await engine.state(of: run)
        let attempts = state.assignments(of: "page").count
        #expect(attempts >= 1)
    }
}
