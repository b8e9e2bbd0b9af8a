import ChatModel

/// What came of reading a coordinator's answer.
enum InstructionReading {
    case instruction(Instruction)
    /// The answer is not one JSON document at all.
    case notJSON(String)
    /// It is, but nothing legal; the reasons are for the model.
    case illegal([String])
}

extension RunState {
    /// Reads a coordinator's answer against the menu it was shown, and that menu's schema.
    ///
    /// Nothing is guessed or coerced: what the schema does not allow, and what repeats work that is done, is refused.
    func readInstruction(_ text: String, menu: Menu, schema: JSONSchema) -> InstructionReading {
        let document: JSONValue
        switch Answer.document(in: text) {
        case .success(let value): document = value
        case .failure(let error): return .notJSON("it is not one JSON document: \(error)")
        }
        // The bounds on texts are for models that would never close one; a longer text does no harm.
        let violations = schema.validate(document, boundsTexts: false)
        guard violations.isEmpty, let body = document["instruction"],
            let instruction = Instruction(valid: body, in: menu)
        else { return .illegal(violations.map(\.description)) }
        let objections = objections(to: instruction)
        return objections.isEmpty ? .instruction(instruction) : .illegal(objections)
    }

    /// What a schema cannot say.
    private func objections(to instruction: Instruction) -> [String] {
        switch instruction {
        case .delegate(let orders): return objections(to: orders)
        case .finish(let answer?, _) where answer.isBlank: return ["the answer is blank"]
        case .finish(let answer?, _) where mark.isContained(in: answer): return ["the answer \(Self.echo)"]
        case .revise(_, let feedback) where feedback.isBlank: return ["the feedback is blank"]
        case .finish, .revise, .plan, .giveUp: return []
        }
    }

    private func objections(to orders: [AssignmentOrder]) -> [String] {
        var objections: [String] = []
        var seen: Set<AssignmentOrder> = []
        var tasks: Set<String> = []
        for order in orders {
            if let task = order.task, !tasks.insert(task).inserted {
                objections.append("the task \"\(task)\" is handed out twice")
            } else if !seen.insert(order).inserted {
                objections.append("the same assignment for \"\(order.agent)\" stands there twice")
            } else if order.task == nil, order.objective.isBlank {
                objections.append("an assignment for \"\(order.agent)\" has no objective")
            } else if order.task == nil, let done = acceptedResult(ofOrder: order) {
                objections.append("\"\(order.agent)\" has already done exactly this: it is the result \(done)")
            }
        }
        return objections
    }

    private func acceptedResult(ofOrder order: AssignmentOrder) -> String? {
        for state in assignments {
            guard case .accepted(let result) = state.status, state.assignment.revision == nil,
                state.assignment.agent == order.agent, state.assignment.task == order.task,
                state.assignment.objective.trimmingSpace == order.objective.trimmingSpace,
                Set(state.assignment.inputs) == Set(order.inputs)
            else { continue }
            return result
        }
        return nil
    }
}

extension String {
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}

extension Instruction {
    /// Takes an instruction from JSON that follows the menu's schema.
    fileprivate init?(valid body: JSONValue, in menu: Menu) {
        func strings(_ key: String) -> [String] { body[key]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        guard let kind = body["kind"]?.stringValue.flatMap(Kind.init(rawValue:)) else { return nil }
        switch kind {
        case .delegate:
            self = .delegate(
                (body["assignments"]?.arrayValue ?? []).compactMap { order in
                    guard let agent = order["agent"]?.stringValue else { return nil }
                    return AssignmentOrder(
                        agent: agent,
                        task: order["task"]?.stringValue,
                        objective: order["objective"]?.stringValue ?? "",
                        inputs: Self.once(order["inputs"]?.arrayValue?.compactMap(\.stringValue) ?? [])
                    )
                }
            )
        case .revise:
            guard let result = body["result"]?.stringValue, let feedback = body["feedback"]?.stringValue else {
                return nil
            }
            self = .revise(result: result, feedback: feedback)
        case .plan: self = .plan(facts: strings("facts"), steps: strings("steps"))
        case .finish:
            let answer = body["answer"]?.stringValue
            self = .finish(answer: answer, results: Self.once(strings("results")))
        case .giveUp: self = .giveUp(reason: body["reason"]?.stringValue ?? "")
        }
    }
    /// The names without repetitions, in their order.
    private static func once(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
