import ArgumentParser
import CrewKit
import Foundation
import Testing

@testable import CrewCLI

/// What the commands make of crews that have crews as members.
final class MemberTests {
    private let folder: String

    init() throws {
        let made = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: "\(made)/press", withIntermediateDirectories: true)
        folder = Paths.absolute(made)
        try put(
            """
            crew: report
            goal: g
            agents:
              press: {crew: press/crew.yaml, limits: {calls: 20}}
              check: {crew: {goal: g, agents: {a: {role: r, goal: g}}, tasks: {t: {description: d}}}}
            tasks:
              t: {description: d}

            """,
            "crew.yaml"
        )
        try put(
            """
            crew: press
            goal: g
            models:
              cheap: {model: gpt-5, price: {input: 0.01, output: 0.01}}
              far: {model: m, price: {input: 1, output: 1}, base_url: "https://far.example/v1", key: env:FAR_KEY}
            tools:
              notes: {builtin: files, folder: notes}
              web: {builtin: fetch, hosts: [a.example]}
            agents:
              writer: {role: r, goal: g, tools: [notes]}
              editor: {role: r, goal: g, model: far}
            process: coordinator
            limits: {budget_usd: 1, time: 5m}

            """,
            "press/crew.yaml"
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func put(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }

    private func file() throws -> CrewFile { try CrewFileArgument.parse([folder]).load() }

    @Test func aCheckShowsTheTree() throws {
        #expect(
            try CheckCommand.tree(file()) == [
                "ok: report: 2 crews, 1 task, sequential, no limits",
                "  press (\(folder)/press/crew.yaml): 2 agents, 0 tasks, coordinator, at most $1.00, 20 calls, 5m",
                "  check: 1 agent, 1 task, sequential, no limits",
            ]
        )
    }

    @Test func grantsOfMembersStandInTheirFiles() throws {
        let file = try file()
        let list = GrantList(file, crew: file.crew, environment: [:])
        #expect(
            list.lines == [
                "  \(folder)/press/crew.yaml:5:90: sends the value of the variable FAR_KEY to https://far.example",
                "  \(folder)/press/crew.yaml:8:33: reads from a.example, which may be told anything by the addresses "
                    + "that are asked for",
            ]
        )
        // A file elsewhere is agreed to as it is.
        try FileManager.default.createDirectory(atPath: "\(folder)/in", withIntermediateDirectories: true)
        try put(
            "crew: c\ngoal: g\nagents: {press: {crew: ../press/crew.yaml}}\ntasks: {t: {description: d}}\n",
            "in/crew.yaml"
        )
        func fingerprint() throws -> String {
            let file = try CrewFileArgument.parse(["\(folder)/in"]).load()
            let list = GrantList(file, crew: file.crew, environment: [:])
            #expect(list.grants.map(\.kind) == [.crewFile, .variable, .folder, .host])
            #expect(
                list.lines.first
                    == "  \(folder)/in/crew.yaml:3:24: takes in the crew of \(folder)/press/crew.yaml, a file outside its folder"
            )
            return list.grants.fingerprint
        }
        let before = try fingerprint()
        #expect(try fingerprint() == before)
        let text = try String(contentsOfFile: "\(folder)/press/crew.yaml", encoding: .utf8)
        try put(text.replacing("goal: g\nmodels", with: "goal: another\nmodels"), "press/crew.yaml")
        #expect(try fingerprint() != before)
    }

    @Test func aMissingFolderOfAMemberIsNamedWithItsPlace() throws {
        let failure = #expect(throws: CommandFailure.self) { try CrewFileArgument.parse([folder]).loadReady() }
        let lines = failure?.lines ?? ""
        #expect(lines.hasPrefix("\(folder)/press/crew.yaml:7:35: error: the folder \"notes\" of the tool"), "\(lines)")
        #expect(lines.contains("hint: mkdir -p \(folder)/press/notes"), "\(lines)")
        #expect(try file().crewWithoutMissingFolders.member("press")?.crew.tools.first?.options["folder"] == ".")
        try FileManager.default.createDirectory(atPath: "\(folder)/press/notes", withIntermediateDirectories: true)
        #expect(try CrewFileArgument.parse([folder]).loadReady().crew.crews.count == 2)
    }

    @Test func aLowPriceOfAMemberIsToldInItsFile() throws {
        let said = try file().lowPrices.map { "\($0.file):\($0.mark.line): \($0.message)" }
        #expect(
            said == [
                "\(folder)/press/crew.yaml:4: the price is below the published one of gpt-5, which counts where it is higher"
            ]
        )
    }
}
