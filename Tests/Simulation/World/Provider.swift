import ChatModel
import CrewCore

/// What an endpoint does with one request.
struct ProviderAnswer {
    var result: Result<ChatResponse, ChatError>
    /// What the provider bills, whether or not anybody sees the answer.
    var billed: TokenUsage?
    /// Whether it generated more than it was allowed to.
    var isOverLimit = false
}

/// The endpoint: models that answer well or badly, each world in a manner of its own.
struct Provider {
    /// The ways to answer; the first is the good one.
    private enum Manner: Int, CaseIterable {
        case good, empty, prose, illegal, cutOff, refused, filtered, tools, ambiguous, failure, unsupported, down
    }

    private enum Accounting: Int, CaseIterable {
        case exact, missing, overLimit, cached
    }

    private var manners = [30]
    private var accounting = [30]
    private var said = 0
    /// How many requests find the server as it is: loading, gone, or left alone by the breaker.
    private var down: (requests: Int, how: ChatError)?

    init(_ choices: inout Choices) {
        for manner in Manner.allCases.dropFirst() {
            manners.append(manner == .tools ? choices.one(of: 0, 10, 30) : choices.one(of: 0, 0, 2, 12))
        }
        for _ in Accounting.allCases.dropFirst() { accounting.append(choices.one(of: 0, 0, 2, 12)) }
    }

    mutating func answer(_ call: Work.ModelCall, _ state: RunState, _ choices: inout Choices) -> ProviderAnswer {
        said += 1
        if let outage = down, outage.requests > 0 {
            down?.requests -= 1
            return ProviderAnswer(result: .failure(outage.how), billed: nil)
        }
        let manner = Manner(rawValue: choices.weighted(manners)) ?? .good
        if manner == .down { return goDown(&choices) }
        if manner == .failure { return failure(call, &choices) }
        if manner == .unsupported { return unsupported(call, &choices) }
        var response = ChatResponse(text: "")
        switch manner {
        case .good: response.text = wanted(call, state, &choices)
        case .empty: response.text = choices.one(of: "", " \n")
        case .prose: response.text = "I would say: \(said), and more words than anybody asked for"
        case .illegal: response.text = illegal(call, &choices)
        case .cutOff:
            response.text = String(wanted(call, state, &choices).dropLast(3))
            response.finishReason = .length
        case .refused: response.refusal = "I will not"
        case .filtered: response.finishReason = .contentFilter
        case .tools: useTools(&response, call, &choices)
        case .ambiguous:
            response.toolCalls = ["{}", wanted(call, state, &choices)].enumerated().map { index, arguments in
                ToolCall(id: "d\(said).\(index)", name: "answer", arguments: arguments)
            }
        case .failure, .unsupported, .down: break
        }
        // An endpoint that was made to call a function says everything through it.
        if case .tool(let name) = call.request.toolChoice, !response.text.isEmpty {
            response.toolCalls = [ToolCall(id: "f\(said)", name: name, arguments: response.text)]
            response.text = ""
            response.finishReason = .toolCalls
        }
        stamp(&response, call)
        return account(response, call, &choices)
    }

    /// Puts beside an answer what the endpoint wants back with it.
    private func stamp(_ response: inout ChatResponse, _ call: Work.ModelCall) {
        let words = JSONValue.string("\(call.request.model) said \(said)")
        response.opaque = OpaqueFields(["thinking_blocks": [["type": "thinking", "signature": words]]])
        response.toolCalls = response.toolCalls.enumerated().map { index, call in
            ToolCall(
                id: call.id,
                name: call.name,
                arguments: call.arguments,
                opaque: index == 0 ? OpaqueFields(["extra_content": ["google": ["thought_signature": words]]]) : nil
            )
        }
    }

    // MARK: - Accounts

