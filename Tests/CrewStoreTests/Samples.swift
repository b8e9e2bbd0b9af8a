import ChatModel
import Foundation

@testable import CrewCore

/// One event of every kind.
enum Samples {
    static func created(_ run: String, crew: String = "tides") -> Fact {
        .runCreated(
            RunCreated(
                run: run,
                crew: Crew(
                    name: crew,
                    goal: "Explain {{topic}} — «à fond»",
                    inputs: [CrewInput(name: "topic", defaultValue: "tides")],
                    models: [ModelDefinition(model: "m", price: Price(input: 1, output: 2))],
                    tools: [ToolDefinition(name: "files", builtin: "files", options: ["root": "."])],
                    agents: [Agent("a", role: "r", goal: "g", tools: [.named("files")], limits: Limits(calls: 3))],
                    tasks: [
                        CrewTask(
                            "t",
                            summary: "s",
                            output: JSONSchema(["type": "object"]),
                            accept: [.assertion("length(x) > 1")]
                        )
                    ]
                ),
                inputs: ["z": 1, "a": [true, nil, 0.5, "\u{0}\u{1F30A}\n\""]],
                limits: Limits(money: Money(picodollars: 5), tokens: 6, calls: 7, time: 8),
                tools: [
                    "a": [
                        ToolSpecification(
                            declaration: ToolDeclaration(name: "files", summary: "s", parameters: JSONSchema([:])),
                            effects: .reads,
                            isIdempotent: true,
                            timeout: 9
                        )
                    ]
                ],
                dialects: ["default": .openAI],
                prompts: "1",
                folder: "crew.yaml"
            )
        )
    }

    static let completed = CallCompleted(
        call: "c1",
        text: "The moon.",
        toolCalls: [ToolCall(id: "x", name: "files", arguments: "{}")],
        refusal: nil,
        finishReason: .toolCalls,
        usage: TokenUsage(input: 10, cachedInput: 3, output: 20, reasoning: 4),
        isEstimated: true,
        cost: Money(picodollars: 1_000),
        isCached: false
    )

    static let failed = CallFailed(
        call: "c1",
        code: .serverFailed,
        message: "busy",
        status: 503,
        retryAfter: 100,
        serverSaysRetry: true,
        feature: .sampling,
        uncertain: Amounts(money: Money(picodollars: 7), tokens: 5, calls: 1)
    )

    /// Facts of every kind, in the order of their names' declaration.
    static func facts(_ run: String) -> [Fact] {
        [
            created(run),
            .runResumed(RunResumed(epoch: 2, limits: Limits(calls: 9), instructions: 30, prompts: "2")),
            .instructionIssued(
                InstructionIssued(
                    number: 1,
                    call: "c1",
                    instruction: .delegate(
                        .init([
                            AssignmentOrder(agent: "a", task: "t", objective: "o", inputs: ["r1"])
                        ])
                    )
                )
            ),
            .assignmentStarted(
                Assignment(
                    id: "a1",
                    agent: "a",
                    task: "t",
                    objective: "o",
                    inputs: ["r1"],
                    revision: Assignment.Revision(result: "r1", feedback: "shorter"),
                    allowance: 3
                )
            ),
            .callIntended(
                CallIntended(
                    call: "c1",
                    attempt: 1,
                    seat: .assignment("a1"),
                    model: "default",
                    hold: Amounts(money: Money(picodollars: 9), tokens: 8, calls: 1),
                    price: Price(input: 1, output: 2),
                    maximumOutput: 10,
                    dialect: .compatible
                )
            ),
            .callCompleted(completed),
            .callFailed(failed),
            .retryScheduled(RetryScheduled(call: "c1", at: 123)),
            .dialectLearned(DialectLearned(model: "default", dialect: .compatible, withdrawn: .seed)),
            .modelReplaced(ModelReplaced(call: "c1", from: "a", to: "b")),
            .toolIntended(
                ToolIntended(tool: "t1", assignment: "a1", toolCallID: "x", name: "files", arguments: "{\"a\":1}")
            ),
            .toolCompleted(ToolCompleted(tool: "t1", outcome: .timedOut, text: "")),
            .answerRejected(AnswerRejected(call: "c1", reasons: ["too short"])),
            .resultAccepted(
                AcceptedResult(id: "r1", assignment: "a1", agent: "a", task: "t", text: "{}", isStructured: true)
            ),
            .assignmentFailed(AssignmentFailed(assignment: "a1", code: "c", message: "m")),
            .stallDetected(StallDetected(instructions: 3)),
            .limitReached(LimitReached(agent: "a", kind: .tokens, message: "m")),
            .signalReceived(
                SignalReceived(number: 1, signal: .limit(Limits(calls: 9), instructions: 30), speaker: "s", said: 9)
            ),
            .runEnded(
                RunEnded(status: .finished, code: nil, message: nil, answer: "The moon.", results: ["r1"], missing: [])
            ),
        ]
    }

    static func events(_ facts: [Fact], from first: Int = 1) -> [Event] {
        facts.enumerated().map { Event(sequence: first + $0, time: Int64(1_000 + first + $0), fact: $1) }
    }

    static func note(_ sequence: Int) -> Event {
        Event(sequence: sequence, time: Int64(sequence), fact: .stallDetected(StallDetected(instructions: sequence)))
    }
}
