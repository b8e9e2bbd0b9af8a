internal import ChatModel
internal import CrewCore

/// What a declaration says, held to the options that its built-in has.
package struct ToolOptions: Sendable {
    private let members: JSONObject

    /// Reads a declaration.
    ///
    /// - Throws: ``ToolboxError`` when an option is unknown, missing, empty or of the wrong type.
    init(of definition: ToolDefinition, for builtin: any BuiltinTool) throws(ToolboxError) {
        func wrong(_ message: String) -> ToolboxError { ToolboxError(.badOption, tool: definition.name, message) }
        guard case .object(let members) = definition.options else { throw wrong("its options are not an object") }
        self.members = members
        let names = builtin.options.map(\.name)
        if let unknown = members.keys.first(where: { !names.contains($0) }) {
            let known = names.isEmpty ? "takes none" : "takes " + names.map { "'\($0)'" }.joined(separator: " and ")
            throw wrong("unknown option '\(unknown)'; '\(definition.builtin)' \(known)")
        }
        for option in builtin.options {
            let value = members[option.name]
            let isGiven: Bool
            switch (option.type, value) {
            case (_, nil): isGiven = false
            case (.text, .string(let text)):
                guard !text.utf8.contains(0) else { throw wrong("the option '\(option.name)' may not hold a NUL") }
                isGiven = !text.isEmpty
            case (.boolean, .bool): isGiven = true
            case (.list, .array(let elements)) where elements.allSatisfy { $0.stringValue != nil }:
                isGiven = !elements.isEmpty
            case (let type, let value?):
                throw wrong("the option '\(option.name)' must be \(Self.words(type)), not \(value.jsonText)")
            }
            guard isGiven || !option.isRequired else {
                throw wrong("it needs the option '\(option.name)', \(option.subject)")
            }
        }
    }

    /// The text of an option; empty when it is not set.
    package func text(_ option: String) -> String { members[option]?.stringValue ?? "" }
    /// The texts of an option; none when it is not set.
    package func texts(_ option: String) -> [String] { (members[option]?.arrayValue ?? []).compactMap(\.stringValue) }
    /// Whether an option is true; it is not when it is not set.
    package func isSet(_ option: String) -> Bool { members[option]?.boolValue ?? false }

    private static func words(_ type: ToolOption.ValueType) -> String {
        switch type {
        case .text: "a string"
        case .boolean: "true or false"
        case .list: "a list of strings"
        }
    }
}
