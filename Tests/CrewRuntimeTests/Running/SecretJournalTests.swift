import ChatModel
import CrewCore
import CrewRuntime
import CrewTesting
import CrewTools
import Foundation
import Synchronization
import Testing

/// No key of a run stands in its journal, its result or another prompt, whoever says it and in whatever encoding.
struct SecretJournalTests {
    private static let keys = ["sk-scout-0815-abcd", "sk-writer-4711-wxyz"]

    /// Two models with a key each; what one is asked tells what the other said.
    private struct Provider: ModelProvider {
        let base: ScriptedProvider

        func model(for definition: ModelDefinition) throws(CrewError) -> any ChatModel {
            try base.model(for: definition)
        }

        func secrets(of models: [ModelDefinition]) -> SecretFilter { SecretFilter(SecretJournalTests.keys) }
    }

    private static func disguises(_ key: String) -> [String] {
        let bytes = Array(key.utf8)
        func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        let base64 = ["", "u", "us"].map { Data(($0 + key).utf8).base64EncodedString() }
        return [
            key, "\\u0073" + key.dropFirst(), bytes.map { "\\u00" + hex($0) }.joined(),
            bytes.map { "\\\\u00" + hex($0) }.joined(), bytes.map { "%" + hex($0) }.joined(),
            bytes.map(hex).joined(),
        ] + base64
    }

    /// What of a disguise must stand nowhere.
    private static func telling(_ disguise: String) -> String { String(disguise.dropFirst(4).dropLast(4)) }

    private func run(_ crew: Crew, _ models: [String: ScriptedModel]) async throws -> (RunResult, String, String) {
        let journal = MemoryJournal()
        let engine = try CrewEngine(models: Provider(base: ScriptedProvider(models)), journal: journal)
        let shown = Mutex("")
        let (result, id) = try await engine.withRun(crew) { run in
            for await update in run {
                if case .text(_, let text) = update { shown.withLock { $0 += text } }
            }
            return (try await run.result, run.id)
        }
        let encoder = JSONEncoder()
        let events = try await journal.events(of: id)
        let recorded = try events.map { String(decoding: try encoder.encode($0), as: UTF8.self) }.joined(
            separator: "\n"
        )
        return (result, recorded + result.text, shown.withLock { $0 })
    }

    @Test("Answers, tool calls, structured results and errors of one endpoint hold no key of another", arguments: 0..<2)
    func answers(whose: Int) async throws {
        let said = Self.disguises(Self.keys[whose])
        let schema = JSONSchema(["type": "object", "additionalProperties": true])
        let tool = ProbeTool()
        var crew = Crew.pair(.sequential)
        crew.models = [ModelDefinition(model: "m"), ModelDefinition(name: "second", model: "m")]
        crew.agents[0] = Agent("scout", role: "Scout", goal: "Find facts", tools: [.code(tool)])
        crew.agents[1].model = "second"
        crew.tasks[0].output = schema
        let scout = ScriptedModel { request, number throws(ChatError) in
            switch number {
            case 1:
                return .calling(
                    (id: "a", name: "probe", arguments: "{\"text\":\"\(said.joined(separator: " "))\"}"),
                    (id: "b", name: "probe", arguments: "{\"\(said[1])\":\"\(said[4])\"}")
                )
            case 2: throw ChatError(.serverFailed, "your key is " + said.joined(separator: " "), wasSent: true)
            default:
                let members = said.enumerated().map { "\"k\($0)\":\"\($1)\",\"\($1)-\($0)\":1" }
                return .said("{\(members.joined(separator: ","))}", output: 2_000)
            }
        }
        let writer = ScriptedModel(answers: ["Facts: " + said.joined(separator: ", ")])
        let (result, recorded, shown) = try await run(crew, ["default": scout, "second": writer])
        #expect(result.status == .finished, "\(result)")
        let prompts = (scout.requests + writer.requests).map(\.openingText).joined()
        for disguise in said {
            let telling = Self.telling(disguise)
            #expect(!recorded.contains(telling), "\(disguise)")
            #expect(!shown.contains(telling), "\(disguise)")
            #expect(!prompts.contains(telling), "\(disguise)")
            #expect(!tool.seen.contains(telling), "\(disguise)")
        }
        #expect(
            recorded.contains("***") && shown.contains("***")
                && writer.requests.last?.openingText.contains("***") == true
        )
    }

    @Test func anInputThatHoldsAKeyIsRefused() async throws {
        var crew = Crew.pair(.sequential)
        crew.goal = "Explain {{facts}}"
        crew.inputs = [CrewInput(name: "facts")]
        let scripted = ScriptedProvider(["default": ScriptedModel(answers: ["x"])])
        let engine = try CrewEngine(models: Provider(base: scripted))
        for text in Self.keys.flatMap(Self.disguises) {
            let error = await #expect(throws: CrewError.self) {
                try await engine.run(crew, inputs: ["facts": .string("see " + text)])
            }
            #expect(error?.code == .invalidInput)
        }
    }
}

/// A tool that keeps what it is called with, and gives it back.
private final class ProbeTool: Tool {
    struct Input: Generable { var text: String? }

    let name = "probe", summary = "Gives back what it gets."
    var effects: ToolEffects { [] }
    private let calls = Mutex("")

    var seen: String { calls.withLock { $0 } }

    func call(_ input: Input, context: ToolContext) async throws -> String {
        calls.withLock { $0 += input.text ?? "" }
        return input.text ?? ""
    }
}

extension ChatRequest {
    fileprivate var openingText: String { conversation.messages.map(\.text).joined(separator: "\n") }
}
