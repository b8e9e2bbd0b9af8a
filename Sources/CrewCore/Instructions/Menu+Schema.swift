public import ChatModel

extension Menu {
    /// The JSON Schema that is sent: an object with a reason and one legal instruction.
    ///
    /// Identifiers are enumerated, so a server that enforces the schema cannot produce an illegal instruction. The root
    /// is an object, as OpenAI's strict mode asks. Texts are bounded, since a small model may never close one.
    public var schema: JSONSchema { MenuSchema(menu: self).schema }
}

/// Writes a menu as a JSON Schema.
private struct MenuSchema {
    let menu: Menu

    var schema: JSONSchema {
        let variants = menu.kinds.map(variant)
        return JSONSchema(
            object([
                ("reason", text(160, mayBeEmpty: true)),
                ("instruction", variants.count == 1 ? variants[0] : ["anyOf": .array(variants)]),
            ])
        )
    }

    private func variant(_ kind: Instruction.Kind) -> JSONValue {
        let name = ("kind", oneOf([kind.rawValue]))
        return switch kind {
        case .delegate: object([name, ("assignments", list(of: orders, 1...menu.maximumAssignments))])
        case .revise: object([name, ("result", oneOf(menu.revisable)), ("feedback", text(300))])
        case .plan: object([name, ("facts", list(of: text(100), 0...5)), ("steps", list(of: text(100), 1...6))])
        case .finish:
            object(
                [name]
                    + (menu.wordsAnswer ? [("answer", text(1_500))] : [])
                    + [("results", list(of: oneOf(menu.finishing), 1...menu.finishing.count))]
            )
        case .giveUp: object([name, ("reason", text(300))])
        }
    }

    private var orders: JSONValue {
        var variants = menu.tasks.map { choice in
            object([
                ("task", oneOf(choice.tasks)),
                ("agent", oneOf(choice.agents)),
                ("objective", text(300, mayBeEmpty: true)),
            ])
        }
        if !menu.freeAgents.isEmpty {
            var members = [("agent", oneOf(menu.freeAgents)), ("objective", text(600))]
            if !menu.inputs.isEmpty {
                members.append(("inputs", list(of: oneOf(menu.inputs), 0...menu.inputs.count)))
            }
            variants.append(object(members))
        }
        return variants.count == 1 ? variants[0] : ["anyOf": .array(variants)]
    }

    private func object(_ members: [(String, JSONValue)]) -> JSONValue {
        [
            "type": "object",
            "properties": .object(JSONObject(members)),
            "required": .array(members.map { .string($0.0) }),
            "additionalProperties": false,
        ]
    }

    private func oneOf(_ names: [String]) -> JSONValue {
        ["type": "string", "enum": .array(names.map { .string($0) })]
    }

    private func text(_ longest: Int, mayBeEmpty: Bool = false) -> JSONValue {
        var schema: JSONObject = ["type": "string"]
        if !mayBeEmpty { schema["minLength"] = 1 }
        schema["maxLength"] = .integer(Int64(longest))
        return .object(schema)
    }

    private func list(of items: JSONValue, _ count: ClosedRange<Int>) -> JSONValue {
        [
            "type": "array", "items": items, "minItems": .integer(Int64(count.lowerBound)),
            "maxItems": .integer(Int64(count.upperBound)),
        ]
    }
}
