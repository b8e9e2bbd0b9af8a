import ChatModel

/// The word that sets apart in the prompts of a run what is data: `<data WORD>` … `</data WORD>`.
///
/// What a tool or another agent said may try to look like the end of data. It cannot: wherever the word stands in it,
/// the word is taken out. So the mark need not be secret, and it follows from the crew and its inputs alone: the same
/// request is the same bytes in every run, which the response cache and the providers' caches live on.
struct DataMark: Sendable, Hashable {
    /// Ten digits, which have no capital letters and no other spelling.
    let text: String
    private let bytes: [UInt8]

    init(_ definition: RunCreated) {
        var hash = StableHash()
        hash.combine(definition.crew.name)
        hash.combine(definition.crew.goal)
        hash.combine(definition.inputs.jsonText)
        text = String(1_000_000_000 + hash.value % 9_000_000_000)
        bytes = Array(text.utf8)
    }

    /// Whether the mark stands in a text.
    func isContained(in text: String) -> Bool { removed(from: text) != text }

    /// The text with an ellipsis wherever the mark stood, also in other digits or with something unseen between them.
    func removed(from text: String) -> String {
        let plain = text.replacing(bytes: bytes, with: "…")
        return plain.containsByte { $0 >= 0x80 } ? withoutDisguises(plain) : plain
    }

    /// A model may read full-width or Arabic digits as what they mean, and does not see what has no width.
    private func withoutDisguises(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var output = String.UnicodeScalarView()
        /// The digits that stand together, unseen characters aside: what each means, and where it is.
        var digits: [(value: UInt8, index: Int)] = []
        /// What is already in the output.
        var written = 0
        for (index, scalar) in scalars.enumerated() {
            guard let value = Self.digit(scalar) else {
                if !Self.isUnseen(scalar) { digits.removeAll(keepingCapacity: true) }
                continue
            }
            digits.append((value, index))
            guard digits.count >= bytes.count,
                zip(digits.suffix(bytes.count), bytes).allSatisfy({ $0.value + 0x30 == $1 })
            else { continue }
            output.append(contentsOf: scalars[written..<digits[digits.count - bytes.count].index])
            output.append("…")
            written = index + 1
            digits.removeAll(keepingCapacity: true)
        }
        guard written > 0 else { return text }
        output.append(contentsOf: scalars[written...])
        return String(output)
    }

    private static func digit(_ scalar: Unicode.Scalar) -> UInt8? {
        if scalar.isASCII { return scalar.properties.numericType == nil ? nil : UInt8(scalar.value - 0x30) }
        guard scalar.properties.numericType != nil, let value = scalar.properties.numericValue,
            (0...9).contains(value), value == value.rounded()
        else { return nil }
        return UInt8(value)
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return false }
        switch scalar.properties.generalCategory {
        case .format, .nonspacingMark, .enclosingMark: return true
        default: return scalar.properties.isDefaultIgnorableCodePoint
        }
    }
}
