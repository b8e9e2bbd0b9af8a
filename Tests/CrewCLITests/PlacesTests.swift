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
        let failure = #expect(throws: CrewFileError.self) { try argument.load() }
        #expect(failure?.description.hasPrefix("/nonexistent/crew.yaml:1:1: error: ") == true)
    }
}
