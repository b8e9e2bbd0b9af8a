public import ChatModel

extension Menu {
    /// The longest text that the protocol takes anywhere, in characters.
    static let longestText = 2_000

    /// The JSON Schema that the coordinator's answer must follow: an object with a reason and one legal instruction.
    ///
    /// Identifiers are enumerated, so a server that enforces the schema cannot produce an illegal instruction. The root
    /// is an object, as OpenAI's strict mode asks.
    public var schema: JSONSchema {
        let variants = kinds.map(variant)
        return JSONSchema(
            Self.object([
                ("reason", ["type": "string", "maxLength": 200]),
                ("instruction", variants.count == 1 ? variants[0] : ["anyOf": .array(variants)]),
            ])
        )
    }

    private func variant(_ kind: Instruction.Kind) -> JSONValue {
        let name = ("kind", Self.oneOf([kind.rawValue]))
        return switch kind {
        case .delegate:
            Self.object([
                name,
                ("assignments", Self.list(of: orders, atLeast: 1, atMost: maximumAssignments)),
            ])
        case .revise:
            Self.object([name, ("result", Self.oneOf(revisable)), ("feedback", Self.text(500))])
        case .plan:
            Self.object([
                name,
                ("facts", Self.list(of: Self.text(200), atLeast: 0, atMost: 8)),
                ("steps", Self.list(of: Self.text(200), atLeast: 1, atMost: 8)),
            ])
        case .finish:
            Self.object(
                [name]
                    + (wordsAnswer ? [("answer", Self.text(Self.longestText))] : [])
                    + [("results", Self.list(of: Self.oneOf(finishing), atLeast: 1, atMost: finishing.count))]
            )
        case .giveUp: Self.object([name, ("reason", Self.text(500))])
        }
    }

    private var orders: JSONValue {
        var variants = tasks.map { choice in
            Self.object([
                ("task", Self.oneOf(choice.tasks)),
                ("agent", Self.oneOf(choice.agents)),
                (
                    "objective",
                    ["type": "string", "maxLength": 500, "description": "remarks beyond the task's own text"]
                ),
            ])
        }
        if !freeAgents.isEmpty {
            variants.append(
                Self.object(
                    [("agent", Self.oneOf(freeAgents)), ("objective", Self.text(1_000))]
                        + (inputs.isEmpty
                            ? [] : [("inputs", Self.list(of: Self.oneOf(inputs), atLeast: 0, atMost: inputs.count))])
                )
            )
        }
        return variants.count == 1 ? variants[0] : ["anyOf": .array(variants)]
    }

    private static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        [
            "type": "object",
            "properties": .object(JSONObject(members)),
            "required": .array(members.map { .string($0.0) }),
            "additionalProperties": false,
        ]
    }

    private static func oneOf(_ names: [String]) -> JSONValue {
        ["type": "string", "enum": .array(names.map { .string($0) })]
    }

    private static func text(_ longest: Int) -> JSONValue {
        ["type": "string", "minLength": 1, "maxLength": .integer(Int64(longest))]
    }

    private static func list(of items: JSONValue, atLeast least: Int, atMost most: Int) -> JSONValue {
        ["type": "array", "items": items, "minItems": .integer(Int64(least)), "maxItems": .integer(Int64(most))]
    }
}
