import CrewCore
import CrewRuntime
import CrewSQLite
import CrewStore
import CrewTools
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

final class StateFolderTests {
    private let root: String
    private let folder: StateFolder

    init() throws {
        root = FileManager.default.temporaryDirectory.appendingPathComponent("state-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        folder = try #require(StateFolder(environment: ["HOME": root]))
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func whatIsWrittenIsReadAndIsThePersonsAlone() throws {
        #expect(folder.path == "\(root)/.local/state/crew")
        #expect(try folder.content(of: "a/b") == nil)
        try folder.put([1, 2, 3], at: "a/b")
        try folder.put([4], at: "a/b")
        #expect(try folder.content(of: "a/b") == [4])
        #expect(mode(folder.path) == 0o700 && mode("\(folder.path)/a") == 0o700 && mode("\(folder.path)/a/b") == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/a") == ["b"])
    }

    @Test func whatOthersMayWriteIsNotBelieved() throws {
        try folder.put([1], at: "b")
        try #require(chmod(folder.path, 0o777) == 0)
        #expect(throws: JournalError.self) { try folder.content(of: "b") }
        #expect(throws: JournalError.self) { try folder.put([2], at: "b") }
        try #require(chmod(folder.path, 0o700) == 0)
        try #require(chmod("\(folder.path)/b", 0o666) == 0)
        #expect(throws: JournalError.self) { try folder.content(of: "b") }
    }

    @Test func aLinkIsNotFollowed() throws {
        try folder.put([1], at: "b")
        try #require(rename("\(folder.path)/b", "\(root)/b") == 0)
        try #require(symlink("\(root)/b", "\(folder.path)/b") == 0)
        #expect(throws: JournalError.self) { try folder.content(of: "b") }
        try #require(rename(folder.path, "\(root)/elsewhere") == 0)
        try #require(symlink("\(root)/elsewhere", folder.path) == 0)
        #expect(throws: JournalError.self) { try folder.put([2], at: "c") }
    }

    @Test func consentIsForOneFileAndExactlyTheseGrants() throws {
        func grants(_ variables: String...) -> [Grant] {
            let models = variables.map {
                ModelDefinition(name: $0, model: "m", baseURL: "https://a.org/v1", keyVariable: $0)
            }
            return Crew(name: "c", goal: "g", models: models, agents: [])
                .grants(in: GrantScope(folder: "/", ownEndpoint: nil))
        }
        let records = ConsentRecords(in: folder)
        #expect(try !records.holds(grants("X"), of: "/one"))
        try records.remember(grants("X", "Y"), of: "/one")
        #expect(try records.holds(grants("Y", "X"), of: "/one"), "their order does not matter")
        #expect(try !records.holds(grants("X"), of: "/one"))
        #expect(try !records.holds(grants("X", "Y", "Z"), of: "/one"))
        #expect(try !records.holds(grants("X", "Y"), of: "/two"))
    }
}
