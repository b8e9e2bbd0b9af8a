import ChatModel

/// What came of reading a coordinator's answer.
enum InstructionReading {
    case instruction(Instruction)
    /// The answer is not one JSON document at all.
    case notJSON(String)
    /// It is, but nothing legal; the reasons are for the model.
    case illegal([String])
}

extension ScopeView {
    /// Reads a coordinator's answer against the schema of the menu that it was shown.
    ///
    /// Nothing is guessed or coerced: what the schema does not allow, and what repeats work that is done, is refused.
    func readInstruction(_ text: String, schema: JSONSchema) -> InstructionReading {
        let document: JSONValue
        switch Answer.document(in: text) {
        case .success(let value): document = value
        case .failure(let error): return .notJSON("it is not one JSON document: \(error)")
        }
        // The bounds on texts are for models that would never close one; a longer text does no harm.
        let violations = schema.validate(document, boundsTexts: false)
        guard violations.isEmpty, let body = document["instruction"] else {
            return .illegal(violations.map(\.description))
        }
        do throws(JSONDecodingFailure) {
            let form = try JSONValueDecoder().decode(Instruction.self, from: body).form.withoutRepetitions
            let objections = form.objections(in: self)
            return objections.isEmpty ? .instruction(form.instruction) : .illegal(objections)
        } catch {
            return .illegal([error.description])
        }
    }
}

extension String {
    var isBlank: Bool { allSatisfy(\.isWhitespace) }
}

extension [String] {
    /// The names without repetitions, in their order.
    var withoutRepetitions: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
