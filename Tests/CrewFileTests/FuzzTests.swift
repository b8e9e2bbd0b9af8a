import CrewFile
import CrewTesting
import Evidence
import Testing

struct FuzzTests {
    private static let pieces = [
        "&a ", "*a", "!!int ", "!x ", "<<: ", "? ", "- ", ": ", "{", "}", "[", "]", "|\n", ">-\n", "\"", "'", "#", "\t",
        "---\n", "...\n", "%YAML 1.1\n", "{{", "}}", "\u{FEFF}", "é", "012", "yes", "~", "\n  ", "env:", "crew: ",
    ]

    private static let members = """
        crew: report
        goal: Report on {{topic}}
        inputs: {topic: {}}
        agents:
          press:
            crew:
              goal: Print {{subject}}
              inputs: {subject: {}}
              models: {default: {model: m}}
              agents:
                desk: {crew: {goal: g, agents: {clerk: {role: r, goal: g}}, tasks: {facts: {description: d}}}}
              tasks:
                text: {description: d, agent: desk}
              limits: {calls: 4}
            inputs: {subject: "all of {{topic}}"}
            limits: {calls: 9}
          other: {crew: other.yaml}
        tasks:
          draft: {description: d, agent: press}

        """

    @Test(arguments: [1, 2, 3, 4] as [UInt64]) func mutatedFilesNeverCrashAndAlwaysGetAnAnswer(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let members = Self.members
        let originals = [Array(quickstart.utf8), Array(members.utf8)]
        for round in 0..<750 {
            var bytes = originals[round % 2]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random)?.utf8 ?? "".utf8, at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 5))
                case 3:
                    let from = Int.random(in: 0..<bytes.count, using: &random)
                    bytes.insert(contentsOf: Array(bytes[from..<min(bytes.count, from + 40)]), at: place)
                default: bytes.removeSubrange(place...)
                }
                if bytes.isEmpty { bytes = [0x0A] }
            }
            let reading = CrewFile.parse(bytes: bytes, name: "f")
            if reading.crew == nil {
                #expect(!reading.diagnostics.isEmpty, "seed \(seed), round \(round): no crew and no complaint")
            }
            let marks = reading.diagnostics.map(\.mark)
            #expect(marks == marks.sorted(), "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: hostile) func hostileTextIsRefused(name: String, text: String, fragment: String) throws {
        let reading = CrewFile.parse(text: text, name: "f")
        #expect(reading.hasErrors)
        let all = reading.diagnostics.map(\.message)
        #expect(all.contains { $0.contains(fragment) }, "\(name): \(all.prefix(3))")
        try Evidence.record(.confined, "crew files that are bombs or have two meanings, refused")
    }

    private static let hostile: [(String, String, String)] = [
        ("billion laughs", laughs, "anchors"),
        ("laughs in a key", laughs + "? *l9\n: x\n", "anchors"),
        ("recursive alias", "a: &a [*a]\n", "alias"),
        ("alias between commas", "a: &x 1\nb: [1,*x]\n", "anchors"),
        ("anchored mapping", "a: &x {b: c}\n", "anchors"),
        ("global tag", "crew: !<tag:yaml.org,2002:str> x\n", "tags"),
        ("tagged key", "!x crew: c\n", "tags"),
        ("tag directive", "%TAG ! tag:example.org,2000:\n---\ncrew: !x c\n", "tags"),
        ("quoted key twice", "crew: c\n'crew': d\n", "stands here again"),
        (
            "deep mapping", String(repeating: "{a: ", count: 40) + "x" + String(repeating: "}", count: 40),
            "nested deeper"
        ),
        ("bell", "crew: \u{7}\n", "control character"),
        ("deep flow", String(repeating: "[", count: 10_000), "no YAML"),
        ("deep block", String(repeating: "- ", count: 900) + "x\n", "nested deeper"),
        ("many keys", (0..<60_000).map { "k\($0): 1\n" }.joined(), "more than 20000"),
        ("too large", String(repeating: "# comment\n", count: 110_000), "larger than"),
        ("binary", "crew: !!binary aGFsbG8=\n", "tags"),
        ("timestamp", "crew: !!timestamp 2024-01-01\n", "tags"),
        ("custom tag", "crew: !ruby/object:X {}\n", "tags"),
        ("tagged quoted", "crew: !x \"y\"\n", "tags"),
        ("merge key", "crew: c\n<<: {goal: g}\n", "merge keys"),
        ("tab", "crew: c\nagents:\n\ta: 1\n", "no YAML"),
        ("two documents", "crew: c\n---\ncrew: d\n", "second document"),
        ("nul", "crew: \u{0}\n", "control character"),
        ("empty", "", "empty"),
        ("comment only", "# nothing\n", "empty"),
        ("scalar", "hello\n", "expected a mapping"),
        ("complex key", "? [a, b]\n: c\n", "a key is a word"),
    ]

    private static let laughs =
        "l0: &l0 [lol, lol]\n"
        + (1...9).map { "l\($0): &l\($0) [*l\($0 - 1), *l\($0 - 1), *l\($0 - 1), *l\($0 - 1)]\n" }.joined()

    @Test func otherEncodingsAreRefused() {
        let wide: [UInt8] = [0xFF, 0xFE] + "crew: c".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(
            CrewFile.parse(bytes: wide, name: "f").diagnostics.first?.hint == "it looks like UTF-16; save it as UTF-8"
        )
        #expect(CrewFile.parse(bytes: [0x63, 0xC3, 0x28], name: "f").hasErrors)
    }

    @Test func byteOrderMarkAndWindowsLinesAreFine() {
        let text = "\u{FEFF}" + quickstart.replacing("\n", with: "\r\n")
        #expect(CrewFile.parse(text: text, name: "f").diagnostics.map(\.description) == [])
    }

    @Test func emphasisAndCodeInTextAreNoAliases() {
        let code = "    int *p = &p; int *q = &q; *p = *q;\n"
        let text =
            "crew: c\ngoal: |\n" + code + "    Write *this* & that.\nmodels: {default: {model: m}}\n"
            + "agents: {a: {role: r, goal: g}}\ntasks: {t: {description: d}}\n"
        #expect(CrewFile.parse(text: text, name: "f").diagnostics.map(\.description) == [])
    }
}
