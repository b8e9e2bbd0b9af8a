import CrewCore

extension RunState {
    func checkLegality(of fact: Fact) throws(Violation) {
        guard case .instructionIssued(let issued) = fact else { return }
        guard let scope = scope(of: issued.scope), scope.isOpen else {
            throw Violation(.legal, "an instruction for \(issued.scope ?? "nobody"), which is not at work")
        }
        try WorkingCrew(
            crew: scope.crew,
            coordinator: scope.coordinator,
            maximumInstructions: scope.maximumInstructions,
            menu: menu(of: issued.scope),
            results: results.filter { scopeOf($0) == issued.scope },
            assignments: assignments.filter { $0.assignment.scope == issued.scope }
        ).check(issued)
    }

    /// The assignment of the crew to which a result belongs, as it was recorded; `nil` for the run's own.
    func scopeOf(_ result: AcceptedResult) -> String? {
        assignments.first { $0.assignment.id == result.assignment }?.assignment.scope
    }
}

/// A crew at work, and what may be instructed there, worked out without the engine's own reading of answers.
private struct WorkingCrew {
    let crew: Crew
    let coordinator: CoordinatorState
    let maximumInstructions: Int
    let menu: Menu
    let results: [AcceptedResult]
    let assignments: [AssignmentState]

    func check(_ issued: InstructionIssued) throws(Violation) {
        // The engine itself may end a run whose work is done.
        if issued.call != nil, coordinator.issued.count >= maximumInstructions {
            throw Violation(.legal, "instruction \(issued.number) of \(maximumInstructions)")
        }
        let fault: String? =
            issued.call == nil ? faultOfProcess(issued.instruction) : faultOfCoordinator(issued.instruction, menu)
        if let fault { throw Violation(.legal, "\(issued.instruction): \(fault)") }
    }

    private func result(_ id: String) -> AcceptedResult? { results.first { $0.id == id } }

    // MARK: - A model's instructions

    private func faultOfCoordinator(_ instruction: Instruction, _ menu: Menu) -> String? {
        guard menu.kinds.contains(instruction.kind) else { return "not on the menu \(menu.kinds)" }
        if coordinator.mustPlan, ![.plan, .giveUp].contains(instruction.kind) { return "a plan is due" }
        switch instruction {
        case .delegate(let delegate):
            let orders = delegate.assignments
            guard (1...(menu.delegate?.maximumAssignments ?? 1)).contains(orders.count) else {
                return "\(orders.count) assignments"
            }
            guard Set(orders.compactMap(\.task)).count == orders.compactMap(\.task).count else { return "a task twice" }
            return orders.lazy.compactMap { self.fault(of: $0, menu) }.first
        case .revise(let revise):
            let result = revise.result
            guard let revised = self.result(result), menu.revise?.results.contains(result) == true else {
                return "not revisable"
            }
            guard revise.feedback.contains(where: { !$0.isWhitespace }) else { return "no feedback" }
            let isNewest = results.last { $0.task == revised.task }?.id == result
            return isNewest ? nil : "an old result"
        case .plan: return nil
        case .finish(let finish):
            let named = finish.results
            guard !named.isEmpty, named.allSatisfy({ menu.finish?.results.contains($0) == true }) else {
                return "rests on \(named)"
            }
            if crew.tasks.isEmpty, finish.answer?.contains(where: { !$0.isWhitespace }) != true { return "no answer" }
            return unfinished.isEmpty ? nil : "without \(unfinished)"
        case .giveUp: return nil
        }
    }

    private func fault(of order: AssignmentOrder, _ menu: Menu) -> String? {
        guard let task = order.task else {
            guard crew.tasks.isEmpty, menu.delegate?.freeAgents.contains(order.agent) == true else {
                return "not free to work"
            }
            guard order.inputs.allSatisfy({ result($0) != nil }) else { return "builds on \(order.inputs)" }
            return order.objective.contains { !$0.isWhitespace } ? nil : "no objective"
        }
        guard
            menu.delegate?.tasks.contains(where: { $0.tasks.contains(task) && $0.agents.contains(order.agent) }) == true
        else {
            return "not on the menu"
        }
        return faultOfTask(task, order.agent)
    }

    // MARK: - A process's instructions

    private func faultOfProcess(_ instruction: Instruction) -> String? {
        switch instruction {
        case .delegate(let delegate):
            return delegate.assignments.lazy.compactMap { order -> String? in
                guard let task = order.task else {
                    let isAggregator = order.agent == self.crew.process.aggregator
                    return isAggregator && self.unfinished.isEmpty ? nil : "nobody's task"
                }
                return self.faultOfTask(task, order.agent)
            }.first
        case .finish: return unfinished.isEmpty ? nil : "without \(unfinished)"
        case .plan, .revise, .giveUp: return "only a coordinator does that"
        }
    }

    /// What speaks against beginning a task, whoever says so.
    private func faultOfTask(_ name: String, _ agent: String) -> String? {
        guard let task = crew.task(name), crew.members.contains(agent) else { return "no such task or agent" }
        if let bound = task.agent, bound != agent { return "\(name) is \(bound)'s" }
        if results.contains(where: { $0.task == name }) { return "\(name) is done" }
        if assignments.contains(where: { $0.status == .active && $0.assignment.task == name }) {
            return "\(name) is under way"
        }
        let open = task.needs.filter { need in
            !results.contains { $0.task == need }
                && (crew.task(need)?.isRequired ?? true || !assignments.contains { $0.assignment.task == need })
        }
        return open.isEmpty ? nil : "\(name) needs \(open)"
    }

    private var unfinished: [String] {
        crew.tasks.filter { task in
            (task.isRequired || task.name == crew.process.answer) && !results.contains { $0.task == task.name }
        }.map(\.name)
    }
}
