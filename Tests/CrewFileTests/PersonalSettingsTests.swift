import CrewFile
import Foundation
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

final class PersonalSettingsTests {
    private let path: String

    init() {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString).yaml").path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func load(_ text: String) throws -> PersonalSettings {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try PersonalSettings.load(path: path)
    }

    @Test func whatIsSaidIsRead() throws {
        #expect(try PersonalSettings.load(path: path) == PersonalSettings(), "there is no file")
        #expect(try load("") == PersonalSettings())
        let settings = try load("allow: [abc, \"0123\"]\ntrust_prices: true\n")
        #expect(settings.allowed == ["abc", "0123"] && settings.trustsPrices)
    }

    @Test(
        arguments: [
            ("trust_price: true\n", ":1:1: error: unknown key \"trust_price\"", "did you mean `trust_prices`?"),
            ("trust_prices: yes\n", ":1:15: error: expected `true` or `false`", "write `true`"),
            ("allow: abc\n", ":1:8: error: expected a list", "[3f2a"),
            ("- allow\n", ":1:1: error: expected a mapping with the keys of a settings file", "allow:"),
            ("allow: [\n", "error: this is no YAML", "flow"),
        ]
    )
    func whatIsNotUnderstoodIsAnError(text: String, complaint: String, hint: String) throws {
        let error = try #require(throws: CrewFileError.self) { try load(text) }
        #expect(error.description.contains(complaint) && error.description.contains(hint), "\(error)")
    }

    @Test func aFileThatOthersMayWriteIsNotBelieved() throws {
        _ = try load("trust_prices: true\n")
        for mode in [0o666, 0o660, 0o602] as [mode_t] {
            try #require(chmod(path, mode) == 0)
            let error = try #require(throws: CrewFileError.self) { try PersonalSettings.load(path: path) }
            #expect(error.description.contains("not yours alone") && error.description.contains("chmod go-w"))
        }
        try #require(chmod(path, 0o644) == 0)
        #expect(try PersonalSettings.load(path: path).trustsPrices)
    }

    @Test func theFileIsWhereTheEnvironmentSays() {
        #expect(PersonalSettings.path(environment: ["HOME": "/h"]) == "/h/.config/crew/settings.yaml")
        let given = ["HOME": "/h", "XDG_CONFIG_HOME": "/c"]
        #expect(PersonalSettings.path(environment: given) == "/c/crew/settings.yaml")
        #expect(PersonalSettings.path(environment: ["XDG_CONFIG_HOME": "c"]) == nil)
    }
}
