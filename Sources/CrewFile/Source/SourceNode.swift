/// A part of a YAML document with its place.
struct SourceNode: Sendable {
    indirect enum Content: Sendable {
        /// A scalar; `isPlain` when it was written without quotation marks and not as a block.
        case scalar(String, isPlain: Bool)
        case sequence([SourceNode])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        let key: String
        let mark: SourceMark
        let value: SourceNode
    }

    let mark: SourceMark
    let content: Content

    /// What it is, for messages: `the number 42`, `a list`, `nothing`.
    var summary: String {
        switch content {
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let text, let isPlain):
            switch CoreScalar(text, isPlain: isPlain) {
            case .null: return "nothing"
            case .boolean: return "the boolean `\(text)`"
            case .integer, .decimal: return "the number \(text)"
            case .ambiguous: return "\(text)"
            case .text: return "the text \(SecretText.quoted(text))"
            }
        }
    }
}

/// What a scalar is by the core schema of YAML 1.2, without the spellings on which YAML's versions differ.
enum CoreScalar: Equatable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// A number that is no 64-bit integer, as text, so that nothing is lost before its use is known.
    case decimal
    /// A number to some readers and another one, or a text, to others: `012`, `0x1F`, `1_000`, `.inf`.
    case ambiguous
    case text

    init(_ text: String, isPlain: Bool) {
        guard isPlain else {
            self = .text
            return
        }
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .boolean(true)
        case "false", "False", "FALSE": self = .boolean(false)
        default: self = Self.number(text)
        }
    }

    private static func number(_ text: String) -> CoreScalar {
        let isNegative = text.first == "-"
        let digits = isNegative || text.first == "+" ? text.dropFirst() : text[...]
        guard let first = digits.first, first.isASCII, first.isNumber || first == "." else { return .text }
        if [".inf", ".nan"].contains(digits.lowercased()) { return .ambiguous }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        func isDigits(_ text: Substring) -> Bool {
            !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        if digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            if digits.utf8.count > 1, digits.first == "0" { return .ambiguous }
            if text.first != "+", let value = Int64(text) { return .integer(value) }
            return text.first == "+" ? .ambiguous : .decimal
        }
        if parts.count == 2, isDigits(parts[0]), isDigits(parts[1]), text.first != "+" {
            return parts[0].utf8.count > 1 && parts[0].first == "0" ? .ambiguous : .decimal
        }
        let lowered = digits.lowercased()
        let isBased =
            ["0x", "0o", "0b"].contains { lowered.hasPrefix($0) } && lowered.dropFirst(2).allSatisfy(\.isHexDigit)
        let isGrouped = lowered.contains("_") && lowered.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "_") }
        let isExponential = lowered.contains("e") && Double(String(lowered)) != nil
        let isOther = Double(String(lowered)) != nil
        return (isBased && lowered.count > 2) || isGrouped || isExponential || isOther ? .ambiguous : .text
    }
}
