import ChatModel
import CrewCore
import CrewTesting
import Foundation
import Testing

@testable import CrewRuntime
@testable import CrewTools

/// Each built-in tool is what its declaration says, and what the documentation says.
struct BuiltinToolTests {
    /// Options with which everything that a built-in has is there.
    private static func fullOptions(of builtin: any BuiltinTool, _ scratch: TemporaryFolder) -> JSONValue {
        .object(
            JSONObject(
                builtin.options.map { option in
                    switch option.type {
                    case .text: (option.name, .string(scratch.path))
                    case .boolean: (option.name, true)
                    case .list: (option.name, [.string(option.example)])
                    }
                }
            )
        )
    }

    private struct Offline: WebClient {
        func get(_ request: WebRequest) async throws(WebFailure) -> WebAnswer { throw WebFailure("offline") }
    }

    @Test(arguments: BuiltinTools.all.map(\.name))
    func theToolsAreThoseThatAreDeclared(name: String) async throws {
        let scratch = try TemporaryFolder()
        let builtin = try #require(BuiltinTools.all.named(name))
        let definition = ToolDefinition(name: "x", builtin: name, options: Self.fullOptions(of: builtin, scratch))
        let crew = Crew(
            name: "c",
            goal: "g",
            models: [ModelDefinition(model: "m")],
            tools: [definition],
            agents: [Agent("a", role: "r", goal: "g", tools: ["x"], exemptions: [.ruleOfTwo])],
            tasks: [CrewTask("t", summary: "d")]
        )
        #expect(crew.problems() == [])
        let box = try await Toolbox(crew: crew, folder: "/", providers: BuiltinTools.providers(web: Offline()))
        let opened = box.specifications(for: "a")
        if builtin.parts.isEmpty {
            #expect(opened.map(\.declaration.name) == ["x"])
            #expect(opened.map(\.effects) == [builtin.effects])
        } else {
            let effects = Dictionary(uniqueKeysWithValues: opened.map { ($0.declaration.name, $0.effects) })
            #expect(effects == Dictionary(uniqueKeysWithValues: builtin.parts.map { ("x_\($0.name)", $0.effects) }))
        }
        await box.close()
    }

    /// The examples of the declarations are what people copy.
    @Test(arguments: BuiltinTools.all.map(\.name))
    func theExamplesCanBeDeclared(name: String) throws {
        let builtin = try #require(BuiltinTools.all.named(name))
        for option in builtin.options {
            if case .boolean = option.type { continue }
            #expect(option.objection(option.example) == nil, "\(name).\(option.name)")
        }
    }

    /// `Docs/crew-file.md` has a row for each option, with its type, what holds without it, and what it does.
    @Test func theDocumentationSaysWhatTheDeclarationsSay() throws {
        let place = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(components: "..", "..", "Docs", "crew-file.md")
        let lines = try String(contentsOf: place, encoding: .utf8).split(separator: "\n").map(String.init)
        let first = try #require(lines.firstIndex(of: "## Tools"))
        let rows = lines[(first + 1)...].prefix { !$0.hasPrefix("## ") }.filter { $0.hasPrefix("| `") }
            .map { row in
                row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            }
        let words = BuiltinTools.all.map { "`\($0.name)`" }
        let choice = words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        #expect(rows.first?.prefix(3) == ["`builtin`", choice, "required"])
        var expected: [[String]] = []
        for builtin in BuiltinTools.all {
            for option in builtin.options {
                let type =
                    switch option.type {
                    case .text: "text"
                    case .boolean: "boolean"
                    case .list: option.type.description
                    }
                expected.append([
                    "`\(option.name)` of `\(builtin.name)`", type,
                    option.standard.map { "`\($0.jsonText)`" } ?? "required", option.summary,
                ])
            }
        }
        try #require(rows.count == expected.count + 1)
        for (row, expected) in zip(rows.dropFirst(), expected) {
            #expect(Array(row.prefix(3)) == Array(expected.prefix(3)))
            let summary = expected[3].dropLast()
            let meaning = try #require(row.last)
            #expect(meaning.lowercased().hasPrefix(summary.lowercased()), "\(row) does not begin with: \(summary)")
        }
    }

    /// What an engine is not given cannot be declared, and is told from what does not exist nowhere.
    @Test func anEngineOpensWhatItIsGiven() async {
        let crew = Crew(
            name: "c",
            goal: "g",
            tools: [ToolDefinition(name: "x", builtin: "calculator")],
            agents: [Agent("a", role: "r", goal: "g", tools: ["x"])]
        )
        let error = await #expect(throws: ToolboxError.self) {
            try await Toolbox(crew: crew, folder: "/", providers: [])
        }
        #expect(error?.message == "there is no built-in 'calculator'; there are none")
    }
}
