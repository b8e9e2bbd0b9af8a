import ChatModel

extension RunState {
    /// The exchange that a seat leads now.
    func exchange(of seat: Seat) -> Exchange? {
        switch seat {
        case .coordinator: coordinator.exchange
        case .assignment(let id): assignmentIndex(id).map { assignments[$0].exchange }
        }
    }

    /// The agent whose account a seat's calls burden; the coordinator's burden the run's alone.
    func agent(of seat: Seat) -> String? {
        switch seat {
        case .coordinator: nil
        case .assignment(let id): assignmentIndex(id).map { assignments[$0].assignment.agent }
        }
    }

    /// Who leads the exchange to which a call belongs.
    func seat(ofCall id: String) -> Seat? {
        if coordinator.exchange?.openCall?.id == id { return .coordinator }
        return assignments.indices.last { assignments[$0].isActive && assignments[$0].exchange.openCall?.id == id }
            .map { .assignment(assignments[$0].assignment.id) }
    }

    /// Changes an exchange where it lies, so that its conversation is not copied.
    mutating func update(_ seat: Seat, _ change: (inout Exchange) -> Void) {
        switch seat {
        case .coordinator:
            guard var exchange = coordinator.exchange else { return }
            coordinator.exchange = nil
            change(&exchange)
            coordinator.exchange = exchange
        case .assignment(let id):
            guard let index = assignmentIndex(id) else { return }
            change(&assignments[index].exchange)
        }
    }

    mutating func updateExchange(ofCall id: String, _ change: (inout Exchange, OpenCall) -> Void) {
        guard let seat = seat(ofCall: id) else { return }
        update(seat) { exchange in
            if let call = exchange.openCall { change(&exchange, call) }
        }
    }

    /// How the exchange about an assignment begins, before its own text.
    func opening(of assignment: Assignment) -> Conversation { Conversation([.system(agentPrompt(assignment))]) }

    /// The exchange with which an agent begins an assignment.
    func openExchange(for assignment: Assignment, after opening: Conversation) -> Exchange {
        let agent = crew.agent(assignment.agent)
        let schema = assignment.task.flatMap { crew.task($0)?.output }
        var prompt = assignmentPrompt(assignment)
        if let schema, !(definition.tools[assignment.agent] ?? []).isEmpty {
            prompt += "\n\n" + schemaPrompt(schema)
        }
        let model = agent?.model ?? "default"
        let keywords = dialect(of: model).schemaKeywords
        return Exchange(
            opening.appending(.user(prompt)),
            model: model,
            schema: schema,
            schemaName: "result",
            encodedSchema: schema.map { EncodedSchema($0, keywords: keywords) },
            keywords: keywords
        )
    }

    /// The exchange with which the coordinator is asked for its next instruction.
    func openCoordinatorExchange(_ menu: Menu) -> Exchange {
        let model = crew.process.model ?? "default"
        let keywords = dialect(of: model).schemaKeywords
        let schema = menu.schema
        return Exchange(
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