    private func account(
        _ response: ChatResponse,
        _ call: Work.ModelCall,
        _ choices: inout Choices
    ) -> ProviderAnswer {
        var response = response
        var billed = usage(call, &choices)
        let manner = Accounting(rawValue: choices.weighted(accounting)) ?? .exact
        switch manner {
        case .exact: response.usage = billed
        case .missing: response.usage = nil
        case .overLimit:
            billed.output = call.request.maximumOutput * 3
            response.usage = billed
        case .cached:
            response.usage = billed
            response.isCached = true
        }
        return ProviderAnswer(
            result: .success(response),
            billed: manner == .cached ? nil : billed,
            isOverLimit: manner == .overLimit
        )
    }

    private func usage(_ call: Work.ModelCall, _ choices: inout Choices) -> TokenUsage {
        let input = call.request.inputTokenBound
        return TokenUsage(
            input: choices.one(of: input / 4, input / 2, input),
            cachedInput: choices.one(of: 0, input / 5),
            output: choices.one(of: 20, 1, call.request.maximumOutput)
        )
    }

    // MARK: - Failures

    private func failure(_ call: Work.ModelCall, _ choices: inout Choices) -> ProviderAnswer {
        var error = choices.one(
            of: ChatError(.serverFailed, "overloaded", status: 503, wasSent: true),
            ChatError(.rateLimited, "slow down", status: 429, wasSent: true),
            ChatError(.unreachable, "nobody there", wasSent: false),
            ChatError(.interrupted, "connection reset", wasSent: true),
            ChatError(.truncated, "no end", status: 200, wasSent: true),
            ChatError(.malformed, "no JSON", status: 200, wasSent: true),
            ChatError(.timedOut, "gateway", status: 504, wasSent: true),
            ChatError(.credentials, "no key", status: 401, wasSent: true),
            ChatError(.contextTooLong, "too long", status: 400, wasSent: true),
            ChatError(.circuitOpen, "left alone", wasSent: false)
        )
        if choices.chance(25) { error.retryAfter = choices.one(of: 900, 30_000, 300_000) }
        if choices.chance(15) { error.serverSaysRetry = choices.one(of: true, false) }
        // What broke off may have been answered in full, and a gateway does not know.
        let mayBeBilled = error.wasSent && (error.status.map { $0 < 400 || $0 == 504 } ?? true)
        let isBilled = mayBeBilled && choices.chance(50)
        return ProviderAnswer(result: .failure(error), billed: isBilled ? usage(call, &choices) : nil)
    }

    /// The server loads, restarts, or is left alone, for a while or for very long.
    private mutating func goDown(_ choices: inout Choices) -> ProviderAnswer {
        let how = choices.one(
            of: ChatError(.loading, "loading model", status: 503, wasSent: true),
            ChatError(.unreachable, "connection refused", wasSent: false),
            ChatError(.circuitOpen, "left alone", retryAfter: 5_000, wasSent: false),
            ChatError(.rateLimited, "the own limiter", retryAfter: 20_000, wasSent: false)
        )
        down = (choices.one(of: 3, 1, 12, 1_000), how)
        return ProviderAnswer(result: .failure(how), billed: nil)
    }

    private func unsupported(_ call: Work.ModelCall, _ choices: inout Choices) -> ProviderAnswer {
        var error = ChatError(.unsupported, "no such field", status: 400, wasSent: true)
        error.feature = choices.one(
            of: .structuredOutput,
            .schemaKeywords,
            .outputLimitField,
            .streamUsage,
            .toolCallIdentifiers,
            .opaqueFields,
            .unsignedCalls,
            .formatWithTools,
            .toolChoice
        )
        if choices.chance(20) { error.concernsContent = true }
        return ProviderAnswer(result: .failure(error), billed: nil)
    }

    // MARK: - Texts

    /// What a capable model would say.
    private func wanted(_ call: Work.ModelCall, _ state: RunState, _ choices: inout Choices) -> String {
        switch call.seat {
        case .coordinator(let scope): return state.menu(of: scope).legalAnswer(&choices)
        case .assignment:
            let isStructured = state.exchange(of: call.seat)?.schema != nil
            return isStructured ? #"{"n":\#(said)}"# : "words \(said)"
        }
    }

