public import ChatModel

/// Exchanges, found and changed in one way, whoever leads them.
extension RunState {
    /// The exchange that a seat leads now.
    public func exchange(of seat: Seat) -> Exchange? { exchangeIndex(of: seat).map { exchanges[$0] } }

    func exchangeIndex(of seat: Seat) -> Int? { exchanges.firstIndex { $0.seat == seat } }

    /// The exchange to which a call belongs that is under way or was last answered or failed.
    func exchangeIndex(ofCall id: String) -> Int? { exchanges.lastIndex { $0.openCall?.id == id } }

    /// Changes the exchange to which a call belongs where it lies, so that its conversation is not copied.
    mutating func updateExchange(ofCall id: String, _ change: (inout Exchange, OpenCall) -> Void) {
        guard let index = exchangeIndex(ofCall: id), let call = exchanges[index].openCall else { return }
        change(&exchanges[index], call)
    }

    mutating func close(_ seat: Seat) {
        if let index = exchangeIndex(of: seat) { exchanges.remove(at: index) }
    }

    // MARK: - Opening

    /// How the exchange about an assignment begins, before its own text.
    func opening(of assignment: Assignment, in scope: Int) -> Conversation {
        Conversation([.system(agentPrompt(assignment, in: scope))])
    }

    /// The exchange with which an agent begins an assignment.
    func openExchange(for assignment: Assignment, in scope: Int, after opening: Conversation) -> Exchange {
        let crew = scopes[scope].crew
        let place = places[scopes[scope].place]
        let member = place.prefix + assignment.agent
        let tools = catalogs[member] ?? .none
        let schema = assignment.task.flatMap { crew.task($0)?.output }
        var prompt = assignmentPrompt(assignment, in: scope)
        if let schema, !tools.tools.isEmpty {
            prompt += "\n\n" + schemaPrompt(schema)
        }
        return exchange(
            of: .assignment(assignment.id),
            in: scope,
            SeatTerms(
                account: place.agentAccounts[assignment.agent] ?? place.account,
                member: member,
                tools: tools,
                allowance: assignment.allowance,
                form: .result
            ),
            opening.appending(.user(prompt)),
            model: crew.agent(assignment.agent)?.model,
            schema: schema,
            schemaName: "result"
        )
    }

    /// The exchange with which a coordinator is asked for its next instruction.
    func openCoordinatorExchange(_ menu: Menu, in scope: Int) -> Exchange {
        let place = places[scopes[scope].place]
        let member = place.prefix + CrewPlace.coordinatorName
        let tools = catalogs[member] ?? .none
        let schema = menu.schema
        var prompt = boardPrompt(menu, in: scope)
        if !tools.tools.isEmpty { prompt += "\n\n" + schemaPrompt(schema) }
        return exchange(
            of: .coordinator(of: scopes[scope].assignment),
            in: scope,
            SeatTerms(
                account: place.coordinatorAccount,
                member: member,
                tools: tools,
                allowance: tools.tools.isEmpty ? nil : Agent.defaultMaximumTurns,
                form: .instruction(menu)
            ),
            scopes[scope].coordinator.opening.appending(.user(prompt)),
            model: scopes[scope].crew.process.model,
            schema: schema,
            schemaName: "instruction",
            // A menu's objects are closed and require all they name, which is all that lowering to the full set does.
            isLowered: true
        )
    }

    private func exchange(
        of seat: Seat,
        in scope: Int,
        _ terms: SeatTerms,
        _ conversation: Conversation,
        model name: String?,
        schema: JSONSchema?,
        schemaName: String,
        isLowered: Bool = false
    ) -> Exchange {
        let model = crew.qualifiedModel(name, seenFrom: places[scopes[scope].place].path) ?? name ?? "default"
        let keywords = dialect(of: model).schemaKeywords
        return Exchange(
            seat,
            in: scope,
            terms,
            conversation,
            model: model,
            schema: schema,
            schemaName: schemaName,
            encodedSchema: schema.map {
                isLowered && keywords == .full
                    ? EncodedSchema(asItStands: $0) : EncodedSchema($0, keywords: keywords)
            },
            keywords: keywords
        )
    }
}
