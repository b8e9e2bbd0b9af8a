import ArgumentParser
import CrewKit
import Foundation
import Testing

@testable import CrewCLI

/// Where crews and stores are found.
struct PlacesTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("crew-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(Paths.absolute(folder.path))
    }

    @Test func theStoreIsTheProjects() throws {
        try withFolder { folder in
            let deep = "\(folder)/project/crews/one"
            try FileManager.default.createDirectory(atPath: deep, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(atPath: "\(folder)/project/.git", withIntermediateDirectories: true)
            #expect(StoreOption.conventional(for: deep) == "\(folder)/project/.crew")
            try FileManager.default.createDirectory(atPath: "\(deep)/.crew", withIntermediateDirectories: true)
            #expect(StoreOption.conventional(for: deep) == "\(deep)/.crew")
        }
    }

    @Test func theExamplesCanRun() throws {
        let crews = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Crews")
        let names = try FileManager.default.contentsOfDirectory(atPath: crews.path).filter { !$0.hasPrefix(".") }
        #expect(names.count >= 3)
        for name in names {
            let argument = try CrewFileArgument.parse([crews.appendingPathComponent(name).path])
            let file = try argument.load()
            #expect(file.crew.name == name)
            #expect(file.warnings.isEmpty)
            #expect(CheckCommand.summary(file.crew).hasPrefix("ok: \(name): "))
        }
    }

    @Test func aMissingFileIsNamed() throws {
        let argument = try CrewFileArgument.parse(["/nonexistent/crew.yaml"])
        let failure = #expect(throws: CommandFailure.self) { try argument.load() }
        #expect(failure?.lines == "/nonexistent/crew.yaml: error: there is no such file")
        try withFolder { folder in
            let failure = #expect(throws: CommandFailure.self) { try CrewFileArgument.parse([folder]).load() }
            #expect(failure?.lines == "\(folder): error: the folder holds no crew.yaml")
            #expect(failure?.status == .usage)
        }
    }

    @Test func aMissingFolderOfAToolIsNamedWithItsPlace() throws {
        try withFolder { folder in
            let text = """
                crew: c
                goal: g
                tools:
                  notes: {builtin: files, folder: ./my notes}
                agents:
                  a: {role: r, goal: g, tools: [notes]}
                tasks:
                  t: {description: d}

                """
            try text.write(toFile: "\(folder)/crew.yaml", atomically: true, encoding: .utf8)
            let argument = try CrewFileArgument.parse([folder])
            let failure = #expect(throws: CommandFailure.self) { try argument.loadReady() }
            #expect(failure?.status == .usage)
            let lines = failure?.lines ?? ""
            #expect(
                lines.hasPrefix("\(folder)/crew.yaml:4:35: error: the folder \"./my notes\" of the tool"),
                "\(lines)"
            )
            #expect(lines.contains("hint: mkdir -p '\(folder)/my notes'"), "\(lines)")
            let crew = try argument.load().crewWithoutMissingFolders
            #expect(crew.tools.first?.options["folder"] == ".")
            try FileManager.default.createDirectory(atPath: "\(folder)/my notes", withIntermediateDirectories: true)
            #expect(try argument.loadReady().crew.tools.first?.options["folder"] == "./my notes")
        }
    }

    @Test func aStoreElsewhereIsNamed() throws {
        try withFolder { folder in
            var option = try StoreOption.parse([])
            #expect(option.location(of: "\(folder)/.crew") == "\(folder)/.crew")
            #expect(option.location(of: StoreOption.conventional(for: ".")) == nil)
            option.store = folder
            #expect(option.location(of: folder) == folder)
        }
    }
}
