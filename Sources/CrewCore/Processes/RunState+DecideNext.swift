import ChatModel

extension RunState {
    /// What follows when nothing is under way: the next instruction, whoever decides on it, or the end.
    func decideWhatNext() -> Next {
        switch coordinator.conclusion {
        case .finished(let answer, let results)?: return .fact(finishing(answer, results))
        case .failed(let code, let message)?: return .fact(ending(.failed, code: code, message: message))
        case nil: break
        }
        return switch crew.process.pattern {
        case .sequential: .fact(decideSequentially())
        case .concurrent: .fact(decideConcurrently())
        case .coordinator: decideOnCoordinator()
        }
    }

    // MARK: - Processes that need no judgement

    private func decideSequentially() -> Fact {
        for task in crew.tasks where latestResults[task.name] == nil {
            if scope.hasGivenUp(on: task.name) {
                guard task.isRequired else { continue }
                return endingAfterFailure(of: task.name)
            }
            guard scope.isDue(task) else {
                if task.isRequired { return endingAfterFailure(of: task.name) }
                continue
            }
            return issue(.delegate(.init([order(task)])))
        }
        return finishOrFail()
    }

    /// What a process hands out while others are still at work: tasks whose needs have just been met.
    func decideWhileWorking() -> Fact? {
        guard crew.process.pattern == .concurrent else { return nil }
        // Tasks without needs were handed out at the start.
        let due = crew.tasks.filter { !$0.needs.isEmpty && scope.isDue($0) }
        return due.isEmpty ? nil : issue(.delegate(.init(due.map(order))))
    }

    private func decideConcurrently() -> Fact {
        let due = crew.tasks.filter(scope.isDue)
        if !due.isEmpty { return issue(.delegate(.init(due.map(order)))) }
        if let missing = missingTasks.first { return endingAfterFailure(of: missing) }
        if let aggregator = crew.process.aggregator, aggregation == nil {
            if let failed = assignments[forgivenAssignments...].last(where: { $0.assignment.task == nil && $0.isFailed }
            ) {
                return endingAfterFailure(failed)
            }
            let inputs = crew.tasks.compactMap { latestResults[$0.name] }
            let objective = prompts.render(.aggregate)
            return issue(
                .delegate(.init([AssignmentOrder(agent: aggregator, task: nil, objective: objective, inputs: inputs)]))
            )
        }
        return finishOrFail()
    }

    /// The end once there is nothing left to do.
    private func finishOrFail() -> Fact {
        if owesNothing { return issue(.finish(.init(answer: nil, results: answerResults.map(\.id)))) }
        if let missing = missingTasks.first ?? crew.tasks.first(where: { scope.hasGivenUp(on: $0.name) })?.name {
            return endingAfterFailure(of: missing)
        }
        return ending(.failed, code: "no_answer", message: "no task has given an answer")
    }

    private func order(_ task: CrewTask) -> AssignmentOrder {
        AssignmentOrder(
            agent: task.agent ?? crew.agents.first?.name ?? "",
            task: task.name,
            objective: "",
            inputs: inputs(of: task)
        )
    }

    /// The results that a task builds on: those of its needs; in a sequence without needs, the one before it.
    func inputs(of task: CrewTask) -> [String] {
        if !task.needs.isEmpty { return task.needs.compactMap { latestResults[$0] } }
        guard crew.process.pattern == .sequential else { return [] }
        return results.last.map { [$0.id] } ?? []
    }

    private func issue(_ instruction: Instruction) -> Fact {
        .instructionIssued(
            InstructionIssued(number: coordinator.issued.count + 1, call: nil, instruction: instruction)
        )
    }

    // MARK: - The coordinator

    private func decideOnCoordinator() -> Next {
        if let fact = coordinatorBound() { return .fact(fact) }
        let menu = menu
        guard menu.kinds.contains(where: { $0 != .plan && $0 != .giveUp }) || coordinator.mustPlan else {
            return .fact(endingWithoutChoice())
        }
        return .instruction(menu)
    }

    /// What follows when the coordinator has come to a bound and may not be asked as things are.
    private func coordinatorBound() -> Fact? {
        let process = crew.process
        let isComplete = owesNothing
        if coordinator.issued.count >= maximumInstructions {
            if isComplete { return issue(.finish(.init(answer: nil, results: answerResults.map(\.id)))) }
            return .limitReached(
                LimitReached(
                    agent: nil,
                    kind: .instructions,
                    message: "the coordinator has issued all \(maximumInstructions) instructions"
                )
            )
        }
        if !coordinator.mustPlan, !isComplete, coordinator.withoutProgress >= process.stallAfter {
            guard coordinator.plans < process.maximumPlans else {
                return ending(
                    .failed,
                    code: "stalled",
                    message:
                        "\(coordinator.withoutProgress) instructions brought nothing new, after \(coordinator.plans) plans"
                )
            }
            return .stallDetected(StallDetected(instructions: coordinator.withoutProgress))
        }
        if ledger.refusal(of: Amounts(calls: 1), agent: nil) != nil {
            let made = ledger.run.committed.calls
            return .limitReached(LimitReached(agent: nil, kind: .calls, message: "the run has made all \(made) calls"))
        }
        return nil
    }

    /// The end when the coordinator could order nothing: what is left to do has failed, or its agents may not go on.
    private func endingWithoutChoice() -> Fact {
        let due = crew.tasks.filter { scope.isDue($0) }
        guard crew.tasks.isEmpty || !due.isEmpty else {
            return missingTasks.first.map(endingAfterFailure(of:)) ?? finishOrFail()
        }
        let tasks = due.isEmpty ? "" : " for \(due.map(\.name).joined(separator: ", "))"
        return ending(.limited, code: "limit", message: "no agent has any allowance left\(tasks)")
    }

    // MARK: - Carrying out

    /// The assignment that follows from an order.
    func nextAssignment(_ pending: PendingOrder) -> Assignment {
        let order = pending.order
        var inputs = order.inputs
        if inputs.isEmpty, let task = order.task.flatMap({ crew.task($0) }) { inputs = self.inputs(of: task) }
        return Assignment(
            id: "a\(assignments.count + 1)",
            agent: order.agent,
            task: order.task,
            objective: order.objective,
            inputs: inputs,
            revision: pending.revision,
            allowance: crew.agent(order.agent)?.maximumTurns ?? 1
        )
    }
}
