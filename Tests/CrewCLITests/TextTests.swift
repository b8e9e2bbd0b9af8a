import ChatModel
import Testing

@testable import CrewCLI
@testable import CrewCore
@testable import CrewReport

/// Text from strangers, on a terminal.
struct TextTests {
    @Test(arguments: [
        ("a\u{1B}[2Jb", "a\\e[2Jb"),
        ("a\u{9B}31mb", "a\\u{9B}31mb"),
        ("one\r\ntwo\nthree\tfour", "one two three four"),
        ("over\rwrite", "over write"),
        ("\u{202E}gnp.exe", "\\u{202E}gnp.exe"),
        ("bell\u{07}", "bell\\u{7}"),
        ("naïve 潮 🌊 👩‍🚀", "naïve 潮 🌊 👩‍🚀"),
        ("a\u{200B}b\u{2060}c\u{AD}d", "a\\u{200B}b\\u{2060}c\\u{AD}d"),
        ("a\u{FE0F}\u{E0101}\u{180B}\u{3164}", "a\\u{FE0F}\\u{E0101}\\u{180B}\\u{3164}"),
    ])
    func oneLineSteersNothing(text: String, shown: String) {
        #expect(PrintableText.line(text) == shown)
    }

    @Test func linesStayLines() {
        #expect(PrintableText.lines("a\r\nb\n\tc\rd\u{1B}c") == "a\nb\n\tc\\rd\\ec")
    }

    @Test func theLargestAmountIsPrinted() {
        #expect(Numbers.money(Money(picodollars: .max)).hasPrefix("$9223372.03"))
        #expect(Numbers.money(Money(picodollars: .min)).contains("-9223372.03"))
    }

    @Test(arguments: [
        ("abc", 3), ("潮汐", 4), ("한글", 4), ("🌊", 2), ("👩‍🚀", 2), ("🇵🇹", 2), ("❤️", 2), ("❤", 1), ("é", 1), ("e\u{301}", 1),
        ("…", 1), ("", 0),
    ])
    func widthIsInColumns(text: String, columns: Int) {
        #expect(TextWidth.of(text) == columns)
    }

    @Test func cutsBetweenCharacters() {
        #expect(TextWidth.fitting("潮汐能", 5) == "潮汐…")
        #expect(TextWidth.fitting("潮汐能", 4) == "潮…")
        #expect(TextWidth.fitting("abc", 3) == "abc")
        #expect(TextWidth.fittingTail("潮汐能", 4) == "…能")
        #expect(TextWidth.fitting("abc", 0) == "")
    }

    @Test(arguments: [
        (0, "$0.00"), (2_100_000_000, "$0.0021"), (1, "$0.000001"), (1_500_000_000_001, "$1.5001"),
        (500_000_000_000, "$0.50"),
    ])
    func moneyIsNeverShownAsLess(picodollars: Int64, shown: String) {
        #expect(Numbers.money(Money(picodollars: picodollars)) == shown)
    }

    @Test func numbersReadWell() {
        #expect(Numbers.count(12_340) == "12,340")
        #expect(Numbers.count(1, "call") == "1 call")
        #expect(Numbers.duration(350) == "350 ms")
        #expect(Numbers.duration(65_000) == "1m 05s")
        #expect(Numbers.clock(3_723_000) == "1:02:03")
        #expect(DurationText.text(600_000) == "10m")
        #expect(Timestamp.iso8601(1_795_376_772_000) == "2026-11-22T19:46:12Z")
        #expect(Timestamp.days(since: "2026-09-22", until: 1_795_376_772_000) == 61)
    }

    @Test func colourIsAChoice() {
        func hasColor(_ environment: [String: String], _ isTerminal: Bool, refused: Bool = false) -> Bool {
            Appearance(environment: environment, isTerminal: isTerminal, colorIsRefused: refused).hasColor
        }
        #expect(hasColor(["TERM": "xterm"], true))
        #expect(!hasColor(["TERM": "xterm"], false))
        #expect(!hasColor(["TERM": "dumb"], true))
        #expect(!hasColor(["TERM": "xterm", "NO_COLOR": "1"], true))
        #expect(hasColor(["TERM": "xterm", "NO_COLOR": ""], true))
        #expect(!hasColor(["TERM": "xterm"], true, refused: true))
        #expect(hasColor(["CLICOLOR_FORCE": "1"], false))
    }
}
