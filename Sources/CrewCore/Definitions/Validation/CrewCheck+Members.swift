import ChatModel

extension CrewCheck {
    /// Checks the crews that are members: what they are given here, and what is wrong within them.
    mutating func members() {
        for member in crew.crews {
            let path: [CrewProblem.PathElement] = ["agents", .key(member.name)]
            text(member.summary, at: path + ["description"])
            inputs(of: member, at: path + ["inputs"])
            limits(member.limits, at: path + ["limits"])
            inner(member.crew, at: path + ["crew"])
        }
    }

    /// Checks that what a task asks of its result a member crew can be asked for: its answer comes from one task, which is
    /// not asked for something else.
    mutating func output(of task: CrewTask, at path: [CrewProblem.PathElement]) {
        guard let output = task.output, let name = task.agent, let member = crew.member(name) else { return }
        let answering = member.crew.process.rules.answeringTask(of: member.crew).flatMap { member.crew.task($0) }
        guard let answering else {
            return report(
                path,
                "the answer of `\(name)` is not that of one task, so that it cannot be asked for this form",
                hint: "name the task that answers in that crew: process: {answer: …}; or leave `output` out"
            )
        }
        guard let own = answering.output, own != output else { return }
        report(
            path,
            "the answer of `\(name)` is that of its task `\(answering.name)`, which has another `output`",
            hint: "ask for the same in both, or in one of them"
        )
    }

    private mutating func inputs(of member: MemberCrew, at path: [CrewProblem.PathElement]) {
        let declared = member.crew.inputs
        for (name, value) in member.inputs.sorted(by: { $0.key < $1.key }) {
            let place = path + [.key(name)]
            guard let input = declared.first(where: { $0.name == name }) else {
                let names = declared.map(\.name)
                let near = NearestName.of(name, in: names).map { "did you mean `\($0)`?" }
                report(
                    place,
                    "`\(member.name)` has no input called \(quoted(name))",
                    name,
                    hint: near ?? (names.isEmpty ? "it takes none" : "it takes \(list(names))")
                )
                continue
            }
            if let text = value.stringValue { self.text(text, at: place) }
            guard let found = mismatch(of: value, with: input.type) else { continue }
            report(
                place,
                "the input `\(name)` of `\(member.name)` must be \(input.type.phrase), not \(found)",
                value.stringValue ?? value.jsonText
            )
        }
        for input in declared where input.defaultValue == nil && member.inputs[input.name] == nil {
            report(
                path,
                "the input `\(input.name)` of `\(member.name)` is missing",
                hint: "give it a value: inputs: {\(input.name): …}"
                    + (input.summary.isEmpty ? "" : " (\(quoted(input.summary)))")
            )
        }
    }

    /// What a value is, in words, where it is not of a type; placeholders stand for values of the types of this crew's inputs.
    private func mismatch(of value: JSONValue, with type: CrewInput.ValueType) -> String? {
        guard let text = value.stringValue else { return type.admits(value) ? nil : value.jsonText }
        if type == .string { return nil }
        let template = Template(text)
        guard let name = template.onlyPlaceholder else { return quoted(text) }
        // One that does not exist is told apart.
        guard let outer = crew.inputs.first(where: { $0.name == name })?.type else { return nil }
        let isFitting = outer == type || (outer == .integer && type == .number)
        return isFitting ? nil : "{{\(name)}}, which is \(outer.phrase)"
    }
}
