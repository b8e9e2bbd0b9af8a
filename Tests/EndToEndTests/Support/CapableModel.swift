import Foundation

/// A model that does what any crew asks of it, knowing nothing of the crew: it orders what is due, calls each tool that
/// it is offered once, and answers with the least document that follows the schema.
enum CapableModel {
    /// What it says.
    ///
    /// - Parameters:
    ///   - call: The request.
    ///   - arguments: The arguments for tools, by their names; others get the least that follow the tool's schema.
    static func reply(_ call: ChatCall, _ arguments: [String: String] = [:]) -> ChatReply {
        if call.isOfCoordinator { return .text(instruction(on: call.task, call.schema)) }
        let tools = call.document["tools"]?.items.compactMap { $0["function"] } ?? []
        if !tools.isEmpty, call.toolResults == 0, call.document["tool_choice"]?.text != "none" {
            return ChatReply(
                tools: tools.map { tool in
                    let name = tool["name"]?.text ?? ""
                    return (name, arguments[name] ?? tool["parameters"].map { least($0) } ?? "{}")
                }
            )
        }
        if let schema = call.schema ?? schemaInPrompt(call.task) { return .text(least(schema)) }
        return .text("A sentence or two about what was asked.")
    }

    /// Hands out all that is due; the end, when nothing is.
    private static func instruction(on board: String, _ menu: JSON?) -> String {
        let lines = board.split(separator: "\n").map(String.init)
        let due = lines.filter { $0.hasPrefix("- ") && $0.contains(" [due] (by ") }.map { line in
            let task = line.dropFirst(2).prefix { $0 != " " }
            let agent = line.firstRange(of: "(by ").map { line[$0.upperBound...].prefix { $0 != ")" } } ?? ""
            return #"{"task":"\#(task)","agent":"\#(agent)","objective":""}"#
        }
        // As many as one instruction may hold in every example.
        if let first = due.first {
            return #"{"reason":"","instruction":{"kind":"delegate","assignments":[\#(first)]}}"#
        }
        let finish = menu?["properties"]?["instruction"]?["anyOf"]?.items.first { variant in
            variant["properties"]?["kind"]?["enum"]?.items == [.string("finish")]
        }
        return #"{"reason":"","instruction":\#(finish.map(least) ?? "{}")}"#
    }

    /// The schema that an agent with tools reads in its assignment.
    private static func schemaInPrompt(_ task: String) -> JSON? {
        guard task.contains("JSON Schema"), let start = task.firstIndex(of: "{") else { return nil }
        let text = task[start...]
        return text.indices.reversed().lazy.filter { text[$0] == "}" }.compactMap { try? JSON(text[...$0]) }.first
    }

    /// The least document that follows a schema.
    static func least(_ schema: JSON) -> String {
        if let first = schema["enum"]?.items.first ?? schema["const"] { return first.jsonText }
        if let variant = schema["anyOf"]?.items.first { return least(variant) }
        let type = schema["type"]?.text ?? schema["type"]?.items.first?.text
        switch type {
        case "object":
            let required = schema["required"]?.items.compactMap(\.text) ?? []
            let members = required.map { "\(JSON.quoted($0)):\(least(schema["properties"]?[$0] ?? .null))" }
            return "{\(members.joined(separator: ","))}"
        case "array":
            let count = max(1, schema["minItems"]?.integer ?? 1)
            return "[\((0..<count).map { _ in least(schema["items"] ?? .null) }.joined(separator: ","))]"
        case "integer", "number": return "\(max(1, schema["minimum"]?.integer ?? 1))"
        case "boolean": return "true"
        default: return JSON.quoted(String(repeating: "x", count: max(1, schema["minLength"]?.integer ?? 1)))
        }
    }
}

extension JSON {
    /// The document as JSON.
    fileprivate var jsonText: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): "\(value)"
        case .string(let value): Self.quoted(value)
        case .array(let items): "[\(items.map(\.jsonText).joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\(Self.quoted($0.key)):\($0.value.jsonText)" }.sorted().joined(separator: ","))}"
        }
    }
}
