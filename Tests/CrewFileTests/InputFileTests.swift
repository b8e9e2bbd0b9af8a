import ChatModel
import CrewCore
import Testing

@testable import CrewFile

/// Values for inputs from a file.
struct InputFileTests {
    private static let crew: Crew = {
        var crew = Crew(name: "c", goal: "g", agents: [])
        crew.inputs = [
            CrewInput(name: "topic"), CrewInput(name: "count", type: .integer), CrewInput(name: "share", type: .number),
            CrewInput(name: "loud", type: .boolean),
        ]
        return crew
    }()

    private static func said(_ text: String) -> [String] {
        do throws(CrewFileError) {
            _ = try InputFile.values(in: text, name: "f", for: crew)
            return []
        } catch {
            return error.diagnostics.map { "\($0.mark.line):\($0.mark.column) \($0.message) [\($0.hint ?? "")]" }
        }
    }

    @Test(arguments: [
        "topic: tidal energy\ncount: 3\nshare: 0.5\nloud: true\n",
        #"{"topic": "tidal energy", "count": 3, "share": 0.5, "loud": true}"#,
        "{topic: tidal energy, count: 3, share: 0.5, loud: true} # in one line",
    ])
    func yamlAndJSONSayTheSame(text: String) throws {
        let values = try InputFile.values(in: text, name: "f", for: Self.crew)
        #expect(values == ["topic": "tidal energy", "count": 3, "share": .number(0.5), "loud": true])
    }

    @Test func whatJSONWritesWithSurrogatesIsRead() throws {
        let values = try InputFile.values(in: #"{"topic": "\ud83c\udf0a"}"#, name: "f", for: Self.crew)
        #expect(values == ["topic": "\u{1F30A}"])
    }

    @Test(arguments: [
        ("tpoic: x", "1:1 the crew has no input \"tpoic\" [did you mean `topic`?]"),
        ("topic: x\nzzz: 1", "2:1 the crew has no input \"zzz\" [it takes `topic`, `count`, `share`, `loud`]"),
        ("topic: 42", "1:8 expected text, found the number 42 [put it in quotation marks"),
        ("count: three", "1:8 expected a whole number, found the text \"three\""),
        ("count: 1.5", "1:8 expected a whole number, found the number 1.5"),
        ("loud: yes", "1:7 expected `true` or `false`, found the text \"yes\" [write `true`]"),
        ("topic: [a]", "1:8 expected text, found a list"),
        ("topic: a\ntopic: b", "2:1 the key \"topic\" stands here again"),
        (#"{"count": "3"}"#, "1:11 expected a whole number, found the text \"3\""),
        (#"{"count": 3, "count": 4}"#, "1:14 the key \"count\" stands here again"),
        ("- topic", "1:1 expected a mapping of inputs to values, found a list [for example: topic: tides]"),
        ("", "1:1 the file is empty"),
        ("topic: \"x", "1:8 the quotation mark that opens here is not closed"),
    ])
    func whatIsWrongHasItsPlace(text: String, complaint: String) {
        let said = Self.said(text)
        #expect(said.contains { $0.hasPrefix(complaint) }, "\(said)")
    }

    @Test func everythingWrongIsToldAtOnce() {
        #expect(Self.said("topic: 1\ncount: x\nother: 2").count == 3)
    }

    @Test(arguments: ["/dev/null", "/", "/nowhere/at/all"])
    func whatIsNoRegularFileIsRefused(path: String) {
        let error = #expect(throws: CrewFileError.self) { try InputFile.load(path: path, for: Self.crew) }
        #expect(error?.diagnostics.first?.message.hasPrefix("cannot be read: ") == true)
    }
}
