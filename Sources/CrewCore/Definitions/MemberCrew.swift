public import ChatModel

/// A crew that works within another one, where an agent could: it is given a task, works on it through a process of its own,
/// and its answer is the task's result.
///
/// ```swift
/// let report = Crew("report", goal: "A report on {{topic}}.") {
///     CrewInput(name: "topic")
///     ModelDefinition(model: "gpt-5-mini")
///     Agent("editor", role: "an editor", goal: "Make of it what people read.")
///     MemberCrew("press", crew: press, inputs: ["subject": "{{topic}}"], limits: [.usd("0.50")])
///     CrewTask("draft", "Write a draft.", agent: "press")
///     CrewTask("final", "Edit the draft.", agent: "editor", needs: ["draft"])
/// }
/// ```
///
/// It keeps its own agents, tools and process. A model that it does not define is that of the crew around it.
public struct MemberCrew: Sendable, Hashable {
    /// The name by which tasks and the process refer to it: letters, digits, `-` and `_`.
    public var name: String
    /// The crew.
    public var crew: Crew
    /// Values for the crew's inputs.
    ///
    /// Texts may hold `{{input}}` placeholders for inputs of the crew around it; a text that is
    /// one placeholder and nothing more stands for that input's value, whatever its type.
    public var inputs: [String: JSONValue]
    /// What it may use in a run, over all that it is given to do; of these and its crew's own limits, the tighter hold.
    public var limits: Limits
    /// What it is for, in the eyes of a coordinator that may choose it; the crew's goal where it is empty.
    public var summary: String
    /// The crew file from which the crew was read, from the root; `nil` for one that has no file of its own.
    public var file: String?
    /// The folder against which relative paths of the crew's tools are resolved, from the root; `nil` where that is the folder
    /// of the crew around it.
    public var folder: String?

    /// Makes a crew a member.
    public init(
        _ name: String,
        crew: Crew,
        inputs: [String: JSONValue] = [:],
        limits: Limits = Limits(),
        summary: String = "",
        file: String? = nil,
        folder: String? = nil
    ) {
        self.name = name
        self.crew = crew
        self.inputs = inputs
        self.limits = limits
        self.summary = summary
        self.file = file
        self.folder = folder
    }
}

extension MemberCrew {
    /// What it may use over all that it is given to do in a run: its crew's limits and those of its place both hold.
    package var bounds: Limits { limits.tightened(to: crew.limits) }
}

extension MemberCrew: Codable {
    private enum CodingKeys: String, CodingKey { case name, crew, inputs, limits, summary, file, folder }

    /// Reads a member crew as it is recorded.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let inputs = try container.decodeIfPresent(JSONValue.self, forKey: .inputs)?.objectValue ?? [:]
        self.init(
            try container.decode(String.self, forKey: .name),
            crew: try container.decode(Crew.self, forKey: .crew),
            inputs: Dictionary(inputs.map { ($0.key, $0.value) }) { _, last in last },
            limits: try container.decodeIfPresent(Limits.self, forKey: .limits) ?? Limits(),
            summary: try container.decodeIfPresent(String.self, forKey: .summary) ?? "",
            file: try container.decodeIfPresent(String.self, forKey: .file),
            folder: try container.decodeIfPresent(String.self, forKey: .folder)
        )
    }

    /// Records it, the inputs by their names, so that the same member is always the same bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(crew, forKey: .crew)
        try container.encode(
            JSONValue.object(JSONObject(inputs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })),
            forKey: .inputs
        )
        try container.encode(limits, forKey: .limits)
        try container.encode(summary, forKey: .summary)
        try container.encodeIfPresent(file, forKey: .file)
        try container.encodeIfPresent(folder, forKey: .folder)
    }
}

extension MemberCrew {
    /// The values with which the crew begins: those given here, with the inputs of the crew around it put in, and defaults for
    /// the rest.
    ///
    /// - Parameter outer: The values of the inputs of the crew around it.
    /// - Throws: ``InputError`` where a value is missing, unknown, or of another type.
    package func resolveInputs(around outer: JSONObject) throws(InputError) -> JSONObject {
        var given: [String: JSONValue] = [:]
        for (input, value) in inputs {
            let type = crew.inputs.first { $0.name == input }?.type
            guard let filled = value.filled(with: outer, as: type) else {
                throw InputError("a value is missing for a placeholder in the input \"\(input)\" of `\(name)`")
            }
            given[input] = filled
        }
        return try crew.resolveInputs(given)
    }
}

extension JSONValue {
    /// The value with the inputs of the crew around it put in; `nil` where one of them is missing.
    fileprivate func filled(with outer: JSONObject, as type: CrewInput.ValueType?) -> JSONValue? {
        guard case .string(let text) = self else { return self }
        let template = Template(text)
        if let name = template.onlyPlaceholder, let value = outer[name], type != .string { return value }
        let values = outer.reduce(into: [String: String]()) { values, input in
            values[input.key] = input.value.stringValue ?? input.value.jsonText
        }
        return template.filled(with: values).map { .string($0) }
    }
}

extension Template {
    /// The name of the placeholder that is all there is.
    package var onlyPlaceholder: String? {
        if pieces.count == 1, case .placeholder(let name) = pieces[0] { name } else { nil }
    }
}
