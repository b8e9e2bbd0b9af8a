import ChatModel
import Foundation
import Testing

@testable import CrewCore

/// Events as a journal keeps them.
struct EventCodingTests {
    private static let facts: [Fact] = [
        .runCreated(
            RunCreated(
                run: "r",
                crew: .team(.coordinator),
                inputs: ["x": 1],
                limits: Limits(tokens: 9),
                dialects: ["default": .openAI],
                prompts: "p",
                folder: "."
            )
        ),
        .runResumed(
            RunResumed(epoch: 2, limits: Limits(calls: 3), unknownTools: .skip, instructions: 40, prompts: "q")
        ),
        .instructionIssued(
            InstructionIssued(number: 1, call: "c1", instruction: .plan(.init(facts: ["f"], steps: ["s"])))
        ),
        .instructionIssued(
            InstructionIssued(number: 2, call: nil, instruction: .finish(.init(answer: nil, results: ["r1"])))
        ),
        .instructionIssued(
            InstructionIssued(number: 3, call: "c2", instruction: .revise(.init(result: "r1", feedback: "f")))
        ),
        .instructionIssued(InstructionIssued(number: 4, call: "c2", instruction: .giveUp(.init(reason: "no")))),
        .instructionIssued(
            InstructionIssued(
                number: 5,
                call: nil,
                instruction: .delegate(.init([AssignmentOrder(agent: "a", task: nil, objective: "o", inputs: ["r1"])]))
            )
        ),
        .assignmentStarted(
            Assignment(
                id: "a1",
                agent: "a",
                task: "t",
                objective: "",
                inputs: [],
                revision: .init(result: "r1", feedback: "f"),
                allowance: 3
            )
        ),
        .callIntended(
            CallIntended(
                call: "c1",
                attempt: 2,
                seat: .assignment("a1"),
                model: "default",
                hold: Amounts(money: Money(picodollars: 5), tokens: 6, calls: 1),
                price: Price(input: 1, output: 2),
                maximumOutput: 7,
                dialect: .compatible
            )
        ),
        .callCompleted(
            CallCompleted(
                call: "c1",
                text: "t",
                toolCalls: [
                    ToolCall(id: "1", name: "n", arguments: "{}", opaque: OpaqueFields(["extra_content": ["s": "\""]]))
                ],
                opaque: OpaqueFields(["reasoning_content": "hm"]),
                refusal: "r",
                finishReason: .toolCalls,
                usage: TokenUsage(input: 1, output: 2),
                isEstimated: true,
                cost: Money(picodollars: 3),
                isCached: false
            )
        ),
        .callFailed(
            CallFailed(
                call: "c1",
                code: .rateLimited,
                message: "m",
                status: 429,
                retryAfter: 5,
                serverSaysRetry: true,
                feature: .seed,
                uncertain: Amounts(tokens: 4)
            )
        ),
        .retryScheduled(RetryScheduled(call: "c1", at: 99)),
        .dialectLearned(DialectLearned(model: "default", dialect: .openAI, withdrawn: .seed)),
        .modelReplaced(ModelReplaced(call: "c1", from: "a", to: "b")),
        .toolIntended(ToolIntended(tool: "t1", assignment: "a1", toolCallID: "x", name: "n", arguments: "{}")),
        .toolCompleted(ToolCompleted(tool: "t1", outcome: .timedOut, text: "t")),
        .answerRejected(AnswerRejected(call: "c1", reasons: ["a", "b"])),
        .resultAccepted(
            AcceptedResult(id: "r1", assignment: "a1", agent: "a", task: nil, text: "ü\u{0}", isStructured: false)
        ),
        .assignmentFailed(AssignmentFailed(assignment: "a1", code: "c", message: "m")),
        .stallDetected(StallDetected(instructions: 3)),
        .limitReached(LimitReached(agent: "a", kind: .money, message: "m")),
        .signalReceived(SignalReceived(number: 1, signal: .cancel, speaker: "s", said: 9, refused: "r")),
        .signalReceived(SignalReceived(number: 2, signal: .pause, said: 9)),
        .signalReceived(
            SignalReceived(
                number: 3,
                signal: .limit(Limits(money: Money(picodollars: 5), time: 7), instructions: 30),
                said: 9
            )
        ),
        .signalReceived(
            SignalReceived(
                number: 4,
                signal: .unknown(UnknownSignal(kind: "answer", json: #"{"kind":"answer","text":"yes"}"#)),
                said: 9
            )
        ),
        .runEnded(
            RunEnded(status: .limited, code: "c", message: "m", answer: "a", results: ["r1"], missing: ["t"])
        ),
        .unknown(
            UnknownFact(
                type: "gate.opened",
                version: 3,
                json: #"{"sequence":27,"time":1790000000123,"type":"gate.opened","version":3}"#
            )
        ),
    ]

    @Test func everyKindOfEventIsReadAsItWasWritten() throws {
        #expect(Set(Self.facts.map(\.kind)) == Set(Fact.Kind.allCases))
        for (index, fact) in Self.facts.enumerated() {
            let event = Event(sequence: index + 1, time: 1_790_000_000_123, fact: fact)
            let bytes = try JSONEncoder().encode(event)
            #expect(try JSONDecoder().decode(Event.self, from: bytes) == event, "\(fact.kind)")
        }
    }

    @Test func anAnswerAndADialectOfAnEarlierVersionAreRead() throws {
        let answer = #"""
            {"sequence":3,"time":5,"type":"call.completed","call":"c1","text":"","toolCalls":[{"id":"1","name":"n",
            "arguments":"{}"}],"finishReason":"tool_calls","usage":{"input":1,"cachedInput":0,"output":2,"reasoning":0},
            "isEstimated":false,"cost":3,"isCached":false}
            """#
        guard case .callCompleted(let fact) = try JSONDecoder().decode(Event.self, from: Data(answer.utf8)).fact else {
            Issue.record("another fact")
            return
        }
        #expect(fact.opaque == nil && fact.toolCalls == [ToolCall(id: "1", name: "n", arguments: "{}")])
        let dialect = #"""
            {"structuredOutput":"tool_call","schemaKeywords":"full","outputLimitField":"max_tokens","streamUsage":false,
            "sampling":true,"parallelToolCalls":true,"seed":true}
            """#
        var expected = Dialect(structuredOutput: .toolCall, schemaKeywords: .full, outputLimitField: .maxTokens)
        expected.streamUsage = false
        #expect(try JSONDecoder().decode(Dialect.self, from: Data(dialect.utf8)) == expected)
    }
}
