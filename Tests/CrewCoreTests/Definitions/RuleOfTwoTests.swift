import ChatModel
import CrewCore
import CrewTools
import Evidence
import Foundation
import Testing

/// An agent whose tools take in what strangers wrote, read what is private and reach out is refused unless it is exempt.
struct RuleOfTwoTests {
    private struct Touching: Tool {
        struct Input: Generable {}
        let name = "touch", summary = "Touches."
        let effects: ToolEffects
        func call(_ input: Input, context: ToolContext) -> String { "" }
    }

    private struct Silent: Tool {
        struct Input: Generable {}
        let name = "silent", summary = "Does not say what it touches."
        func call(_ input: Input, context: ToolContext) -> String { "" }
    }

    private static func problems(_ grants: [ToolGrant], exemptions: [Agent.Exemption] = []) -> [String] {
        Crew(
            name: "c",
            goal: "g",
            models: [ModelDefinition(model: "m")],
            tools: [
                ToolDefinition(name: "web", builtin: "fetch", options: ["hosts": ["a.org"]]),
                ToolDefinition(name: "notes", builtin: "files", options: ["folder": "n", "write": true]),
                ToolDefinition(name: "sources", builtin: "files", options: ["folder": "s"]),
                ToolDefinition(name: "sums", builtin: "calculator"),
            ],
            agents: [Agent("ann", role: "r", goal: "g", tools: grants, exemptions: exemptions)],
            tasks: [CrewTask("t", summary: "d")]
        ).problems().map(\.description)
    }

    @Test(
        arguments: [
            ["web", "notes"], ["web", "notes.read"], ["sources", "web"], ["web", "sources.list", "sums"],
            ["notes.write", "web", "sources.read"],
        ] as [[ToolGrant]]
    )
    func allThreeAreRefused(grants: [ToolGrant]) throws {
        let said = Self.problems(grants)
        try #require(said.count == 1, "\(said)")
        #expect(said[0].hasPrefix("agents.ann.tools: `ann` can do all three: take in what strangers wrote (`web`)"))
        #expect(said[0].contains("exempt: [rule-of-two]"))
        #expect(Self.problems(grants, exemptions: [.ruleOfTwo]) == [])
        try Evidence.record(.confined, "agents with all three sides of the Rule of Two, refused at load")
    }

    @Test(
        arguments: [
            [], ["sums"], ["notes"], ["notes.read", "notes.write", "sums"], ["web", "sums"], ["web", "notes.write"],
            ["sources", "notes"],
        ] as [[ToolGrant]]
    )
    func twoAreTaken(grants: [ToolGrant]) {
        #expect(Self.problems(grants) == [])
    }

    @Test(
        arguments: [
            (ToolEffects.all, true), ([.network], false), ([.network, .reads], true), ([.network, .writes], false),
            ([.reads, .writes, .spends], false), ([.executes], true), ([], false),
        ] as [(ToolEffects, Bool)]
    )
    func aToolInSwiftCountsByItsEffects(effects: ToolEffects, isRefused: Bool) {
        #expect(Self.problems([.code(Touching(effects: effects))]).isEmpty != isRefused)
    }

    @Test func aToolThatDoesNotSayWhatItTouchesCountsAsTouchingEverything() throws {
        let said = Self.problems([.named("sums"), .code(Silent())])
        try #require(said.count == 1, "\(said)")
        #expect(said[0].contains("`ann` has tools that do not say what they touch") && said[0].contains("`silent`"))
        #expect(said[0].contains("var effects: ToolEffects { .reads }") && said[0].contains("exemptions: [.ruleOfTwo]"))
        #expect(Self.problems([.code(Silent())], exemptions: [.ruleOfTwo]) == [])
    }

    @Test func aCrewRecordedBeforeThereWereExemptionsIsRead() throws {
        let agent = Agent("ann", role: "r", goal: "g", exemptions: [.ruleOfTwo])
        let text = String(decoding: try JSONEncoder().encode(agent), as: UTF8.self)
        #expect(try JSONDecoder().decode(Agent.self, from: Data(text.utf8)) == agent)
        let old = text.replacing(#","exemptions":["rule-of-two"]"#, with: "")
            .replacing(#""exemptions":["rule-of-two"],"#, with: "")
        #expect(!old.contains("exempt"))
        #expect(try JSONDecoder().decode(Agent.self, from: Data(old.utf8)).exemptions == [])
    }
}
