import ChatModel

extension RunState {
    /// The name of the function through which an answer is forced where an endpoint cannot follow a schema otherwise.
    static let answerTool = "answer"

    /// The request that an exchange would send now.
    ///
    /// Derived from the state alone; the journal holds what was said, not what was sent.
    func request(for exchange: Exchange) -> ChatRequest? {
        guard let model = model(exchange.model) else { return nil }
        let dialect = dialect(of: exchange.model)
        var request = ChatRequest(
            model: model.model,
            conversation: exchange.conversation.addressed(to: Recipient(model.origin, dialect)),
            maximumOutput: model.maximumOutput,
            sampling: model.sampling,
            dialect: dialect,
            timeout: model.timeout,
            cache: model.cache,
            extraFields: model.body.isEmpty ? .none : ExtraFields(model.body)
        )
        request.tools = exchange.terms.tools
        let hasTools = exchange.hasTools
        if hasTools, dialect.toolChoice, exchange.isLastTurn(after: exchange.turns) { request.toolChoice = .none }
        if let schema = exchange.schema, asksForForm(exchange, after: exchange.turns) {
            if hasTools {
                shapeBesideTools(&request, schema, of: exchange)
            } else {
                shape(&request, schema, of: exchange)
            }
        }
        return request
    }

    /// Who reads what is sent to one of the crew's models.
    func recipient(_ name: String) -> Recipient? {
        crew.model(name).map { Recipient($0.origin, dialect(of: name)) }
    }

    /// Whether the call that was answered last offered the function through which an answer is forced.
    func offeredAnswerTool(to exchange: Exchange, in dialect: Dialect) -> Bool {
        guard exchange.schema != nil, dialect.structuredOutput == .toolCall else { return false }
        return asksForForm(exchange, after: exchange.turns - 1) && !exchange.terms.tools.has(Self.answerTool)
    }

    /// Whether the endpoint is asked to see to the form of the answer, as far as it can.
    ///
    /// As long as tools may be called it is not, because many endpoints refuse the two at once: the schema then stands in
    /// the prompt from the start, and the first repair leaves the model its tools. It has to answer with its last repair,
    /// or in its last turn.
    private func asksForForm(_ exchange: Exchange, after turns: Int) -> Bool {
        !exchange.hasTools || exchange.rejections >= Self.maximumRejections
            || exchange.rejections > 0 && exchange.isLastTurn(after: turns)
    }

    /// Asks for an answer that follows a schema, by the best means that the endpoint has.
    private func shape(_ request: inout ChatRequest, _ schema: JSONSchema, of exchange: Exchange) {
        switch request.dialect.structuredOutput {
        case .jsonSchema: request.responseFormat = format(schema, of: exchange, request.dialect)
        case .toolCall:
            request.tools = ToolCatalog([answerTool(schema, request.dialect)])
            request.toolChoice = .tool(Self.answerTool)
        case .jsonObject, .plainText:
            if request.dialect.structuredOutput == .jsonObject { request.responseFormat = .jsonObject }
            var messages = request.conversation.messages
            guard messages.count > 1 else { return }
            // Into the message that is there, since some chat templates refuse two of one role in a row.
            messages[1] = .user(messages[1].text + "\n\n" + schemaPrompt(schema))
            request.conversation = Conversation(messages, for: request.conversation.recipient)
        }
    }

    /// Does the same where tools stay declared, although none may be called any more; the schema is in the
    /// prompt already.
    private func shapeBesideTools(_ request: inout ChatRequest, _ schema: JSONSchema, of exchange: Exchange) {
        let dialect = request.dialect
        switch dialect.structuredOutput {
        case .toolCall:
            guard !request.tools.has(Self.answerTool) else { return }
            request.tools = ToolCatalog(request.tools.tools + [answerTool(schema, dialect)])
            request.toolChoice = .tool(Self.answerTool)
        case .jsonSchema where dialect.formatWithTools:
            request.responseFormat = format(schema, of: exchange, dialect)
            if dialect.toolChoice { request.toolChoice = .none }
        case .jsonObject where dialect.formatWithTools:
            request.responseFormat = .jsonObject
            if dialect.toolChoice { request.toolChoice = .none }
        case .jsonSchema, .jsonObject, .plainText: return
        }
    }

    private func format(_ schema: JSONSchema, of exchange: Exchange, _ dialect: Dialect) -> ResponseFormat {
        // What the endpoint takes may have been learned since the exchange began.
        let known = dialect.schemaKeywords == exchange.keywords ? exchange.encodedSchema : nil
        return .jsonSchema(
            name: exchange.schemaName,
            schema: known ?? EncodedSchema(schema, keywords: dialect.schemaKeywords)
        )
    }

    private func answerTool(_ schema: JSONSchema, _ dialect: Dialect) -> ToolDeclaration {
        ToolDeclaration(
            name: Self.answerTool,
            summary: prompts.render(.answerTool),
            parameters: schema.lowered(to: dialect.schemaKeywords)
        )
    }
}

extension ToolCatalog {
    fileprivate func has(_ name: String) -> Bool { tools.contains { $0.name == name } }
}

extension Exchange {
    /// On its last turn a seat has to answer.
    fileprivate func isLastTurn(after turns: Int) -> Bool {
        terms.allowance.map { turns + 1 >= $0 } ?? false
    }
}
