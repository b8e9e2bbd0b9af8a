import ChatModel

/// What may stand somewhere in a crew file.
indirect enum Shape: Sendable {
    /// Any text.
    case text(example: String)
    /// The name of something in the crew.
    case name(of: String)
    /// One of a few words.
    case choice([String])
    /// A whole number; that it is within its range is the crew's own rule.
    case integer(least: Int, most: Int = .max)
    /// A number.
    case number(least: Int, most: Int)
    /// An exact decimal amount of dollars.
    case dollars
    /// A length of time with its unit.
    case duration
    /// `true` or `false`.
    case boolean
    /// `env:NAME`.
    case variable
    /// A text, a number or a boolean.
    case scalar
    /// A JSON Schema, written as YAML.
    case schema
    /// Names with a text or `env:NAME` each.
    case parameters
    /// Any JSON members, written as YAML.
    case members
    /// Things of one shape.
    case list(Shape)
    /// Named things of one shape.
    case named(Shape, what: String)
    /// Keys with a meaning each.
    case record(Record)
    /// Keys that depend on what stands under one of them.
    case variants(Variants)
    /// A record of which only one key, a choice, need be written.
    case short(key: String, [String], Record)
    /// One record where a key is there, and another where it is not.
    case either(key: String, Record, otherwise: Record)
    /// The path of a crew file, or a crew.
    case crew
    /// Names with a text, a number or a boolean each.
    case scalars

    /// What it must be, for messages, with an example.
    var expectation: (what: String, example: String) {
        switch self {
        case .text(let example): ("text", example)
        case .name(let what): ("the name of \(what == "agent" ? "an" : "a") \(what)", "my-\(what)")
        case .choice(let words): ("one of \(Self.list(words))", words.first ?? "")
        case .integer: ("a whole number", "20")
        case .number: ("a number", "0.5")
        case .dollars: ("an amount of dollars", "0.50")
        case .duration: ("a length of time", "90s, 10m or 500ms")
        case .boolean: ("`true` or `false`", "true")
        case .variable: ("a reference to an environment variable", "env:OPENAI_API_KEY")
        case .scalar: ("a text, a number or a boolean", "tidal energy")
        case .schema: ("a JSON Schema", "{type: object, properties: {title: {type: string}}}")
        case .parameters: ("a mapping of names to texts", "{api-key: env:MY_KEY}")
        case .members: ("a mapping of fields", "{top_k: 40}")
        case .list(let element): ("a list", "[\(element.expectation.example)]")
        case .named(_, let what): ("a mapping of names", "{my-\(what): …}")
        case .record(let record): ("a mapping", record.example)
        case .variants(let variants): ("a mapping", variants.any.example)
        case .short(_, let words, let record): ("one of \(Self.list(words)), or a mapping", record.example)
        case .either(_, _, let record): ("a mapping", record.example)
        case .crew: ("the path of a crew file, or a crew", "press/crew.yaml")
        case .scalars: ("a mapping of names to values", "{topic: tidal energy}")
        }
    }

    static func list(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }
}

/// The keys that may stand together.
struct Record: Sendable {
    let what: String
    let fields: [Field]

    init(_ what: String, _ fields: [Field]) {
        self.what = what
        self.fields = fields
    }

    subscript(key: String) -> Field? { fields.first { $0.key == key } }

    var example: String {
        let shown = fields.filter(\.isRequired).prefix(2).map { "\($0.key): \($0.shape.expectation.example)" }
        let first = fields.first.map { ["\($0.key): \($0.shape.expectation.example)"] } ?? []
        return "{\((shown.isEmpty ? first : shown).joined(separator: ", "))}"
    }
}

/// Records that have one key in common, which says what the others are: each has a key space of its own.
struct Variants: Sendable {
    let key: String
    /// The records by what stands under the key.
    let records: [(word: String, record: Record)]
    /// What holds of all: the key alone.
    let any: Record

    init(_ what: String, by key: Field, _ variants: [(word: String, fields: [Field])]) {
        self.key = key.key
        any = Record(what, [key])
        records = variants.map { ($0.word, Record(what, [key] + $0.fields)) }
    }

    subscript(word: String) -> Record? { records.first { $0.word == word }?.record }

    /// Every key of every variant, each once, with what it may be.
    var keys: [(key: String, fields: [Field])] {
        var keys: [(key: String, fields: [Field])] = []
        for field in any.fields + records.flatMap({ $0.record.fields.dropFirst() }) {
            if let index = keys.firstIndex(where: { $0.key == field.key }) {
                keys[index].fields.append(field)
            } else {
                keys.append((field.key, [field]))
            }
        }
        return keys
    }
}

/// A key, what may stand under it, and what it means.
struct Field: Sendable {
    let key: String
    let shape: Shape
    let isRequired: Bool
    /// What holds when the key is left out, if that can be said as a value.
    let standard: JSONValue?
    let summary: String
    /// Other names that people know the same thing by; only for hints.
    let synonyms: [String]

    init(
        _ key: String,
        _ shape: Shape,
        _ summary: String,
        required: Bool = false,
        standard: JSONValue? = nil,
        synonyms: [String] = []
    ) {
        self.key = key
        self.shape = shape
        self.summary = summary
        isRequired = required
        self.standard = standard
        self.synonyms = synonyms
    }
}
