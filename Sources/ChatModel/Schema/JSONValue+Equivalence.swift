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

    /// How many values there are within, itself included, counted no further than to a bound.
    func parts(upTo bound: Int) -> Int {
        var count = 1
        switch self {
        case .array(let elements):
            for element in elements where count < bound { count += element.parts(upTo: bound - count) }
        case .object(let members):
            for member in members where count < bound { count += member.value.parts(upTo: bound - count) }
        case .null, .bool, .integer, .number, .string: break
        }
        return count
    }

    /// The JSON text, cut to a length that fits a message; no more of it is written than is needed.
    package var excerpt: String {
        var text = ""
        appendExcerpt(to: &text)
        return text.unicodeScalars.count <= 80 ? text : String(text.unicodeScalars.prefix(77)) + "..."
    }

    private func appendExcerpt(to text: inout String) {
        // More bytes than eighty scalars can have.
        guard text.utf8.count <= 400 else { return }
        switch self {
        case .null, .bool, .integer, .number: text += jsonText
        case .string(let value): text += Self.shortened(value).jsonText
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                guard text.utf8.count <= 400 else { break }
                if index > 0 { text += "," }
                element.appendExcerpt(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                guard text.utf8.count <= 400 else { break }
                text += (index > 0 ? "," : "") + Self.shortened(member.key).jsonText + ":"
                member.value.appendExcerpt(to: &text)
            }
            text += "}"
        }
    }

    private static func shortened(_ text: String) -> JSONValue {
        .string(text.utf8.count <= 100 ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(100))))
    }
}