    private func illegal(_ call: Work.ModelCall, _ choices: inout Choices) -> String {
        guard call.seat.isCoordinator else { return choices.one(of: #"{"n":"many"}"#, "{}", "[1]") }
        let body = choices.one(
            of: #"{"kind":"finish","answer":"done","results":["r9"]}"#,
            #"{"kind":"finish","results":["r1"]}"#,
            #"{"kind":"finish","answer":"done","results":["r1"]}"#,
            #"{"kind":"give_up","reason":"tired"}"#,
            #"{"kind":"delegate","assignments":[]}"#,
            #"{"kind":"delegate","assignments":[{"task":"facts","agent":"stranger","objective":""}]}"#,
            #"{"kind":"delegate","assignments":[{"task":"brief","agent":"scout","objective":""}]}"#,
            #"{"kind":"delegate","assignments":[{"agent":"scout","objective":" "}]}"#,
            #"{"kind":"revise","result":"r1","feedback":"better"}"#,
            #"{"kind":"plan","facts":[],"steps":["again"]}"#,
            #"{"kind":7}"#
        )
        return choices.chance(20) ? body : #"{"reason":"why","instruction":\#(body)}"#
    }

    private func useTools(_ response: inout ChatResponse, _ call: Work.ModelCall, _ choices: inout Choices) {
        let offered = call.request.tools.tools.map(\.name)
        for index in 0..<choices.number(1...3) {
            let isKnown = !offered.isEmpty && !choices.chance(10)
            response.toolCalls.append(
                ToolCall(
                    id: "u\(said).\(index)",
                    name: isKnown ? offered[choices.below(offered.count)] : "nothing",
                    arguments: choices.chance(10) ? "{" : "{}"
                )
            )
        }
        response.finishReason = .toolCalls
    }
}

extension Menu {
    /// An answer that follows this menu; tamest is whatever brings the run on.
    fileprivate func legalAnswer(_ choices: inout Choices) -> String {
        let preferred: [(Instruction.Kind, Int)] = [
            (.finish, 10), (.delegate, 12), (.plan, 2), (.revise, 3), (.giveUp, 1),
        ]
        let legal = preferred.filter { kinds.contains($0.0) }
        let restingOn = finish?.results ?? []
        let sentBack = revise?.results ?? []
        guard !legal.isEmpty else { return "{}" }
        let body: JSONValue =
            switch legal[choices.weighted(legal.map(\.1))].0 {
            case .finish:
                finish?.wordsAnswer == true
                    ? ["kind": "finish", "answer": "all of it", "results": .array(restingOn.map(JSONValue.string))]
                    : ["kind": "finish", "results": .array(restingOn.prefix(1).map(JSONValue.string))]
            case .delegate:
                ["kind": "delegate", "assignments": .array(delegate.map { orders($0, &choices) } ?? [])]
            case .plan: ["kind": "plan", "facts": [], "steps": ["go on"]]
            case .revise:
                [
                    "kind": "revise", "result": .string(sentBack[choices.below(sentBack.count)]),
                    "feedback": "shorter",
                ]
            case .giveUp: ["kind": "give_up", "reason": "it cannot be done"]
            }
        return JSONValue.object(["reason": "because", "instruction": body]).jsonText
    }

    private func orders(_ offer: Instruction.Delegate.Offer, _ choices: inout Choices) -> [JSONValue] {
        guard offer.freeAgents.isEmpty else {
            var order: JSONObject = [
                "agent": .string(offer.freeAgents[choices.below(offer.freeAgents.count)]),
                "objective": .string("look \(choices.below(20))"),
            ]
            if !offer.inputs.isEmpty { order["inputs"] = .array(offer.inputs.suffix(1).map(JSONValue.string)) }
            return [.object(order)]
        }
        var due = offer.tasks.flatMap { choice in choice.tasks.map { ($0, choice.agents) } }
        var orders: [JSONValue] = []
        for _ in 0..<choices.number(1...min(offer.maximumAssignments, due.count)) {
            let (task, agents) = due.remove(at: choices.below(due.count))
            orders.append(
                ["task": .string(task), "agent": .string(agents[choices.below(agents.count)]), "objective": ""]
            )
        }
        return orders
    }
}
