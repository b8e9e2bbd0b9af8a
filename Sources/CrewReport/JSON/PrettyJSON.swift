package import ChatModel
package import CrewCore

/// Writes JSON for people: indented, in the document's own order of keys.
package enum PrettyJSON {
    /// The text, without a line end after it.
    package static func text(_ value: JSONValue) -> String {
        var output = ""
        write(value, indentation: "", into: &output)
        return output
    }

    private static func write(_ value: JSONValue, indentation: String, into output: inout String) {
        let inner = indentation + "  "
        switch value {
        case .array(let elements) where elements.contains(where: isNested):
            output += "[\n"
            for (index, element) in elements.enumerated() {
                output += inner
                write(element, indentation: inner, into: &output)
                output += index == elements.count - 1 ? "\n" : ",\n"
            }
            output += indentation + "]"
        case .object(let members) where !members.isEmpty:
            output += "{\n"
            for (index, member) in members.enumerated() {
                output += inner + JSONValue.string(member.key).jsonText + ": "
                write(member.value, indentation: inner, into: &output)
                output += index == members.count - 1 ? "\n" : ",\n"
            }
            output += indentation + "}"
        default: output += value.jsonText
        }
    }

    private static func isNested(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        default: false
        }
    }
}
