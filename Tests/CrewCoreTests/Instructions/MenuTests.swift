import ChatModel
import CrewTesting
import Testing

@testable import CrewCore

/// What is legal, whoever answers.
struct MenuTests {
    static let crews: [Crew] = [
        .team(.coordinator),
        .team(CrewProcess(pattern: .coordinator, maximumInstructions: 8, stallAfter: 2, maximumPlans: 1)),
        .team(CrewProcess(pattern: .coordinator, answer: "extra")),
        .team(.coordinator, tasks: []),
        .team(.coordinator, tasks: [CrewTask("a", summary: "A", isRequired: false)]),
    ]

    @Test func whateverALegalModelSaysTheRunEndsAndSucceedsOnlyWithAllResults() throws {
        var outcomes: Set<String> = []
        for seed in 0..<1_000 {
            var random = SeededGenerator(seed: seed)
            var crew = Self.crews[seed % Self.crews.count]
            if random.chance(40) { crew.agents[0].limits.calls = random.number(1...4) }
            var simulation = try DrivenRun(
                crew,
                limits: random.chance(30) ? Limits(calls: random.number(1...20)) : nil
            )
            var steps = 0
            while simulation.state.status == .running, steps < 2_000 {
                steps += 1
                try #require(!simulation.pending.isEmpty, "seed \(seed): nothing is under way and nothing follows")
                let index = random.number(0...(simulation.pending.count - 1))
                let call = try #require(simulation.call(index))
                if random.chance(15) {
                    let code = random.one(of: [ChatError.Code.timedOut, .rateLimited, .credentials]) ?? .timedOut
                    simulation.fail(index, with: ChatError(code, "no", wasSent: random.chance(50)))
                } else if call.seat.isCoordinator {
                    let schema = simulation.state.menu.schema
                    let answer = RandomDocument.following(schema.document, &random).jsonText
                    simulation.finish(index, with: .said(answer))
                } else {
                    simulation.finish(index, with: .said(random.chance(20) ? "" : "text \(steps)"))
                }
            }
            let state = simulation.state
            try #require(state.status != .running, "seed \(seed) does not end")
            try #require(simulation.breach == nil, "seed \(seed): \(simulation.breach ?? "")")
            try #require(state.ledger.run.held == .zero, "seed \(seed)")
            try #require(state.coordinator.issued.count <= crew.process.maximumInstructions + 1, "seed \(seed)")
            if state.status == .finished {
                try #require(state.missingTasks.isEmpty && !state.results.isEmpty, "seed \(seed)")
                try #require(state.end?.answer?.allSatisfy(\.isWhitespace) == false, "seed \(seed)")
            }
            try #require(state.end?.code != "dead_end", "seed \(seed)")
            outcomes.insert("\(state.status) \(state.end?.code ?? "")")
        }
        // The seeds reach the different ends, or they would show little.
        #expect(outcomes.isSuperset(of: ["finished ", "failed stalled", "failed gave_up", "limited limit_calls"]))
    }

