import ChatModel
import CrewCore
import Foundation
import Testing

@testable import CrewFile

/// What the documentation says of crew files, what the format reads and what the initialisers make of it are the same.
struct DocumentedFormatTests {
    struct Section: Sendable, CustomTestStringConvertible {
        let title: String
        let record: Record

        var testDescription: String { title }
    }

    static let sections = [
        Section(title: "Top level", record: CrewFormat.file), Section(title: "Inputs", record: CrewFormat.input),
        Section(title: "Models", record: CrewFormat.model), Section(title: "Tools", record: tools),
        Section(title: "Agents", record: CrewFormat.agent),
        Section(title: "Crews as members", record: CrewFormat.member),
        Section(title: "Process", record: CrewFormat.process),
        Section(title: "Tasks", record: CrewFormat.task), Section(title: "Limits", record: CrewFormat.crewLimits),
    ]

    /// The keys of every built-in tool, each said to be of its own.
    private static let tools = Record(
        "tool",
        CrewFormat.tool.any.fields
            + CrewFormat.tool.records.flatMap { word, record in
                record.fields.dropFirst().map { field in
                    Field("\(field.key) of \(word)", field.shape, field.summary, standard: field.standard)
                }
            }
    )

    /// The rows of the first table under a heading: their keys, and the other columns by name.
    private static func rows(_ title: String) throws -> [(keys: [String], columns: [String: String])] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Docs/crew-file.md")
        let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
        let start = try #require(lines.firstIndex(of: "## \(title)"), "no section \(title)")
        let table = lines[start...].drop { !$0.hasPrefix("| key |") }.prefix { $0.hasPrefix("|") }
        func cells(_ line: String) -> [String] {
            line.dropFirst().dropLast().components(separatedBy: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        let names = cells(try #require(table.first))
        return table.dropFirst(2).map { line in
            let columns = Dictionary(uniqueKeysWithValues: zip(names, cells(line)))
            return ((columns["key"] ?? "").split(separator: ",").map { plain(String($0)) }, columns)
        }
    }

    private static func plain(_ text: String) -> String {
        text.replacing("`", with: "").trimmingCharacters(in: .whitespaces)
    }

    @Test(arguments: sections)
    func everyKeyIsDocumentedAndNoOther(section: Section) throws {
        let documented = try Self.rows(section.title).flatMap(\.keys)
        #expect(documented.sorted() == section.record.fields.map(\.key).sorted())
    }

    @Test(arguments: sections)
    func whatHoldsWithoutAKeyIsWhatIsDocumented(section: Section) throws {
        for row in try Self.rows(section.title) {
            guard let written = row.columns["default"] else { continue }
            for key in row.keys {
                let field = try #require(section.record[key])
                if let standard = field.standard {
                    #expect(Self.plain(written) == standard.stringValue ?? standard.jsonText, "\(key)")
                } else {
                    #expect(
                        Int(Self.plain(written)) == nil && DurationText.milliseconds(Self.plain(written)) == nil,
                        "\(key)"
                    )
                }
                #expect(!field.isRequired || written.hasPrefix("required"), "\(key) is required")
            }
        }
    }

    @Test(arguments: sections)
    func typesAndRangesAreWhatIsDocumented(section: Section) throws {
        for row in try Self.rows(section.title) {
            let type = try #require(row.columns["type"])
            for key in row.keys {
                switch try #require(section.record[key]).shape {
                case .integer(let least, let most) where most < .max:
                    #expect(type == "integer, \(least) to \(most)", "\(key)")
                case .integer: #expect(type.hasPrefix("integer"), "\(key)")
                case .number(let least, let most):
                    #expect(
                        type.hasPrefix("number") && type.hasSuffix("\(most)") && type.contains("\(least)"),
                        "\(key)"
                    )
                case .duration: #expect(type.hasPrefix("duration"), "\(key)")
                case .dollars: #expect(type == "dollars", "\(key)")
                case .boolean: #expect(type == "boolean", "\(key)")
                case .variable: #expect(type == "variable", "\(key)")
                case .choice(let words): for word in words { #expect(type.contains("`\(word)`"), "\(key)") }
                case .name(let what): #expect(type == "name" || type.hasSuffix(" \(what)"), "\(key)")
                default: break
                }
            }
        }
    }

    /// A file that says nothing makes what the initialisers make.
    @Test func whatIsLeftOutIsAsInCode() throws {
        let text = """
            crew: c
            goal: g
            inputs: {i: {}}
            models: {default: {model: m}}
            agents: {a: {role: r, goal: "{{i}}"}}
            tasks: {t: {description: d}}

            """
        let reading = CrewFile.parse(text: text, name: "f")
        #expect(reading.diagnostics.isEmpty, "\(reading.diagnostics)")
        let expected = Crew(
            name: "c",
            goal: "g",
            inputs: [CrewInput(name: "i")],
            models: [ModelDefinition(model: "m")],
            agents: [Agent("a", role: "r", goal: "{{i}}")],
            tasks: [CrewTask("t", summary: "d")]
        )
        #expect(reading.crew == expected)
        for pattern in CrewProcess.Pattern.allCases {
            let process = CrewFile.parse(text: text + "process: \(pattern.rawValue)\n", name: "f").crew?.process
            #expect(process == CrewProcess(pattern: pattern))
        }
    }

    /// What is documented as the default can be written out, and changes nothing.
    @Test(arguments: [("models", "default", CrewFormat.model), ("agents", "a", CrewFormat.agent)])
    func aDefaultThatIsWrittenChangesNothing(section: String, name: String, record: Record) throws {
        let needed = section == "models" ? "model: m" : "role: r, goal: g"
        for field in record.fields {
            // Whoever writes the patience waits for a server that was never reached, too; a name is more than none.
            guard let standard = field.standard, field.key != "patience", field.key != "model",
                field.key != "system_role"
            else { continue }
            func crew(_ addition: String) -> Crew? {
                var parts = ["models": "{default: {model: m}}", "agents": "{a: {role: r, goal: g}}"]
                parts[section] = "{\(name): {\(needed)\(addition)}}"
                let text =
                    "crew: c\ngoal: g\nmodels: \(parts["models"] ?? "")\nagents: \(parts["agents"] ?? "")\ntasks: {t: {description: d}}\n"
                return CrewFile.parse(text: text, name: "f").crew
            }
            let value = standard.stringValue ?? standard.jsonText
            #expect(crew("") != nil && crew(", \(field.key): \(value)") == crew(""), "\(field.key)")
        }
    }
}

struct DurationTextTests {
    @Test(arguments: [
        ("90s", 90_000), ("10m", 600_000), ("500ms", 500), ("8760h", DurationText.longest), ("0s", 0),
        ("007m", 420_000),
    ])
    func aLengthIsRead(text: String, milliseconds: Int) throws {
        #expect(DurationText.milliseconds(text) == milliseconds)
        #expect(try text.wholeMatch(of: Regex(DurationText.pattern)) != nil)
    }

    @Test(arguments: [
        "", "s", "90", "1.5s", "-1s", " 1s", "1 s", "1S", "1d", "9999999999999999999s", "9000000000000000h", "١s",
    ])
    func anythingElseIsNone(text: String) {
        #expect(DurationText.milliseconds(text) == nil)
    }

    @Test func whatIsWrittenIsReadAgain() {
        for milliseconds in [1, 999, 1_000, 1_500, 60_000, 61_000, 3_600_000, 5_400_000, DurationText.longest] {
            #expect(DurationText.milliseconds(DurationText.text(milliseconds)) == milliseconds)
        }
        #expect(DurationText.text(DurationText.longest) == "8760h")
    }
}
