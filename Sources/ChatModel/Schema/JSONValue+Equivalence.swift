extension JSONValue {
    /// Whether both mean the same in JSON Schema's terms: `1` equals `1.0`, and the order of keys does not matter.
    package func isEquivalent(to other: JSONValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left == right
        case (.integer(let whole), .number(let number)), (.number(let number), .integer(let whole)):
            Int64(exactly: number) == whole
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.isEquivalent(to: $1) }
        case (.object(let left), .object(let right)):
            left.count == right.count
                && left.allSatisfy { member in right[member.key].map(member.value.isEquivalent(to:)) ?? false }
        default: self == other
        }
    }

    /// The JSON text, cut to a length that fits a message.
    package var excerpt: String {
        let text = jsonText
        return text.unicodeScalars.count <= 80 ? text : String(text.unicodeScalars.prefix(77)) + "..."
    }
}
