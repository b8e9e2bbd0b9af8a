import ChatModel
import Testing

@testable import CrewCore
@testable import CrewFile

/// What a crew file may say under `process:`, from the one list of options.
struct ProcessOptionTests {
    private static func file(_ pattern: CrewProcess.Pattern, _ option: String) -> String {
        """
        crew: c
        goal: g
        models: {default: {model: m}, other: {model: n}}
        tools: {sums: {builtin: calculator}}
        agents:
          ann: {role: r, goal: g}
          bob: {role: r, goal: g}
        tasks:
          one: {description: d}
          two: {description: d}
        process: {pattern: \(pattern.rawValue), \(option)}

        """
    }

    private static func written(_ option: ProcessOption) -> String {
        switch option.value {
        case .integer(_, let range): "\(range.upperBound)"
        case .model: "other"
        case .agent: "bob"
        case .task: "one"
        case .tools: "[sums]"
        case .limits: "{calls: 5}"
        }
    }

    @Test(arguments: ProcessOption.all.map(\.key))
    func whatIsWrittenReachesTheCrew(key: String) throws {
        let option = try #require(ProcessOption.all.first { $0.key == key })
        for pattern in option.patterns {
            let reading = CrewFile.parse(text: Self.file(pattern, "\(key): \(Self.written(option))"), name: "f")
            #expect(reading.diagnostics.isEmpty, "\(pattern): \(reading.diagnostics)")
            let process = try #require(reading.crew?.process)
            #expect(option.isSet(in: process), "\(pattern)")
            for other in ProcessOption.all where other.key != key { #expect(!other.isSet(in: process), "\(other.key)") }
        }
    }

    @Test(arguments: ProcessOption.all.map(\.key))
    func aNumberOutOfItsRangeAndANameThatNobodyHasAreErrorsWithTheirPlace(key: String) throws {
        let option = try #require(ProcessOption.all.first { $0.key == key })
        let pattern = try #require(option.patterns.first)
        let wrong: [String] =
            if case .integer(_, let range) = option.value {
                ["\(range.upperBound + 1)", "\(range.lowerBound - 1)"]
            } else if case .tools = option.value {
                ["[nobody]"]
            } else if case .limits = option.value {
                ["{calls: 0}"]
            } else {
                ["nobody"]
            }
        // Where in the value the place is.
        let inner = if case .tools = option.value { 1 } else if case .limits = option.value { 8 } else { 0 }
        for value in wrong {
            let reading = CrewFile.parse(text: Self.file(pattern, "\(key): \(value)"), name: "f")
            let column = "process: {pattern: \(pattern.rawValue), \(key): ".count + 1 + inner
            #expect(reading.diagnostics.count == 1, "\(value): \(reading.diagnostics)")
            #expect(reading.diagnostics.first?.severity == .error && reading.diagnostics.first?.mark.line == 11)
            #expect(reading.diagnostics.first?.mark.column == column, "\(value)")
        }
    }

    /// Files that were accepted stay so; what has no effect is told.
    @Test func anOptionOfAnotherProcessIsDoubtedAndTheAggregatorIsRefused() {
        for option in ProcessOption.all {
            for pattern in CrewProcess.Pattern.allCases where !option.patterns.contains(pattern) {
                let text = Self.file(pattern, "\(option.key): \(Self.written(option))")
                let reading = CrewFile.parse(text: text, name: "f")
                #expect(reading.hasErrors == option.isRefusedElsewhere, "\(option.key) \(pattern)")
                #expect(reading.diagnostics.count == 1, "\(option.key) \(pattern): \(reading.diagnostics)")
                #expect(reading.diagnostics.first?.message.hasPrefix("only a ") == true)
                #expect(reading.diagnostics.first?.mark.line == 11)
            }
        }
    }

    @Test func whatHoldsAnywayIsNoDoubt() throws {
        let reading = CrewFile.parse(text: Self.file(.sequential, "max_plans: 3, max_revisions: 2"), name: "f")
        #expect(reading.diagnostics.isEmpty)
    }

    @Test(arguments: [
        (7, CrewProcess.Pattern.coordinator, []), (7, .sequential, ["12:24"]), (0, .coordinator, ["12:24"]),
    ])
    func instructionsAmongTheLimitsAreThoseOfTheProcess(most: Int, pattern: CrewProcess.Pattern, places: [String]) {
        let text = Self.file(pattern, "answer: one") + "limits: {instructions: \(most)}\n"
        let reading = CrewFile.parse(text: text, name: "f")
        #expect(reading.crew?.process.maximumInstructions == most)
        #expect(reading.diagnostics.map { "\($0.mark.line):\($0.mark.column)" } == places, "\(reading.diagnostics)")
        #expect(reading.hasErrors == (most == 0))
    }
}
