package import ChatModel

/// An option that the declaration of a built-in tool may set: the one place that says what it is called, what it may hold,
/// what holds without it, and what it means.
///
/// From it are made: how a crew file is read and what its schema says, the checks of a crew, what is left of a declaration
/// when a run is resumed with a file that grants less, and what the tool itself is given.
package struct ToolOption: Sendable {
    /// The types that options have, each with what it means to grant less by it.
    package enum ValueType: Sendable, Hashable {
        /// A text that is not empty. Another one grants something else.
        case text
        /// `true` grants more than `false`.
        case boolean
        /// Texts, each of which grants something, at least one; of what they are, in the plural.
        case list(of: String)
    }

    /// The key.
    package let name: String
    /// What it must be.
    package let type: ValueType
    /// What holds when it is left out; without a value it must be set.
    package let standard: JSONValue?
    /// What it does, for people, as a sentence.
    package let summary: String
    /// The thing that it names, in a few words: `the folder it may reach`.
    package let subject: String
    /// A value, for people; of a list, one of its elements.
    package let example: String
    /// What is wrong with a text, or with one of a list, that has the right type.
    package let objection: @Sendable (String) -> ToolOptionObjection?

    private init(
        _ name: String,
        _ type: ValueType,
        _ standard: JSONValue?,
        _ summary: String,
        _ subject: String,
        _ example: String,
        _ objection: @escaping @Sendable (String) -> ToolOptionObjection? = { _ in nil }
    ) {
        self.name = name
        self.type = type
        self.standard = standard
        self.summary = summary
        self.subject = subject
        self.example = example
        self.objection = objection
    }

    /// A text that must be set.
    package static func text(
        _ name: String,
        _ summary: String,
        naming subject: String,
        example: String,
        objection: @escaping @Sendable (String) -> ToolOptionObjection? = { _ in nil }
    ) -> ToolOption {
        ToolOption(name, .text, nil, summary, subject, example, objection)
    }

    /// A permission, which is not given unless it is set.
    package static func permission(_ name: String, _ summary: String) -> ToolOption {
        ToolOption(name, .boolean, false, summary, summary, "true")
    }

    /// A list that must be set.
    package static func list(
        _ name: String,
        of elements: String,
        _ summary: String,
        naming subject: String,
        example: String,
        objection: @escaping @Sendable (String) -> ToolOptionObjection? = { _ in nil }
    ) -> ToolOption {
        ToolOption(name, .list(of: elements), nil, summary, subject, example, objection)
    }

    /// Whether a declaration must set it.
    package var isRequired: Bool { standard == nil }
}

/// What is wrong with a text that an option was given.
package struct ToolOptionObjection: Sendable, Hashable {
    /// What it is not, after `is`: `no host that can be granted`.
    package let complaint: String
    /// Why.
    package let reason: String
    /// What would be right.
    package let hint: String

    /// Describes what is wrong.
    package init(_ complaint: String, because reason: String, hint: String) {
        self.complaint = complaint
        self.reason = reason
        self.hint = hint
    }
}

extension ToolOption.ValueType: CustomStringConvertible {
    /// The type in words.
    package var description: String {
        switch self {
        case .text: "string"
        case .boolean: "boolean"
        case .list(let elements): "list of \(elements)"
        }
    }
}
