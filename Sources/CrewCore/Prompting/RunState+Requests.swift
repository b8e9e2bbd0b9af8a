import ChatModel

extension RunState {
    /// The name of the function through which an answer is forced where an endpoint cannot follow a schema otherwise.
    static let answerTool = "answer"

    /// The request that a speaker's exchange would send now.
    ///
    /// Derived from the state alone; the journal holds what was said, not what was sent.
    func request(for speaker: Speaker, _ dialogue: Dialogue) -> ChatRequest? {
        guard let model = crew.model(dialogue.model) else { return nil }
        let dialect = dialects[dialogue.model] ?? .compatible
        var request = ChatRequest(
            model: model.model,
            conversation: dialogue.conversation,
            maximumOutput: model.maximumOutput,
            sampling: model.sampling,
            dialect: dialect,
            timeout: model.timeout,
            cache: model.cache
        )
        let tools = toolCatalog(for: speaker)
        let mayUseTools = offersTools(to: speaker, dialogue)
        if mayUseTools {
            request.tools = tools
            if isLastTurn(of: speaker, dialogue) { request.toolChoice = .none }
        }
        if let schema = dialogue.schema, !mayUseTools {
            shape(&request, schema, of: dialogue, isInPrompt: !tools.tools.isEmpty)
        }
        return request
    }

    /// Whether a speaker's tools are offered: not while a rejected answer is to be mended.
    func offersTools(to speaker: Speaker, _ dialogue: Dialogue) -> Bool {
        dialogue.rejections == 0 && !toolCatalog(for: speaker).tools.isEmpty
    }

    private func toolCatalog(for speaker: Speaker) -> ToolCatalog {
        guard let agent = agent(of: speaker) else { return .none }
        return catalogs[agent] ?? .none
    }

    /// On its last turn an agent has to answer.
    private func isLastTurn(of speaker: Speaker, _ dialogue: Dialogue) -> Bool {
        guard case .assignment(let id) = speaker, let index = assignmentIndex(id) else { return false }
        return dialogue.turns + 1 >= assignments[index].assignment.allowance
    }

    /// Asks for an answer that follows a schema, by the best means that the endpoint has.
    ///
    /// As long as tools are offered nothing is enforced, because many endpoints refuse the two at once: the schema then
    /// stands in the prompt from the start, and an answer that does not follow it is asked for again, with enforcement
    /// and without tools.
    private func shape(_ request: inout ChatRequest, _ schema: JSONSchema, of dialogue: Dialogue, isInPrompt: Bool) {
        let rung = request.dialect.structuredOutput
        switch rung {
        case .jsonSchema:
            let keywords = request.dialect.schemaKeywords
            // What the endpoint takes may have been learned since the exchange began.
            let known = keywords == dialogue.keywords ? dialogue.encodedSchema : nil
            let encoded = known ?? EncodedSchema(schema, keywords: keywords)
            request.responseFormat = .jsonSchema(name: dialogue.schemaName, schema: encoded)
        case .toolCall:
            let tool = ToolDeclaration(
                name: Self.answerTool,
                summary: prompts.render(.answerTool),
                parameters: schema.lowered(to: request.dialect.schemaKeywords)
            )
            request.tools = ToolCatalog([tool])
            request.toolChoice = .tool(Self.answerTool)
        case .jsonObject, .plainText:
            if rung == .jsonObject { request.responseFormat = .jsonObject }
            guard !isInPrompt, var messages = Optional(request.conversation.messages), messages.count > 1 else {
                return
            }
            // Into the message that is there, since some chat templates refuse two of one role in a row.
            messages[1] = .user(messages[1].text + "\n\n" + schemaPrompt(schema))
            request.conversation = Conversation(messages)
        }
    }
}