    @Test func theSchemaAcceptsExactlyWhatTheEngineCarriesOut() throws {
        var legal = 0
        var illegal = 0
        for seed in 0..<300 {
            var random = SeededGenerator(seed: seed)
            var simulation = try DrivenRun(Self.crews[seed % Self.crews.count])
            for _ in 0..<12 where simulation.state.status == .running {
                guard let call = simulation.call(0) else { break }
                guard call.seat.isCoordinator else {
                    simulation.finish(0, with: random.chance(85) ? .said("done \(random.number(0...9))") : .said(""))
                    continue
                }
                let state = simulation.state
                let menu = state.menu
                for _ in 0..<4 {
                    let answer =
                        random.chance(50)
                        ? RandomDocument.following(menu.schema.document, &random)
                        : RandomDocument.instruction(&random)
                    let follows = menu.schema.validate(answer, boundsTexts: false).isEmpty
                    switch ScopeView(state, 0).readInstruction(answer.jsonText, schema: menu.schema) {
                    case .instruction(let instruction):
                        legal += 1
                        try #require(
                            follows && menu.kinds.contains(instruction.kind),
                            "seed \(seed): \(answer.jsonText)"
                        )
                    case .illegal(let reasons):
                        illegal += 1
                        try #require(!reasons.isEmpty, "seed \(seed)")
                        // What follows the schema is refused only for what no schema can say.
                        let known = ["twice", "already done", "no objective", "blank"]
                        let isKnown = reasons.allSatisfy { reason in known.contains { reason.contains($0) } }
                        try #require(!follows || isKnown, "seed \(seed): \(reasons)")
                    case .notJSON(let reason): try #require(Bool(false), "seed \(seed): \(reason)")
                    }
                }
                simulation.finish(0, with: .said(RandomDocument.following(menu.schema.document, &random).jsonText))
            }
        }
        #expect(legal > 500 && illegal > 500)
    }

    @Test func theRunCannotBeFinishedOrGivenUpAtTheStart() throws {
        let menu = try DrivenRun(.team(.coordinator)).state.menu
        #expect(menu.kinds == [.delegate, .plan])
        #expect(
            menu.delegate?.tasks == [
                Instruction.Delegate.TaskChoice(tasks: ["facts"], agents: ["scout"]),
                Instruction.Delegate.TaskChoice(tasks: ["extra"], agents: ["scout", "writer"]),
            ]
        )
    }

    @Test func finishIsOfferedOnceEveryRequiredTaskIsAccepted() throws {
        var simulation = try DrivenRun(.team(.coordinator))
        simulation.finish(0, with: .said(Self.delegate("facts", "scout")))
        simulation.finish(0, with: .said("facts"))
        #expect(!simulation.state.menu.kinds.contains(.finish))
        simulation.finish(0, with: .said(Self.delegate("brief", "writer")))
        simulation.finish(0, with: .said("brief"))
        #expect(simulation.state.menu.finish?.results == ["r2"])
        // The facts lie under the brief; sending them back would leave it out of date.
        #expect(simulation.state.menu.revise?.results == ["r2"])
    }

    @Test func anAgentWithoutAllowanceIsNotOffered() throws {
        var crew = Crew.team(.coordinator, tasks: [CrewTask("a", summary: "A"), CrewTask("b", summary: "B")])
        crew.agents[0].limits.calls = 1
        var simulation = try DrivenRun(crew)
        simulation.finish(0, with: .said(Self.delegate("a", "scout")))
        simulation.finish(0, with: .said("done"))
        #expect(
            simulation.state.menu.delegate?.tasks == [Instruction.Delegate.TaskChoice(tasks: ["b"], agents: ["writer"])]
        )
    }

    @Test func theRunsOwnLimitHidesNoAgentAndEndsTheRunAsLimited() throws {
        var simulation = try DrivenRun(.team(.coordinator), limits: Limits(calls: 2))
        simulation.finish(0, with: .said(Self.delegate("facts", "scout")))
        simulation.finish(0, with: .said("facts"))
        #expect(simulation.state.status == .limited)
        #expect(simulation.state.end?.code == "limit_calls")
        #expect(simulation.state.end?.answer == "facts")
        #expect(simulation.state.end?.missing == ["brief"])
    }

    @Test func theLastAgentWithoutAllowanceEndsTheRunAsLimited() throws {
        var crew = Crew.team(.coordinator, tasks: [CrewTask("a", summary: "A"), CrewTask("b", summary: "B")])
        for index in crew.agents.indices { crew.agents[index].limits.calls = index == 0 ? 1 : 0 }
        var simulation = try DrivenRun(crew)
        simulation.finish(0, with: .said(Self.delegate("a", "scout")))
        simulation.finish(0, with: .said("done"))
        #expect(simulation.state.status == .limited)
        #expect(simulation.state.end?.missing == ["b"])
    }

    @Test func workThatWasDoneIsNotHandedOutAgain() throws {
        var simulation = try DrivenRun(.team(.coordinator, tasks: []))
        let order =
            #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"agent":"scout","objective":"look"}]}}"#
        simulation.finish(0, with: .said(order))
        simulation.finish(0, with: .said("seen"))
        for again in ["look", " look "] {
            let text =
                #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"agent":"scout","objective":"\#(again)","inputs":[]}]}}"#
            let menu = simulation.state.menu
            guard
                case .illegal(let reasons) = ScopeView(simulation.state, 0).readInstruction(text, schema: menu.schema)
            else {
                Issue.record("it was taken")
                continue
            }
            #expect(reasons.first?.contains("already done") == true)
        }
    }

    @Test func aCrewOfOptionalTasksDoesNotSucceedWithoutAnyResult() throws {
        let tasks = [CrewTask("a", summary: "A", isRequired: false), CrewTask("b", summary: "B", isRequired: false)]
        for process in [CrewProcess.sequential, .concurrent] {
            var simulation = try DrivenRun(.team(process, tasks: tasks))
            while simulation.call(0) != nil { simulation.fail(0, with: ChatError(.credentials, "no", wasSent: true)) }
            #expect(simulation.state.status == .failed)
        }
    }

    private static func delegate(_ task: String, _ agent: String) -> String {
        #"{"reason":"","instruction":{"kind":"delegate","assignments":[{"task":"\#(task)","agent":"\#(agent)","objective":""}]}}"#
    }
}
