import ChatModel

extension RunState {
    /// The exchange that a speaker leads now.
    func dialogue(of speaker: Speaker) -> Dialogue? {
        switch speaker {
        case .coordinator: coordinator.dialogue
        case .assignment(let id): assignmentIndex(id).map { assignments[$0].dialogue }
        }
    }

    /// The agent whose account a speaker's calls burden; the coordinator's burden the run's alone.
    func agent(of speaker: Speaker) -> String? {
        switch speaker {
        case .coordinator: nil
        case .assignment(let id): assignmentIndex(id).map { assignments[$0].assignment.agent }
        }
    }

    /// Who leads the exchange to which a call belongs.
    func speaker(ofCall id: String) -> Speaker? {
        if coordinator.dialogue?.openCall?.id == id { return .coordinator }
        return assignments.last { $0.dialogue.openCall?.id == id }.map { .assignment($0.assignment.id) }
    }

    /// Changes an exchange where it lies, so that its conversation is not copied.
    mutating func update(_ speaker: Speaker, _ change: (inout Dialogue) -> Void) {
        switch speaker {
        case .coordinator:
            guard var dialogue = coordinator.dialogue else { return }
            coordinator.dialogue = nil
            change(&dialogue)
            coordinator.dialogue = dialogue
        case .assignment(let id):
            guard let index = assignmentIndex(id) else { return }
            change(&assignments[index].dialogue)
        }
    }

    mutating func updateDialogue(ofCall id: String, _ change: (inout Dialogue, OpenCall) -> Void) {
        guard let speaker = speaker(ofCall: id) else { return }
        update(speaker) { dialogue in
            if let call = dialogue.openCall { change(&dialogue, call) }
        }
    }

    /// The exchange with which an agent begins an assignment.
    func openDialogue(for assignment: Assignment) -> Dialogue {
        let agent = crew.agent(assignment.agent)
        let schema = assignment.task.flatMap { crew.task($0)?.output }
        var prompt = assignmentPrompt(assignment)
        if let schema, !(definition.tools[assignment.agent] ?? []).isEmpty {
            prompt += "\n\n" + schemaPrompt(schema)
        }
        return Dialogue(
            [.system(agentPrompt(assignment)), .user(prompt)],
            model: agent?.model ?? "default",
            schema: schema,
            schemaName: "result"
        )
    }

    /// The exchange with which the coordinator is asked for its next instruction.
    func openCoordinatorDialogue(_ menu: Menu) -> Dialogue {
        Dialogue(
            [
                .system(coordinatorPrompt),
                .user(boardPrompt(menu)),
            ],
            model: crew.process.model ?? "default",
            schema: schemas.schema(of: menu),
            schemaName: "instruction"
        )
    }
}
