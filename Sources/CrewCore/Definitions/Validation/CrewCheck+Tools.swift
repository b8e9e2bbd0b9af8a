import ChatModel

extension CrewCheck {
    mutating func tools() {
        names(crew.tools.map(\.name), in: "tools", "tool")
        for tool in crew.tools {
            let path: [CrewProblem.PathElement] = ["tools", .key(tool.name)]
            guard let builtin = builtins.named(tool.builtin) else {
                reference(tool.builtin, to: builtins.map(\.name), "built-in tool", at: path + ["builtin"])
                continue
            }
            guard case .object(let options) = tool.options else {
                report(path, "the options of a tool are \(article(tool.options.typeName)), not an object")
                continue
            }
            let known = builtin.options.map(\.name)
            for key in options.keys where !known.contains(key) {
                let near = NearestName.of(key, in: known).map { "did you mean `\($0)`?" }
                let all = known.isEmpty ? "it has no options" : "its options are \(list(known))"
                report(
                    path + [.key(key)],
                    "the built-in `\(builtin.name)` has no option \(quoted(key))",
                    key,
                    hint: near ?? all
                )
            }
            for option in builtin.options { self.option(option, in: options, of: builtin, at: path) }
        }
    }

    private mutating func option(
        _ option: ToolOption,
        in options: JSONObject,
        of builtin: any BuiltinTool,
        at path: [CrewProblem.PathElement]
    ) {
        guard let value = options[option.name] else {
            if option.isRequired { report(path, "the built-in `\(builtin.name)` needs the option `\(option.name)`") }
            return
        }
        let place = path + [.key(option.name)]
        switch option.type {
        case .text:
            guard let text = value.stringValue else { break }
            required(text, at: place, "`\(option.name)`")
            return objection(to: text, as: option, at: place)
        case .boolean: if value.boolValue != nil { return }
        case .list(let elements):
            guard let values = value.arrayValue else { break }
            return self.elements(values, called: elements, of: option, at: place)
        }
        report(
            place,
            "`\(option.name)` is \(article(value.typeName)), not \(article(option.type.description))",
            value.jsonText
        )
    }

    private mutating func elements(
        _ values: [JSONValue],
        called elements: String,
        of option: ToolOption,
        at path: [CrewProblem.PathElement]
    ) {
        let element = elements.hasSuffix("s") ? String(elements.dropLast()) : elements
        if values.isEmpty { report(path, "no \(element) is named", hint: "such as [\(option.example)]") }
        if values.count > 100 { report(path, "\(values.count) \(elements) are too many", hint: "at most 100") }
        for (index, value) in values.enumerated() {
            let place = path + [.index(index)]
            if let text = value.stringValue {
                objection(to: text, as: option, at: place)
            } else {
                report(place, "\(article(element)) is a string, not \(article(value.typeName))", value.jsonText)
            }
        }
    }

    private mutating func objection(to text: String, as option: ToolOption, at path: [CrewProblem.PathElement]) {
        guard let objection = option.objection(text) else { return }
        report(path, "\(quoted(text)) is \(objection.complaint): \(objection.reason)", text, hint: objection.hint)
    }
}
