import ChatModel
@testable import CrewCore

/// The events of a small run, for everything that shows runs.
enum SampleRun {
    static let crew = Crew(
        name: "brief",
        goal: "Explain {{topic}}.",
        models: [ModelDefinition(model: "gpt-5-mini", baseURL: "http://127.0.0.1:1/v1")],
        agents: [
            Agent("scout", role: "a scout", goal: "find facts"), Agent("writer", role: "a writer", goal: "write"),
        ],
        tasks: [
            CrewTask("facts", summary: "Facts", agent: "scout"),
            CrewTask("text", summary: "A text", agent: "writer", needs: ["facts"]),
        ],
        process: .coordinator,
        limits: Limits(money: Money(dollars: "0.50"), calls: 60, time: 600_000)
    )

    static let begin: [Fact] = [
        .runCreated(
            RunCreated(run: "r-1", crew: crew, inputs: [:], limits: crew.limits, prompts: "0", folder: ".")
        ),
        intent("c1", .coordinator(of: nil)),
        completed("c1", input: 900, output: 100, cost: 425_000_000),
        .instructionIssued(
            InstructionIssued(
                number: 1,
                call: "c1",
                instruction: .delegate(
                    .init([
                        AssignmentOrder(agent: "scout", task: "facts", objective: "be brief", inputs: [])
                    ])
                )
            )
        ),
        assignment("a1", "scout", "facts"),
        intent("c2", .assignment("a1")),
    ]

    static let trouble: [Fact] = [
        .callFailed(
            CallFailed(
                call: "c2",
                code: .rateLimited,
                message: "too many requests",
                status: 429,
                retryAfter: 2_000,
                serverSaysRetry: nil,
                feature: nil,
                uncertain: .zero
            )
        ),
        .retryScheduled(RetryScheduled(call: "c2", at: start + 9_000)),
    ]

    static let end: [Fact] = [
        intent("c2", .assignment("a1"), attempt: 2),
        completed("c2", input: 150, output: 64, cost: 165_500_000),
        .answerRejected(AnswerRejected(call: "c2", reasons: ["it is not one JSON document: \u{1B}[31mred"])),
        intent("c3", .assignment("a1")),
        completed("c3", input: 250, output: 60, cost: 182_500_000),
        .resultAccepted(
            AcceptedResult(
                id: "r1",
                assignment: "a1",
                agent: "scout",
                task: "facts",
                text: "Facts.",
                isStructured: false
            )
        ),
        .limitReached(
            LimitReached(agent: nil, kind: .calls, message: "the run has reached its limit: all 3 calls made")
        ),
    ]

    static let start: Int64 = 1_795_376_772_000

    static func events(_ facts: [Fact]) -> [Event] {
        facts.enumerated().map { Event(sequence: $0 + 1, time: start + Int64($0) * 1_000, fact: $1) }
    }

    static func intent(_ call: String, _ seat: Seat, attempt: Int = 1) -> Fact {
        .callIntended(
            CallIntended(
                call: call,
                attempt: attempt,
                seat: seat,
                model: "default",
                hold: Amounts(calls: 1),
                price: nil,
                maximumOutput: 100,
                dialect: .compatible
            )
        )
    }

    static func completed(_ call: String, input: Int, output: Int, cost: Int64) -> Fact {
        .callCompleted(
            CallCompleted(
                call: call,
                text: "…",
                toolCalls: [],
                refusal: nil,
                finishReason: .stop,
                usage: TokenUsage(input: input, output: output),
                isEstimated: false,
                cost: Money(picodollars: cost),
                isCached: false
            )
        )
    }

    static func assignment(_ id: String, _ agent: String, _ task: String) -> Fact {
        .assignmentStarted(
            Assignment(id: id, agent: agent, task: task, objective: "", inputs: [], revision: nil, allowance: 5)
        )
    }
}
