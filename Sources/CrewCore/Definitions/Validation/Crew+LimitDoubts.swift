import ChatModel

extension Crew {
    /// Agents whose time is limited, though time is counted for a crew as a whole.
    func timeDoubts() -> [CrewProblem] {
        agents.filter { $0.limits.time != nil }.map { agent in
            CrewProblem(
                ["agents", .key(agent.name), "limits", "time"],
                "the time of one agent is not limited",
                hint: "write `time` under the crew's own `limits`"
            )
        }
    }
}

extension Limits {
    /// What is allowed here and never left over by what bounds it.
    func doubts(within around: Limits, at path: [CrewProblem.PathElement]) -> [CrewProblem] {
        var doubts: [CrewProblem] = []
        func compare<Amount: Comparable>(_ key: String, _ own: Amount?, _ outer: Amount?, _ text: (Amount) -> String) {
            guard let own, let outer, own > outer else { return }
            doubts.append(
                CrewProblem(
                    path + [.key(key)],
                    "this is more than the crew around it may use, which is \(text(outer))",
                    offendingText: text(own),
                    hint: "it ends with what is around it; write less, or leave it out"
                )
            )
        }
        compare("budget_usd", money, around.money, \.description)
        compare("tokens", tokens, around.tokens) { "\($0) tokens" }
        compare("calls", calls, around.calls) { "\($0) calls" }
        compare("time", time, around.time) { Format.duration(Int64($0)) }
        return doubts
    }
}
