import ArgumentParser
import CrewKit
import Foundation
import Testing

@testable import CrewCLI

/// What is asked on a terminal, and what is remembered of the answer.
final class ConsentTests {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func list(_ host: String) throws -> GrantList {
        let text = """
            crew: c
            goal: g
            models: {default: {model: m, base_url: "https://\(host)/v1"}}
            agents: {a: {role: r, goal: g}}
            tasks: {t: {description: d}}
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(folder)/crew.yaml"))
        let file = try CrewFile.load(path: "\(folder)/crew.yaml")
        return GrantList(file, crew: file.crew, environment: [:])
    }

    /// Whether the person agrees, where they would answer so; `nil` when nobody is there.
    private func agrees(_ list: GrantList, answering answer: String?) throws -> Bool {
        let terminal = Consent.Terminal(isThere: answer != nil, read: { answer })
        let consent = try Consent(environment: ["HOME": folder], terminal: terminal)
        do {
            try consent.require(list, allowed: false)
            return true
        } catch let failure as CommandFailure {
            #expect(failure.status == .usage && failure.code == "consent_needed")
            return false
        }
    }

    @Test func anAnswerIsRememberedUntilWhatIsGrantedChanges() throws {
        let first = try list("a.org")
        #expect(try !agrees(first, answering: nil))
        for answer in ["", "n", "no", "yeah", "\u{4}"] { #expect(try !agrees(first, answering: answer)) }
        #expect(try !agrees(first, answering: nil), "a refusal is not remembered as consent")
        #expect(try agrees(first, answering: "Y"))
        #expect(try agrees(first, answering: nil), "it is remembered")
        #expect(try !agrees(list("b.org"), answering: nil))
        #expect(try agrees(list("a.org"), answering: nil))
    }

    @Test func theExamplesNeedNone() throws {
        let crews = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Crews")
        for name in try FileManager.default.contentsOfDirectory(atPath: crews.path) where !name.hasPrefix(".") {
            let file = try CrewFileArgument.parse([crews.appendingPathComponent(name).path]).load()
            #expect(GrantList(file, crew: file.crew, environment: [:]).grants == [], "\(name)")
            #expect(file.lowPrices.isEmpty, "\(name)")
        }
    }
}
