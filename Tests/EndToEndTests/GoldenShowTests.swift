import Foundation
import Testing

/// What the program tells other programs of stores that released programs left: the same for ever.
///
/// The stores are those of `CrewStoreTests/Golden`, of which a copy is looked at.
@Suite(.serialized, .timeLimit(.minutes(4)))
struct GoldenShowTests {
    private let work: Workspace

    init() throws { work = try Workspace() }

    @Test(
        "It is listed, shown and verified",
        arguments: [
            "v3/processes", "v3/kinds", "v3/interrupted", "v3/ended", "v3/waiting", "v4/processes", "v4/changed",
            "v5/signals",
        ]
    )
    func account(name: String) async throws {
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("CrewStoreTests/Golden/\(name)")
        for file in ["crew.sqlite", "crew.sqlite-wal"] {
            guard let data = FileManager.default.contents(atPath: golden.path + "/" + file) else { continue }
            try work.write(data, to: ".crew/" + file)
        }
        try #require(try await work.crew("trust", "--yes").status == 0)
        let list = try await work.crew("runs", "--output", "json")
        var text = list.output
        for run in try JSON(list.output).items.compactMap({ $0["run"]?.text }) {
            let shown = try await work.crew("show", run, "--output", "json")
            #expect(shown.status == 0, "\(shown.errors)")
            text += shown.output
            #expect(try await work.crew("show", run).status == 0)
        }
        let verified = try await work.crew("verify")
        #expect(verified.status == 0, "\(verified.errors)")
        text += verified.output
        let file = golden.appendingPathComponent("shown.txt")
        if ProcessInfo.processInfo.environment["CREW_RECORD_SNAPSHOTS"] == "1" {
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(text == (try String(contentsOf: file, encoding: .utf8)))
    }
}
