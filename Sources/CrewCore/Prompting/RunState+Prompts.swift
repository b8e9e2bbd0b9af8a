import ChatModel

/// The prompts of a run, as texts.
extension RunState {
    func agentPrompt(_ assignment: Assignment) -> String {
        guard let agent = crew.agent(assignment.agent) else { return "" }
        let hasTools = !(definition.tools[agent.name] ?? []).isEmpty
        return prompts.render(
            .agent,
            [
                "role": .text(text(agent.role)),
                "crew": .text(crew.name),
                "goal": .text(text(agent.goal)),
                "instructions": .text(text(agent.instructions)),
                "tools": .text(hasTools ? "yes" : ""),
                "mark": .text(readsData(assignment) ? mark.text : ""),
            ]
        )
    }

    /// Whether an agent meets data at an assignment: its tools' words, or others' results.
    func readsData(_ assignment: Assignment) -> Bool {
        !assignment.inputs.isEmpty || assignment.revision != nil || !(definition.tools[assignment.agent] ?? []).isEmpty
    }

    func assignmentPrompt(_ assignment: Assignment) -> String {
        let task = assignment.task.flatMap { crew.task($0) }
        return prompts.render(
            .assignment,
            [
                "goal": .text(text(crew.goal)),
                "task": .text(task.map { text($0.summary) } ?? ""),
                "objective": .text(mark.removed(from: assignment.objective)),
                "free": .text(task == nil ? "yes" : ""),
                "inputs": .list(
                    assignment.inputs.compactMap { result($0) }.map { result in
                        [
                            "id": .text(result.id),
                            "task": .text(result.task ?? ""),
                            "agent": .text(result.agent),
                            "text": .text(mark.removed(from: result.text)),
                            "mark": .text(mark.text),
                        ]
                    }
                ),
                "revision": .text(
                    assignment.revision.flatMap { result($0.result) }.map { mark.removed(from: $0.text) } ?? ""
                ),
                "feedback": .text(mark.removed(from: assignment.revision?.feedback ?? "")),
                "mark": .text(mark.text),
                "criteria": .list(
                    (task?.accept ?? []).map { criterion in
                        switch criterion {
                        case .assertion(let source): ["text": .text(source)]
                        }
                    }
                ),
            ]
        )
    }

    /// A tool's words as the model gets them: marked as data.
    func dataPrompt(_ text: String) -> String {
        prompts.render(.data, ["mark": .text(mark.text), "text": .text(mark.removed(from: text))])
    }

    func schemaPrompt(_ schema: JSONSchema) -> String {
        prompts.render(.schema, ["schema": .text(schema.document.jsonText)])
    }

    var coordinatorPrompt: String {
        prompts.render(
            .coordinator,
            [
                "crew": .text(crew.name),
                "agents": .list(
                    crew.agents.map { agent in
                        ["name": .text(agent.name), "role": .text(text(agent.role)), "goal": .text(text(agent.goal))]
                    }
                ),
                "mark": .text(mark.text),
            ]
        )
    }

    /// The board: the compact view of the state that the coordinator reads.
    func boardPrompt(_ menu: Menu) -> String {
        let scope = scope
        return prompts.render(
            .board,
            [
                "goal": .text(text(crew.goal)),
                "tasks": .list(crew.tasks.map { boardLine($0, scope) }),
                "results": .list(
                    results.map { result in
                        [
                            "id": .text(result.id),
                            "task": .text(result.task ?? ""),
                            "agent": .text(result.agent),
                            "text": .text(mark.removed(from: result.text.excerpt(600))),
                            "mark": .text(mark.text),
                        ]
                    }
                ),
                "failures": .list(
                    assignments.compactMap { state in
                        guard case .failed(_, let message) = state.status else { return nil }
                        return [
                            "id": .text(state.assignment.id),
                            "agent": .text(state.assignment.agent),
                            "task": .text(state.assignment.task ?? ""),
                            "text": .text(mark.removed(from: message.excerpt(200))),
                            "mark": .text(mark.text),
                        ]
                    }
                ),
                "facts": .list(coordinator.facts.map { ["text": .text(mark.removed(from: $0))] }),
                "steps": .list(coordinator.steps.map { ["text": .text(mark.removed(from: $0))] }),
                "left": .list(whatIsLeft.map { ["text": .text($0)] }),
                "stalled": .text(coordinator.mustPlan ? "yes" : ""),
                "allowed": .text(menu.kinds.map(\.rawValue).joined(separator: ", ")),
            ]
        )
    }

    private func boardLine(_ task: CrewTask, _ scope: ScopeView) -> PromptTemplate.Values {
        let status =
            if latestResults[task.name] != nil {
                "done"
            } else if scope.isDue(task) {
                "due"
            } else if scope.hasGivenUp(on: task.name) {
                "failed"
            } else {
                "waits for \(task.needs.filter { latestResults[$0] == nil }.joined(separator: ", "))"
            }
        return [
            "name": .text(task.name),
            "status": .text(status),
            "agent": .text(task.agent ?? ""),
            "text": .text(text(task.summary).excerpt(400)),
        ]
    }

    private var whatIsLeft: [String] {
        let headroom = ledger.run.headroom
        var lines = ["instructions: \(max(0, maximumInstructions - coordinator.issued.count))"]
        if let money = headroom.money { lines.append("money: \(money)") }
        if let tokens = headroom.tokens { lines.append("tokens: \(tokens)") }
        if let calls = headroom.calls { lines.append("calls: \(calls)") }
        return lines
    }
}

extension String {
    /// The beginning of the text, cut with an ellipsis when it is longer than so many characters.
    func excerpt(_ longest: Int) -> String {
        // No text has more characters than bytes, and counting characters is slow.
        if utf8.count <= longest { return self }
        guard let cut = index(startIndex, offsetBy: longest, limitedBy: endIndex), cut < endIndex else { return self }
        return self[..<cut] + "…"
    }
}
