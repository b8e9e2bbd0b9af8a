import CrewFile
import Testing

/// What is probably not meant, though the crew can run: told with its place, and no error.
struct DoubtTests {
    private static func warnings(_ text: String) -> [String] {
        let reading = CrewFile.parse(text: text, name: "f")
        #expect(!reading.hasErrors, "\(reading.diagnostics)")
        return reading.diagnostics.map {
            "\($0.mark.line):\($0.mark.column) \($0.severity) \($0.message) [\($0.hint ?? "")]"
        }
    }

    @Test func theQuickstartLeavesNoDoubt() { #expect(Self.warnings(quickstart).isEmpty) }

    @Test func oneBraceIsToldWhereAnInputHasThatName() {
        let text = quickstart.replacing(
            "goal: Write a sourced brief on {{topic}}.",
            with: "goal: \"Write on {topic} {x}.\""
        )
        #expect(
            Self.warnings(text) == [
                "2:7 warning {topic} with one brace stays as it is, and there is an input of that name "
                    + "[did you mean {{topic}}?]"
            ],
            "other words between braces are nobody's business"
        )
    }

    @Test func anInputThatNothingUsesIsTold() {
        let text = quickstart.replacing("{{topic}}", with: "tides")
        #expect(
            Self.warnings(text) == [
                "4:3 warning nothing uses the input \"topic\" [write {{topic}} where its value is to stand, or take it out]"
            ]
        )
    }

    @Test func whoeverWritesOneBraceIsNotToldAsWellThatNothingUsesTheInput() {
        let text = quickstart.replacing("{{topic}}", with: "{topic}")
        let warnings = Self.warnings(text)
        #expect(!warnings.isEmpty && warnings.allSatisfy { $0.contains("one brace") }, "\(warnings)")
    }

    @Test func nothingIsDoubtedInAFileThatIsWrong() {
        let text = quickstart.replacing("{{topic}}", with: "tides").replacing(
            "goal: Write",
            with: "goal: [a]\nx: Write"
        )
        let reading = CrewFile.parse(text: text, name: "f")
        #expect(reading.hasErrors && reading.diagnostics.allSatisfy { $0.severity == .error })
    }
}
