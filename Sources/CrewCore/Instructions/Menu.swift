public import ChatModel

/// The instructions that are legal in a state, and what may stand in each.
///
/// What is not on it cannot be carried out, whoever asks.
public struct Menu: Sendable {
    /// What is legal, in the order in which it is offered.
    let offers: [any InstructionOffer]

    /// A menu on which nothing stands.
    init() {
        offers = []
    }

    /// What is legal in a scope.
    init(of scope: ScopeView) {
        offers = Instruction.Kind.allCases.compactMap { $0.form.offer(in: scope) }
    }

    /// The kinds of instruction on the menu, in the order in which they are offered.
    public var kinds: [Instruction.Kind] { offers.map(\.kind) }

    /// What it says of an instruction; `nil` when that is not legal.
    func offer<Form: InstructionForm>(of form: Form.Type) -> Form.Offer? {
        offers.lazy.compactMap { $0 as? Form.Offer }.first
    }

    /// The JSON Schema that is sent: an object with a reason and one legal instruction.
    ///
    /// Identifiers are enumerated, so a server that enforces the schema cannot produce an illegal instruction. The root
    /// is an object, as OpenAI's strict mode asks. Texts are bounded, since a small model may never close one.
    public var schema: JSONSchema {
        let variants = offers.map { offer in
            SchemaPart.object([("kind", SchemaPart.oneOf([offer.kind.rawValue]))] + offer.members)
        }
        return JSONSchema(
            SchemaPart.object([
                ("reason", SchemaPart.text(160, mayBeEmpty: true)), ("instruction", SchemaPart.anyOf(variants)),
            ])
        )
    }
}

extension Menu: Hashable {
    /// Whether both offer the same.
    public static func == (left: Menu, right: Menu) -> Bool {
        left.offers.map { AnyHashable($0) } == right.offers.map { AnyHashable($0) }
    }

    /// Hashes what is offered.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(offers.map { AnyHashable($0) })
    }
}

/// The parts of which a menu's schema is made: nothing beyond what strict modes take.
enum SchemaPart {
    /// An object with these members, all of them, and no others.
    static func object(_ members: [(String, JSONValue)]) -> JSONValue {
        [
            "type": "object",
            "properties": .object(JSONObject(members)),
            "required": .array(members.map { .string($0.0) }),
            "additionalProperties": false,
        ]
    }

    static func anyOf(_ variants: [JSONValue]) -> JSONValue {
        variants.count == 1 ? variants[0] : ["anyOf": .array(variants)]
    }

    static func oneOf(_ names: [String]) -> JSONValue {
        ["type": "string", "enum": .array(names.map { .string($0) })]
    }

    /// A text of so many characters.
    static func text(_ longest: Int, mayBeEmpty: Bool = false) -> JSONValue {
        var schema: JSONObject = ["type": "string"]
        if !mayBeEmpty { schema["minLength"] = 1 }
        schema["maxLength"] = .integer(Int64(longest))
        return .object(schema)
    }

    static func list(of items: JSONValue, _ count: ClosedRange<Int>) -> JSONValue {
        [
            "type": "array", "items": items, "minItems": .integer(Int64(count.lowerBound)),
            "maxItems": .integer(Int64(count.upperBound)),
        ]
    }
}
