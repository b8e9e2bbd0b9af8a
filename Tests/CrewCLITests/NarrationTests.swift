import Testing

@testable import CrewCLI
@testable import CrewCore
@testable import CrewReport

/// What is said of each step, in a pipe and above the live view.
struct NarrationTests {
    @Test func everyStepIsALine() {
        var narration = Narration()
        let facts = SampleRun.begin + SampleRun.trouble + SampleRun.end
        let lines = SampleRun.events(facts).flatMap { narration.tell($0) }.filter { $0.weight == .step }.map(
            \.line.text
        )
        #expect(
            lines == [
                "run: r-1 of crew brief (coordinator, gpt-5-mini)",
                "coordinator → delegate scout: facts “be brief”",
                "scout: too many requests (HTTP 429); trying again in 2.0 s",
                "scout: answer rejected: it is not one JSON document: \\e[31mred",
                "scout: result r1 for facts accepted (524 tokens, $0.000348)",
                "limit: the run has reached its limit: all 3 calls made",
            ]
        )
    }

    @Test func detailsTellOfEachCall() {
        var narration = Narration()
        let lines = SampleRun.events(SampleRun.begin).flatMap { narration.tell($0) }.filter { $0.weight == .detail }
        #expect(
            lines.map(\.line.text) == [
                "coordinator: calls gpt-5-mini (c1)",
                "coordinator: call c1 answered (900 tokens read, 100 written, $0.000425)",
                "scout: begins a1 (task facts)",
                "scout: calls gpt-5-mini (c2)",
            ]
        )
    }
}
