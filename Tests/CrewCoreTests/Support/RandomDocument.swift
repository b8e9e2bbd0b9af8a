import ChatModel
import CrewTesting

/// Random answers of a coordinator's model.
enum RandomDocument {
    /// A document that follows a schema of the kind that menus make.
    static func following(_ schema: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
        if let variants = schema["anyOf"]?.arrayValue, let variant = random.one(of: variants) {
            return following(variant, &random)
        }
        if let values = schema["enum"]?.arrayValue { return random.one(of: values) ?? .null }
        switch schema["type"]?.stringValue {
        case "object":
            var members: JSONObject = [:]
            for (key, value) in schema["properties"]?.objectValue ?? [:] { members[key] = following(value, &random) }
            return .object(members)
        case "array":
            let least = Int(schema["minItems"]?.integerValue ?? 0)
            let most = max(least, min(least + 2, Int(schema["maxItems"]?.integerValue ?? 3)))
            var items: [JSONValue] = []
            for _ in 0..<random.number(least...most) { items.append(following(schema["items"] ?? true, &random)) }
            return .array(items)
        case "string":
            let least = Int(schema["minLength"]?.integerValue ?? 0)
            if least == 0, random.chance(30) { return "" }
            return .string(random.one(of: ["x", " ", "words \(random.number(0...3))", "\"{{goal}}\"\n"]) ?? "x")
        default: return .null
        }
    }

    /// Something like an instruction, mostly illegal.
    static func instruction(_ random: inout SeededGenerator) -> JSONValue {
        let kind: JSONValue =
            random.one(of: ["delegate", "revise", "plan", "finish", "give_up", "handoff", 7]) ?? .null
        var body: JSONObject = ["kind": kind]
        let values: [JSONValue] = [
            "r1", "r2", ["r1"], ["r9"], "false", false, .null, [], ["a step"], "text",
            [["task": "facts", "agent": "scout", "objective": ""]],
            [["task": "facts", "agent": "stranger", "objective": ""]],
            [["agent": "writer", "objective": "go"]],
            [["task": "brief", "agent": "writer", "objective": "", "inputs": []]],
        ]
        for key in ["assignments", "result", "feedback", "facts", "steps", "answer", "results", "reason"]
        where random.chance(45) {
            body[key] = random.one(of: values) ?? .null
        }
        return random.chance(90) ? ["reason": "why", "instruction": .object(body)] : .object(body)
    }
}
