import ChatModel
import Testing

@testable import CrewCore

/// What is particular to each instruction.
struct InstructionFormTests {
    private static func answer(_ instruction: String) -> ChatResponse {
        .said(#"{"reason":"","instruction":\#(instruction)}"#)
    }

    private static func delegate(_ task: String, _ agent: String) -> ChatResponse {
        answer(#"{"kind":"delegate","assignments":[{"task":"\#(task)","agent":"\#(agent)","objective":""}]}"#)
    }

    private static let plan = answer(#"{"kind":"plan","facts":[],"steps":["go on"]}"#)

    @Test func afterAStallNothingIsOfferedButAPlanOrGivingUp() throws {
        var run = try DrivenRun(.team(CrewProcess(pattern: .coordinator, stallAfter: 2)))
        run.finish(0, with: Self.delegate("extra", "scout"))
        run.finish(0, with: .said("a picture"))
        #expect(run.state.menu.kinds == [.delegate, .revise, .plan])
        for _ in 0..<2 {
            run.finish(0, with: Self.delegate("facts", "scout"))
            run.fail(0, with: ChatError(.credentials, "no", status: 401, wasSent: true))
        }
        #expect(run.state.menu.kinds == [.plan, .giveUp])
        run.finish(0, with: Self.plan)
        #expect(run.state.menu.kinds == [.delegate, .revise, .giveUp])
    }

    @Test func planFollowsPlanOnlyAfterSomethingElseAndNotForEver() throws {
        var run = try DrivenRun(.team(CrewProcess(pattern: .coordinator, maximumPlans: 2)))
        for _ in 0..<2 {
            #expect(run.state.menu.kinds.contains(.plan))
            run.finish(0, with: Self.plan)
            #expect(!run.state.menu.kinds.contains(.plan), "a plan has just been made")
            let task = run.state.results.isEmpty ? "facts" : "extra"
            run.finish(0, with: Self.delegate(task, "scout"))
            run.finish(0, with: .said("done"))
        }
        #expect(!run.state.menu.kinds.contains(.plan), "there have been two")
    }

    @Test func noMoreIsHandedOutAtOnceThanIsDueAndThanTheCrewAllows() throws {
        for (most, expected) in [(8, 2), (1, 1)] {
            let process = CrewProcess(pattern: .coordinator, maximumAssignments: most)
            let menu = try DrivenRun(.team(process)).state.menu
            #expect(menu.delegate?.maximumAssignments == expected)
            #expect(menu.schema.document.jsonText.contains(#""maxItems":\#(expected)"#))
            #expect(try DrivenRun(.team(process, tasks: [])).state.menu.delegate?.maximumAssignments == most)
        }
    }

    @Test func aModelsRepetitionsAreCarriedOutOnce() throws {
        var run = try DrivenRun(.team(.coordinator, tasks: []))
        for (objective, rest) in [("look", ""), ("look again", #","inputs":[]"#)] {
            run.finish(
                0,
                with: Self.answer(
                    #"{"kind":"delegate","assignments":[{"agent":"scout","objective":"\#(objective)"\#(rest)}]}"#
                )
            )
            run.finish(0, with: .said("seen"))
        }
        let inputs = #"["r1","r1"]"#
        run.finish(
            0,
            with: Self.answer(
                #"{"kind":"delegate","assignments":[{"agent":"writer","objective":"write","inputs":\#(inputs)}]}"#
            )
        )
        #expect(run.state.assignments.last?.assignment.inputs == ["r1"])
        run.finish(0, with: .said("written"))
        run.finish(0, with: Self.answer(#"{"kind":"finish","answer":"all","results":\#(inputs)}"#))
        #expect(run.state.end?.results == ["r1"] && run.state.status == .finished)
    }

    @Test func whatIsRecordedIsReadAsItStands() throws {
        let recorded: JSONValue = [
            "kind": "delegate",
            "assignments": [
                ["agent": "a", "task": "t", "objective": "", "inputs": ["r1", "r1"]], ["agent": "a", "task": .null],
            ],
        ]
        let instruction = try JSONValueDecoder().decode(Instruction.self, from: recorded)
        #expect(
            instruction
                == .delegate(
                    .init([
                        AssignmentOrder(agent: "a", task: "t", objective: "", inputs: ["r1", "r1"]),
                        AssignmentOrder(agent: "a", task: nil, objective: "", inputs: []),
                    ])
                )
        )
    }

    @Test(arguments: Instruction.Kind.allCases)
    func everyInstructionIsWrittenUnderItsName(kind: Instruction.Kind) throws {
        let members: JSONObject =
            switch kind {
            case .delegate: ["assignments": []]
            case .revise: ["result": "r1", "feedback": "shorter"]
            case .plan: ["facts": ["f"], "steps": ["s"]]
            case .finish: ["answer": "a", "results": ["r1"]]
            case .giveUp: ["reason": "no"]
            }
        var written: JSONObject = ["kind": .string(kind.rawValue)]
        for (key, value) in members { written[key] = value }
        let instruction = try JSONValueDecoder().decode(Instruction.self, from: .object(written))
        #expect(instruction.kind == kind && type(of: instruction.form) == kind.form)
        var writer = JSONWriter()
        try writer.encodable(instruction)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == JSONValue.object(written).jsonText)
    }

    @Test func anAssignmentThatIsHandedOutTwiceBeginsTwice() throws {
        var run = try DrivenRun(.team(.coordinator, tasks: []))
        let order = #"{"agent":"scout","objective":"look"}"#
        run.finish(
            0,
            with: Self.answer(#"{"kind":"delegate","assignments":[\#(order),{"agent":"writer","objective":"look"}]}"#)
        )
        #expect(run.state.assignments.map(\.assignment.agent) == ["scout", "writer"])
        #expect(run.pending.count == 2)
    }
}
