import Foundation
import Testing

/// What a release is packed of.
@Suite(.timeLimit(.minutes(5)))
struct DistTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private let work: Workspace

    init() throws { work = try Workspace() }

    private func python() throws -> String {
        try #require(
            ProcessInfo.processInfo.environment["CREW_TEST_PYTHON"],
            "CREW_TEST_PYTHON has to name a python; `make test` sets it"
        )
    }

    @Test func theManualPageSaysWhatTheProgramSays() async throws {
        let script =
            "\"$CREW\" --experimental-dump-help | '\(try python())' '\(Self.root)/Scripts/man-page' 1.2.3 2026-11-25"
        let page = try await work.shell(script)
        #expect(page.status == 0, "\(page.errors)")
        #expect(page.output.hasPrefix(".TH CREW 1 \"2026-11-25\" \"crew 1.2.3\""))
        let help = try await work.crew("--help")
        let commands = help.output.split(separator: "\n").drop { !$0.hasPrefix("SUBCOMMANDS") }
            .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("See 'crew") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(commands.count > 8)
        for command in commands {
            #expect(page.output.contains(".SS crew \(command)"), "crew \(command) is missing")
            let said = try await work.crew(command, "--help")
            for word in said.output.split(whereSeparator: { " \n,/[]".contains($0) }) where word.hasPrefix("--") {
                let option = word.prefix { $0.isLetter || $0 == "-" }
                guard !["--help", "--version", "--", "--store"].contains(option) else { continue }
                #expect(
                    page.output.contains(option.replacing("-", with: "\\-")),
                    "\(option) of crew \(command) is missing"
                )
            }
        }
        // A line that begins with a point would be a request.
        let requests = Set(
            page.output.split(separator: "\n").filter { $0.hasPrefix(".") }.map { $0.prefix { $0 != " " } }
        )
        #expect(
            requests.isSubset(of: [".TH", ".nh", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi"]),
            "\(requests)"
        )
    }

    @Test(arguments: [
        ("bash", "complete -o filenames -F _crew crew"), ("zsh", "#compdef crew"), ("fish", "complete -c 'crew'"),
    ])
    func completionsAreGenerated(shell: String, mark: String) async throws {
        let script = try await work.crew("--generate-completion-script", shell)
        #expect(script.status == 0 && script.output.contains(mark), "\(script.output.prefix(400))")
        for word in ["resume", "limit-instructions", "budget"] { #expect(script.output.contains(word), "\(word)") }
    }

    @Test func theSameProgramGivesTheSameArchive() async throws {
        let dist = "'\(try python())' '\(Self.root)/Scripts/dist' --program \"$CREW\" --level 1"
        let script = """
            set -e
            export SOURCE_DATE_EPOCH=1700000000
            \(dist) --into a && umask 077 && \(dist) --into b
            cmp a/*.tar.gz b/*.tar.gz
            cd a && sha256sum -c *.sha256 && tar xzf *.tar.gz && cd */ && ls -R . && ./crew --version
            """
        let outcome = try await work.shell(script)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.contains { $0.hasPrefix("crew-") && $0.hasSuffix(".tar.gz: OK") }, "\(lines)")
        for file in ["LICENSE", "README.md", "crew", "crew.1", "crew.bash", "_crew", "crew.fish"] {
            #expect(lines.contains(file), "\(file) is missing: \(lines)")
        }
        let version = try await work.crew("--version")
        #expect(version.status == 0 && lines.last == String(version.output.dropLast()))
        #expect(lines.contains { $0.contains("crew-\(version.output.dropLast())-") })
    }
}
