package import ChatModel

extension Crew {
    /// The most bytes that one text may have with the inputs put in.
    package static let largestText = 1 << 20
    /// The most bytes that the texts with which the coordinator and all tasks begin may have together.
    package static let largestOpenings = 32 << 20

    /// The texts that would be too large with the inputs put in, reckoned without putting them in.
    ///
    /// - Parameter inputs: The values by name; one that is missing counts as empty.
    package func oversizedTexts(with inputs: JSONObject) -> [CrewProblem] {
        let sizes = inputs.reduce(into: [String: Int]()) { sizes, input in
            sizes[input.key] = (input.value.stringValue ?? input.value.jsonText).utf8.count
        }
        var problems: [CrewProblem] = []
        func size(_ text: String, _ path: [CrewProblem.PathElement]) -> Int {
            let size = Template(text).size(with: sizes)
            if size > Self.largestText {
                problems.append(
                    CrewProblem(
                        path,
                        "with the inputs put in, this text has \(size) bytes; at most \(Self.largestText) are sent",
                        hint: "use fewer placeholders, or shorter values"
                    )
                )
            }
            return size
        }
        let goal = size(self.goal, ["goal"])
        var agentSizes: [String: Int] = [:]
        for agent in agents {
            let path: [CrewProblem.PathElement] = ["agents", .key(agent.name)]
            agentSizes[agent.name] =
                size(agent.role, path + ["role"]) + size(agent.goal, path + ["goal"])
                + size(agent.instructions, path + ["instructions"])
        }
        let largestAgent = agentSizes.values.max() ?? 0
        // A coordinator reads of every agent and every task.
        var openings = process.hasCoordinator ? agentSizes.values.reduce(goal, +) : 0
        for task in tasks {
            let summary = size(task.summary, ["tasks", .key(task.name), "description"])
            openings += goal + summary + (task.agent.flatMap { agentSizes[$0] } ?? largestAgent)
        }
        if problems.isEmpty, openings > Self.largestOpenings {
            problems.append(
                CrewProblem(
                    ["tasks"],
                    "with the inputs put in, the work begins with \(openings) bytes of text in all; at most "
                        + "\(Self.largestOpenings) are sent",
                    hint: "shorten the goal and the agents' texts, which every task begins with"
                )
            )
        }
        return problems
    }
}

extension Template {
    /// How many bytes the text has with values of these sizes put in.
    fileprivate func size(with sizes: [String: Int]) -> Int {
        pieces.reduce(0) { size, piece in
            switch piece {
            case .text(let text), .malformed(let text): size + text.utf8.count
            case .placeholder(let name): size.addingWithSaturation(sizes[name] ?? 0)
            }
        }
    }
}
