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
        check(sizes, at: [], &problems)
        return problems
    }

    /// - Parameter sizes: How many bytes each input's value has.
    private func check(
        _ sizes: [String: Int],
        at place: [CrewProblem.PathElement],
        _ problems: inout [CrewProblem]
    ) {
        let known = problems.count
        func size(_ text: String, _ path: [CrewProblem.PathElement]) -> Int {
            let size = Template(text).size(with: sizes)
            if size > Self.largestText {
                problems.append(
                    CrewProblem(
                        place + path,
                        "with the inputs put in, this text has \(size) bytes; at most \(Self.largestText) are sent",
                        hint: "use fewer placeholders, or shorter values"
                    )
                )
            }
            return size
        }
        let goal = size(self.goal, ["goal"])
        var memberSizes: [String: Int] = [:]
        for agent in agents {
            let path: [CrewProblem.PathElement] = ["agents", .key(agent.name)]
            memberSizes[agent.name] =
                size(agent.role, path + ["role"]) + size(agent.goal, path + ["goal"])
                + size(agent.instructions, path + ["instructions"])
        }
        for member in crews {
            let path: [CrewProblem.PathElement] = ["agents", .key(member.name)]
            memberSizes[member.name] = size(member.summary, path + ["description"])
            var inner = member.crew.inputs.reduce(into: [String: Int]()) { sizes, input in
                sizes[input.name] = input.defaultValue.map { ($0.stringValue ?? $0.jsonText).utf8.count } ?? 0
            }
            for (name, value) in member.inputs {
                inner[name] = size(value.stringValue ?? value.jsonText, path + ["inputs", .key(name)])
            }
            // What is too large here is too large within as well, and is told once.
            if problems.count == known { member.crew.check(inner, at: place + path + ["crew"], &problems) }
        }
        let largestMember = memberSizes.values.max() ?? 0
        // A coordinator reads of every member and every task.
        var openings = process.hasCoordinator ? memberSizes.values.reduce(goal, +) : 0
        for task in tasks {
            let summary = size(task.summary, ["tasks", .key(task.name), "description"])
            openings += goal + summary + (task.agent.flatMap { memberSizes[$0] } ?? largestMember)
        }
        if problems.count == known, openings > Self.largestOpenings {
            problems.append(
                CrewProblem(
                    place + ["tasks"],
                    "with the inputs put in, the work begins with \(openings) bytes of text in all; at most "
                        + "\(Self.largestOpenings) are sent",
                    hint: "shorten the goal and the agents' texts, which every task begins with"
                )
            )
        }
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
