import ChatModel

/// Texts of a crew, in which `{{name}}` stands for an input.
enum InputText {
    /// Puts the inputs in, once: braces within a value stay text, and a name that is no input stays as it is written
    /// (``Crew/problems()`` refuses such a crew).
    static func expand(_ text: String, _ inputs: JSONObject) -> String {
        guard text.contains("{{") else { return text }
        var output = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            output += rest[..<open.lowerBound]
            let afterOpen = rest[open.upperBound...]
            guard let close = afterOpen.firstRange(of: "}}") else {
                rest = rest[open.lowerBound...]
                break
            }
            let name = afterOpen[..<close.lowerBound].filter { $0 != " " }
            if let value = inputs[name] {
                output += value.stringValue ?? value.jsonText
            } else {
                output += rest[open.lowerBound..<close.upperBound]
            }
            rest = afterOpen[close.upperBound...]
        }
        return output + rest
    }
}
