extension ScopeView {
    /// What follows when nothing is under way: the next instruction, whoever decides on it, or the end.
    func decideWhatNext() -> RunState.Next {
        switch coordinator.conclusion {
        case .finished(let answer, let results)?: return .fact(finishing(answer, results))
        case .failed(let code, let message)?: return .fact(ending(.failed, code: code, message: message))
        case nil: break
        }
        switch process.rules.next(in: self) {
        case .issue(let instruction): return .fact(issue(instruction))
        case .ask(let menu): return .instruction(menu)
        case .replan(let instructions): return .fact(.stallDetected(StallDetected(instructions: instructions)))
        case .limit(let kind, let message):
            // What stops a crew within is no limit of the run's.
            guard isOutermost else {
                return .fact(owesNothing ? finishing() : ending(.limited, code: "limit", message: message))
            }
            return .fact(.limitReached(LimitReached(agent: nil, kind: kind, message: message)))
        case .end(let status, let code, let message): return .fact(ending(status, code: code, message: message))
        }
    }

    /// What the process hands out while others are still at work.
    func decideWhileWorking() -> Fact? { process.rules.whileWorking(in: self).map(issue) }

    private func issue(_ instruction: Instruction) -> Fact {
        .instructionIssued(
            InstructionIssued(number: coordinator.issued.count + 1, call: nil, instruction: instruction)
        )
    }

    /// The assignment that follows from an order.
    func nextAssignment(_ pending: PendingOrder) -> Assignment {
        let order = pending.order
        var inputs = order.inputs
        if inputs.isEmpty, let task = order.task.flatMap({ crew.task($0) }) {
            inputs = process.rules.inputs(of: task, in: self)
        }
        return Assignment(
            id: "a\(assignmentCount + 1)",
            agent: order.agent,
            task: order.task,
            objective: order.objective,
            inputs: inputs,
            revision: pending.revision,
            allowance: crew.agent(order.agent)?.maximumTurns ?? 1
        )
    }
}
