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
        return assignments.indices.last { assignments[$0].isActive && assignments[$0].dialogue.openCall?.id == id }
            .map { .assignment(assignments[$0].assignment.id) }
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

    /// How the exchange about an assignment begins, before its own text.
    func opening(of assignment: Assignment) -> Conversation { Conversation([.system(agentPrompt(assignment))]) }

    /// The exchange with which an agent begins an assignment.
    func openDialogue(for assignment: Assignment, after opening: Conversation) -> Dialogue {
        let agent = crew.agent(assignment.agent)
        let schema = assignment.task.flatMap { crew.task($0)?.output }
        var prompt = assignmentPrompt(assignment)
        if let schema, !(definition.tools[assignment.agent] ?? []).isEmpty {
            prompt += "\n\n" + schemaPrompt(schema)
        }
        let model = agent?.model ?? "default"
        let keywords = dialect(of: model).schemaKeywords
        return Dialogue(
            opening.appending(.user(prompt)),
            model: model,
            schema: schema,
            schemaName: "result",
            encodedSchema: schema.map { EncodedSchema($0, keywords: keywords) },
            keywords: keywords
        )
    }

    /// The exchange with which the coordinator is asked for its next instruction.
    func openCoordinatorDialogue(_ menu: Menu) -> Dialogue {
        let model = crew.process.model ?? "default"
        let keywords = dialect(of: model).schemaKeywords
        let schema = menu.schema
        return Dialogue(
            coordinator.opening.appending(.user(boardPrompt(menu))),
            model: model,
            schema: schema,
            schemaName: "instruction",
            // A menu's objects are closed and require all they name, which is all that lowering to the full set does.
            encodedSchema: keywords == .full
                ? EncodedSchema(asItStands: schema) : EncodedSchema(schema, keywords: keywords),
            keywords: keywords
        )
    }
}
