import CrewKit
import CrewTesting
import Testing

/// The articles "Your first crew" and "Tools", and the README.
struct FirstCrewTests {
    struct Brief: Generable {
        var title: String
        var sources: [String]
    }

    struct Lookup: Tool {
        struct Input: Generable {
            var word: String
            var language: String?

            static var guides: [Guide] { [Guide("language", "Two letters, such as en", ["maxLength": 2])] }
        }

        let dictionary = ["geyser": "a hot spring that erupts"]
        let name = "lookup", summary = "Looks a word up in the dictionary."
        var effects: ToolEffects { .reads }

        func call(_ input: Input, context: ToolContext) async throws -> String {
            guard let entry = dictionary[input.word] else { throw ToolRejection("unknown word") }
            return entry
        }
    }

    struct Forecast: Tool {
        struct Input: Generable { var city: String }
        struct Day: Encodable { var name: String, degrees: Double }

        let name = "forecast", summary = "The weather of the coming days."
        var effects: ToolEffects { .network }
        var isIdempotent: Bool { true }
        var timeout: Duration { .seconds(20) }

        func call(_ input: Input, context: ToolContext) async throws -> [Day] {
            context.progress("asks for \(input.city)")
            return try await weather(of: input.city, before: context.deadline)
        }
    }

    /// A coordinator that has the findings made first and then the brief, and the agents that make them.
    private struct MyModel: ChatModel {
        func respond(
            to request: ChatRequest,
            onText: (@Sendable (String) -> Void)?
        ) async throws(ChatError) -> ChatResponse {
            if request.systemText.contains("You coordinate") { return .said(Self.instruction(request.lastText)) }
            if request.systemText.contains("Writer") {
                return .said(#"{"title":"Geysers","sources":["a dictionary"]}"#)
            }
            return request.hasToolResult ? .said("They erupt.") : .calling(("1", "lookup", #"{"word":"geyser"}"#))
        }

        private static func instruction(_ board: String) -> String {
            let instruction =
                if board.contains("- findings [due]") {
                    #"{"kind":"delegate","assignments":[{"task":"findings","agent":"scout","objective":""}]}"#
                } else if board.contains("- brief [due]") {
                    #"{"kind":"delegate","assignments":[{"task":"brief","agent":"writer","objective":""}]}"#
                } else {
                    #"{"kind":"finish","results":["r2"]}"#
                }
            return #"{"reason":"","instruction":\#(instruction)}"#
        }
    }

    func briefing(on topic: String) -> Crew {
        Crew("brief", goal: "Explain \(topic)", process: .coordinator) {
            Agent("scout", role: "Researcher", goal: "Find verifiable facts") { Lookup() }
            Agent("writer", role: "Writer", goal: "Turn findings into prose")
            CrewTask("findings", "Ten facts, each with its source", agent: "scout")
            CrewTask("brief", "A sourced brief", agent: "writer", needs: ["findings"], output: Brief.self)
        }
    }

    /// Nothing is sent and no file is made before a run begins.
    @Test func theEnginesOfTheArticlesAreMade() throws {
        do {
            let engine = try CrewEngine(model: .openAI("gpt-5-mini"), journal: .sqlite(".crew"))
            _ = engine
        }
        do {
            let engine = try CrewEngine(models: ["default": .openAI("gpt-5-mini"), "local": .chatModel(MyModel())])
            _ = engine
        }
    }

    @Test func theCrewGivesABrief() async throws {
        let engine = try CrewEngine(model: MyModel(), price: .free)
        let result = try await engine.run(briefing(on: "geysers"), limits: [.usd(0.50), .calls(40)])
        let brief = try result.value(of: "brief", as: Brief.self)
        #expect(brief.title == "Geysers" && brief.sources == ["a dictionary"])
        #expect(result.result(of: "findings")?.text == "They erupt.")
    }

    @Test func theCrewIsWatched() async throws {
        let engine = try CrewEngine(model: MyModel())
        let text = try await engine.withRun(briefing(on: "geysers")) { run in
            for await update in run {
                switch update {
                case .event(let event): print(event.fact.kind)
                case .text(let seat, let piece): print(seat, piece)
                case .progress(let progress): print(progress.tool, progress.text)
                case .waiting(let reason): print(reason ?? "goes on")
                }
            }
            return try await run.result.text
        }
        #expect(text.contains("Geysers"))
    }

    @Test func theCrewWorksInAService() async throws {
        let engine = try CrewEngine(model: MyModel())
        let run = try await engine.start(briefing(on: "geysers"))
        for try await event in engine.events(of: run, after: 1) { print(event.sequence, event.fact.kind) }
        let result = try await engine.result(of: run)
        #expect(result.status == .finished)
    }

    @Test func theForecastIsReadAsJSON() async throws {
        let crew = Crew("weather", goal: "Tell the weather") {
            Agent("scout", role: "Researcher", goal: "Find facts") { Forecast() }
            CrewTask("days", "The coming days", agent: "scout")
        }
        let model = ScriptedModel { request, _ throws(ChatError) in
            request.hasToolResult ? .said("Mild.") : .calling(("1", "forecast", #"{"city":"Oslo"}"#))
        }
        let recording = try await CrewEngine(model: model).record(crew)
        let texts = recording.all { if case .toolCompleted(let tool) = $0 { tool.text } else { nil } }
        #expect(texts == [#"[{"name":"Monday","degrees":7.5}]"#])
    }
}

extension FirstCrewTests.Forecast {
    fileprivate func weather(of city: String, before deadline: ContinuousClock.Instant?) async throws -> [Day] {
        [Day(name: "Monday", degrees: 7.5)]
    }
}
