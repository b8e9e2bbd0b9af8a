import ChatModel

/// The prompts of a run, as texts.
extension RunState {
    func agentPrompt(_ assignment: Assignment, in scope: Int) -> String {
        let crew = scopes[scope].crew
        guard let agent = crew.agent(assignment.agent) else { return "" }
        return prompts.render(
            .agent,
            [
                "role": .text(text(agent.role, in: scope)),
                "crew": .text(crew.name),
                "goal": .text(text(agent.goal, in: scope)),
                "instructions": .text(text(agent.instructions, in: scope)),
                "tools": .text(hasTools(agent.name, in: scope) ? "yes" : ""),
                "mark": .text(readsData(assignment, in: scope) ? mark.text : ""),
            ]
        )
    }

    private func hasTools(_ agent: String, in scope: Int) -> Bool {
        !(definition.tools[places[scopes[scope].place].prefix + agent] ?? []).isEmpty
    }

    /// Whether an agent meets data at an assignment: its tools' words, or others' results.
    func readsData(_ assignment: Assignment, in scope: Int) -> Bool {
        !assignment.inputs.isEmpty || assignment.revision != nil || hasTools(assignment.agent, in: scope)
            || scopes[scope].commission.holdsData
    }

    func assignmentPrompt(_ assignment: Assignment, in scope: Int) -> String {
        let crew = scopes[scope].crew
        let task = assignment.task.flatMap { crew.task($0) }
        return prompts.render(
            .assignment,
            [
                "goal": .text(goal(of: scope, whole: assignment.inputs.isEmpty)),
                "task": .text(task.map { text($0.summary, in: scope) } ?? ""),
                "objective": .text(mark.removed(from: assignment.objective)),
                "free": .text(task == nil ? "yes" : ""),
                "inputs": .list(described(assignment.inputs)),
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

    /// Results as they stand in prompts.
    private func described(_ results: [String]) -> [PromptTemplate.Values] {
        results.compactMap { result($0) }.map { result in
            [
                "id": .text(result.id),
                "task": .text(result.task ?? ""),
                "agent": .text(result.agent),
                "text": .text(mark.removed(from: result.text)),
                "mark": .text(mark.text),
            ]
        }
    }

    // MARK: - What a member crew works on

    /// The goal of a crew, with what it is to do for the crew around it.
    private func goal(of scope: Int, whole: Bool) -> String {
        let goal = text(scopes[scope].crew.goal, in: scope)
        let commission = whole ? scopes[scope].commission.whole : scopes[scope].commission.brief
        return commission.isEmpty ? goal : goal + "\n\n" + commission
    }

    /// What a member crew is to do, as its own members read it.
    func commission(_ assignment: Assignment, in outer: Int) -> Scope.Commission {
        let crew = scopes[outer].crew
        let task = assignment.task.flatMap { crew.task($0) }
        func text(_ inputs: [PromptTemplate.Values], whole: Bool) -> String {
            prompts.render(
                .commission,
                [
                    "crew": .text(crew.name),
                    "goal": .text(goal(of: outer, whole: whole)),
                    "task": .text(task.map { self.text($0.summary, in: outer) } ?? ""),
                    "objective": .text(mark.removed(from: assignment.objective)),
                    "inputs": .list(inputs),
                ]
            )
        }
        return Scope.Commission(
            whole: text(described(assignment.inputs), whole: true),
            brief: text([], whole: false),
            holdsData: !assignment.inputs.isEmpty || scopes[outer].commission.holdsData
        )
    }

    /// A tool's words as the model gets them: marked as data.
    func dataPrompt(_ text: String) -> String {
        prompts.render(.data, ["mark": .text(mark.text), "text": .text(mark.removed(from: text))])
    }

    func schemaPrompt(_ schema: JSONSchema) -> String {
        prompts.render(.schema, ["schema": .text(schema.document.jsonText)])
    }

    func coordinatorPrompt(in scope: Int) -> String {
        let crew = scopes[scope].crew
        return prompts.render(
            .coordinator,
            [
                "crew": .text(crew.name),
                "agents": .list(
                    crew.agents.map { agent in
                        [
                            "name": .text(agent.name), "role": .text(text(agent.role, in: scope)),
                            "goal": .text(text(agent.goal, in: scope)),
                        ]
                    } + crew.crews.map { described($0, in: scope) }
                ),
                "tools": .text(hasTools(CrewPlace.coordinatorName, in: scope) ? "yes" : ""),
                "mark": .text(mark.text),
            ]
        )
    }

    /// A member crew as a coordinator reads of it.
    private func described(_ member: MemberCrew, in scope: Int) -> PromptTemplate.Values {
        let inner = places[scopes[scope].place].crews[member.name]
        let goal =
            inner.map { Template(member.crew.goal).filled(with: places[$0].inputTexts) ?? member.crew.goal } ?? ""
        return [
            "name": .text(member.name),
            "role": .text(prompts.render(.memberCrew, ["crew": .text(member.crew.name)])),
            "goal": .text(member.summary.isBlank ? goal : text(member.summary, in: scope)),
        ]
    }

    /// The board: the compact view of the state that the coordinator reads.
    func boardPrompt(_ menu: Menu, in index: Int) -> String {
        let scope = scopes[index]
        let view = ScopeView(self, index)
        return prompts.render(
            .board,
            [
                "goal": .text(goal(of: index, whole: true)),
                "tasks": .list(scope.crew.tasks.map { boardLine($0, view, in: index) }),
                "results": .list(
                    scope.results.map { results[$0] }.map { result in
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
                    scope.assignments.map { assignments[$0] }.compactMap { state in
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
                "facts": .list(scope.coordinator.facts.map { ["text": .text(mark.removed(from: $0))] }),
                "steps": .list(scope.coordinator.steps.map { ["text": .text(mark.removed(from: $0))] }),
                "left": .list(whatIsLeft(in: index).map { ["text": .text($0)] }),
                "stalled": .text(scope.coordinator.mustPlan ? "yes" : ""),
                "allowed": .text(menu.kinds.map(\.rawValue).joined(separator: ", ")),
            ]
        )
    }

    private func boardLine(_ task: CrewTask, _ scope: ScopeView, in index: Int) -> PromptTemplate.Values {
        let latest = scopes[index].latestResults
        let status =
            if latest[task.name] != nil {
                "done"
            } else if scope.isDue(task) {
                "due"
            } else if scope.hasGivenUp(on: task.name) {
                "failed"
            } else {
                "waits for \(task.needs.filter { latest[$0] == nil }.joined(separator: ", "))"
            }
        return [
            "name": .text(task.name),
            "status": .text(status),
            "agent": .text(task.agent ?? ""),
            "text": .text(text(task.summary, in: index).excerpt(400)),
        ]
    }

    private func whatIsLeft(in scope: Int) -> [String] {
        let headroom = ledger.headroom(on: places[scopes[scope].place].coordinatorAccount)
        let issued = scopes[scope].coordinator.issued.count
        var lines = ["instructions: \(max(0, scopes[scope].maximumInstructions - issued))"]
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
