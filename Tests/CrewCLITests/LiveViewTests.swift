import Testing

@testable import CrewCLI
@testable import CrewCore
@testable import CrewReport

/// The live view as it is drawn.
struct LiveViewTests {
    private func progress(_ facts: [Fact]) -> RunProgress {
        var progress = RunProgress()
        for event in SampleRun.events(facts) { _ = progress.take(event) }
        return progress
    }

    private func drawn(_ progress: RunProgress, after milliseconds: Int64, columns: Int, rows: Int = 12) -> [String] {
        LiveView.lines(progress, at: SampleRun.start + milliseconds, columns: columns, rows: rows).map(\.text)
    }

    @Test func showsWhoIsAtWorkAndWhatIsLeft() {
        var progress = progress(SampleRun.begin)
        progress.take("Tides turn twice a day,\nand the moon pulls them.", of: .assignment("a1"))
        #expect(
            drawn(progress, after: 14_000, columns: 80) == [
                "brief · coordinator · gpt-5-mini · r-1",
                "⠋ scout facts  Tides turn twice a day, and the moon pulls them.",
                "$0.000425 of $0.50 · 2 calls of 60 (1 under way) · 1,000 tokens · 00:14 of 10m",
            ]
        )
    }

    @Test func cutsToTheWidthAndKeepsTheEndOfWhatIsSaid() {
        var progress = progress(SampleRun.begin)
        progress.take("潮汐能は月の引力 \u{1B}]0;owned\u{07} 🌊🌊", of: .assignment("a1"))
        let lines = drawn(progress, after: 14_000, columns: 40)
        #expect(
            lines == [
                "brief · coordinator · gpt-5-mini · r-1",
                "⠋ scout facts  …力 \\e]0;owned\\u{7} 🌊🌊",
                "$0.000425 of $0.50 · 2 calls of 60 (1 u…",
            ]
        )
        #expect(lines.allSatisfy { TextWidth.of($0) <= 40 })
    }

    @Test func saysWhyItWaits() {
        let lines = drawn(progress(SampleRun.begin + SampleRun.trouble), after: 7_500, columns: 80)
        #expect(lines.dropFirst().first == "⠴ scout facts waits 1.5 s: too many requests")
    }

    @Test func nobodyIsLeftWhenTheRunHasEnded() {
        let end = RunEnded(status: .finished, code: nil, message: nil, answer: "", results: [], missing: [])
        let progress = progress(SampleRun.begin + [.runEnded(end)])
        #expect(drawn(progress, after: 1_000, columns: 80).count == 2)
    }

    @Test func manyAtWorkFitAFewRows() {
        let crowd = (1...20).map { SampleRun.assignment("a\($0)", "agent\($0)", "t") }
        let lines = drawn(progress(SampleRun.begin.prefix(1) + crowd), after: 0, columns: 60, rows: 8)
        #expect(lines.count == 7)
        #expect(lines.contains("  and 16 more at work"))
    }

    @Test func saysWhatTheWholeRunWaitsFor() {
        var progress = progress(SampleRun.begin)
        let isNew = progress.wait(for: "room on the account project: $0.10 of $1.00 free, up to $0.20 needed")
        let isNewAgain = progress.wait(for: "room on the account project: $0.15 of $1.00 free, up to $0.20 needed")
        #expect(isNew && !isNewAgain, "the numbers may change; that it waits is told once")
        let lines = drawn(progress, after: 7_500, columns: 90)
        #expect(lines.contains("waits for room on the account project: $0.15 of $1.00 free, up to $0.20 needed"))
        _ = progress.wait(for: nil)
        #expect(!drawn(progress, after: 7_500, columns: 90).contains { $0.contains("waits for room") })
    }

    private static let up = "\u{1B}[1A\u{1B}[2K"

    @Test func redrawingGoesBackOverWrappedLines() {
        var region = LiveRegion()
        let first = region.redraw([StyledLine("0123456789"), "b"], above: ["done"], columns: 20, inColor: false)
        #expect(first == "\u{1B}[?2026h\u{1B}[?25ldone\r\n0123456789\r\nb\u{1B}[?2026l")
        // Half as wide, the first line takes two rows.
        let second = region.redraw(["c"], above: [], columns: 8, inColor: false)
        #expect(second == "\u{1B}[?2026h\r\u{1B}[2K\(Self.up)\(Self.up)c\u{1B}[?2026l")
        #expect(region.end(above: [], columns: 8, inColor: false) == "\r\u{1B}[2K\u{1B}[?25h")
    }

    @Test func aTerminalThatCutsLinesOffHasAsManyRowsAsLines() {
        var region = LiveRegion(reflows: false)
        _ = region.redraw([StyledLine("0123456789"), "b"], above: [], columns: 20, inColor: false)
        #expect(region.end(above: [], columns: 3, inColor: false) == "\r\u{1B}[2K\(Self.up)\u{1B}[?25h")
    }

    @Test func afterAStopNothingOfOthersIsErased() {
        var region = LiveRegion()
        _ = region.redraw(["a", "b", "c"], above: [], columns: 20, inColor: false)
        region.forget()
        let again = region.redraw(["a"], above: [], columns: 20, inColor: false)
        #expect(again == "\u{1B}[?2026h\u{1B}[?25la\u{1B}[?2026l")
    }

    @Test(arguments: [("", 1), ("abcd", 1), ("abcde", 2), ("潮汐能", 2), ("a潮汐", 2), ("abc潮", 2), ("🌊🌊🌊🌊🌊", 3)])
    func rowsAreCountedAsATerminalWraps(text: String, rows: Int) {
        #expect(TextWidth.rows(of: text, 4) == rows)
    }

    @Test(arguments: [
        (["TERM": "xterm-256color"], true), (["TERM": "linux"], false), (["TERM": "screen", "STY": "1.pts"], false),
        (["TERM": "screen", "TMUX": "/tmp/x"], true), (["TERM": "xterm", "XTERM_VERSION": "XTerm(380)"], false),
    ])
    func itIsKnownWhichTerminalsCutLinesOff(environment: [String: String], reflows: Bool) {
        #expect(Appearance(environment: environment, isTerminal: true, colorIsRefused: false).reflows == reflows)
    }
}
