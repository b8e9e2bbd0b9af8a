// Only what a user of the library has: no `@testable`, no other module of the package.
import CrewKit
import Foundation
import Logging
import Synchronization
import Testing

/// A model as somebody else would write one.
private struct Rhymer: ChatModel {
    var word = "tide"
    var onRequest: @Sendable (ChatRequest) async -> Void = { _ in }

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        await onRequest(request)
        onText?(word)
        return ChatResponse(text: word, usage: TokenUsage(input: 10, output: 5))
    }
}

/// Engines made with models that are written in Swift, and with several.
struct EngineModelTests {
    private static let crew = Crew("verse", goal: "Write about the sea") {
        Agent("poet", role: "Poet", goal: "Rhyme")
        CrewTask("line", "A line", agent: "poet")
    }

    @Test func anyChatModelIsAnEnginesModel() async throws {
        let result = try await CrewEngine(model: Rhymer()).run(Self.crew)
        #expect(result.status == .finished && result.text == "tide")
        #expect(!result.isPriced)
    }

    @Test func aLimitInMoneyNeedsAPrice() async throws {
        let error = await #expect(throws: CrewError.self) {
            try await CrewEngine(model: Rhymer()).run(Self.crew, limits: [.usd(0.50)])
        }
        #expect(error?.code == .invalidCrew)
        let price = Price(perMillionInput: 0.25, output: 2)
        let result = try await CrewEngine(model: Rhymer(), price: price).run(Self.crew, limits: [.usd(0.50)])
        #expect(result.cost == Money(dollars: "0.0000125"))
    }

    @Test func agentsUseModelsByTheirNames() async throws {
        let crew = Crew("verse", goal: "Write about the sea") {
            Agent("poet", role: "Poet", goal: "Rhyme")
            Agent("critic", role: "Critic", goal: "Judge", model: "judge")
            CrewTask("line", "A line", agent: "poet")
            CrewTask("verdict", "A verdict on it", agent: "critic", needs: ["line"])
        }
        let engine = try CrewEngine(models: [
            "default": .chatModel(Rhymer()), "judge": .chatModel(Rhymer(word: "well said"), name: "strict-1"),
        ])
        let result = try await engine.run(crew)
        #expect(result.result(of: "line")?.text == "tide")
        #expect(result.result(of: "verdict")?.text == "well said")
        let state = try await engine.preview(crew)
        #expect(state.crew.model("judge")?.model == "strict-1")
        #expect(state.crew.model("default")?.model == "Rhymer")
        #expect(state.crew.models.allSatisfy { $0.baseURL == nil })
    }

    @Test func aCrewsOwnModelGoesBeforeTheEngines() async throws {
        var crew = Self.crew
        crew.models = [ModelDefinition(model: "own", baseURL: "http://127.0.0.1:9/v1")]
        let state = try await CrewEngine(model: Rhymer()).preview(crew)
        #expect(state.crew.models.map(\.model) == ["own"])
    }

    @Test func aRunIsResumedByAnEngineThatHasTheModelAgain() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let engine = try CrewEngine(model: Rhymer { _ in await Endless().value }, journal: .sqlite(folder))
        let run = try await engine.withRun(Self.crew) { run in
            for await update in run { if case .event(let event) = update, event.fact.kind == .callIntended { break } }
            run.interrupt()
            return try await run.result
        }
        #expect(run.status == .interrupted)
        let without = try CrewEngine(
            model: .compatible(baseURL: "http://127.0.0.1:9/v1", model: "m"),
            journal: .sqlite(folder)
        )
        let error = await #expect(throws: CrewError.self) { try await without.resume(run.run) }
        #expect(error?.code == .configuration)
        #expect(error?.message.contains(#"the model "default" (Rhymer) was handed over"#) == true)
        let result = try await CrewEngine(model: Rhymer(), journal: .sqlite(folder)).resume(run.run)
        #expect(result.status == .finished && result.text == "tide")
    }

    @Test func aModelThatNeverAnswersIsGivenUpWhenTheTimeIsOver() async throws {
        let engine = try CrewEngine(model: Rhymer { _ in await Endless().value })
        let result = try await engine.run(Self.crew, limits: [.time(.milliseconds(300))])
        #expect(result.status == .limited)
    }

    @Test func whatIsLoggedAreNamesAndCodesAndNothingThatWasSaid() async throws {
        let lines = Mutex<[String]>([])
        let logger = Logger(label: "test") { _ in
            CapturingHandler { line in lines.withLock { $0.append(line) } }
        }
        let result = try await CrewEngine(model: Rhymer(), logger: logger).run(Self.crew)
        _ = try await CrewEngine(model: Failing(), logger: logger).run(Self.crew)
        let all = lines.withLock { $0 }
        #expect(all.first == "info run begun crew=verse run=\(result.run)")
        #expect(all.contains("info run ended run=\(result.run) status=finished"))
        #expect(all.contains { $0.hasPrefix("warning call failed") && $0.contains("code=credentials") })
        #expect(all.contains { $0.hasPrefix("error run ended") })
        for word in ["tide", "Rhyme", "the sea", "private words"] {
            #expect(!all.contains { $0.contains(word) }, "\(word) is logged")
        }
    }

    private struct Failing: ChatModel {
        func respond(
            to request: ChatRequest,
            onText: (@Sendable (String) -> Void)?
        ) async throws(ChatError) -> ChatResponse {
            throw ChatError(.credentials, "private words", status: 401, wasSent: true)
        }
    }
}

/// Something that never comes, whoever is cancelled.
private struct Endless {
    var value: Void {
        get async {
            await Task.detached { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }.value
        }
    }
}

private struct CapturingHandler: LogHandler {
    let write: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        write("\(event.level) \(event.message) " + all.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
    }
}
