import CrewReport

extension StyledLine {
    /// The text with or without the sequences that colour it.
    func rendered(inColor: Bool) -> String {
        guard inColor else { return text }
        return parts.map { part in
            part.style.sequence.map { "\u{1B}[\($0)m\(part.text)\u{1B}[0m" } ?? part.text
        }.joined()
    }
}

extension StyledLine.Style {
    /// The parameter of Select Graphic Rendition (ECMA-48, 8.3.117).
    fileprivate var sequence: Int? {
        switch self {
        case .plain: nil
        case .faint: 2
        case .bold: 1
        case .good: 32
        case .bad: 31
        case .odd: 33
        case .name: 36
        }
    }
}
