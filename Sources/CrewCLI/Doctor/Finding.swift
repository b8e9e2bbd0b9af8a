/// Something that the doctor looked at.
struct Finding: Hashable {
    /// How it is.
    enum Severity: Int, Comparable {
        case good, hint, problem

        static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
    }

    /// What was looked at.
    var subject: String
    /// How it is.
    var severity: Severity
    /// What was found.
    var text: String
    /// What to do about it.
    var remedy: String?

    init(_ severity: Severity, _ subject: String, _ text: String, remedy: String? = nil) {
        self.severity = severity
        self.subject = subject
        self.text = text
        self.remedy = remedy
    }

    /// The finding in one line, and its remedy in another.
    var lines: [StyledLine] {
        var line: StyledLine =
            switch severity {
            case .good: StyledLine("ok    ", .good)
            case .hint: StyledLine("hint  ", .odd)
            case .problem: StyledLine("bad   ", .bad)
            }
        line.append("\(subject): ", .bold)
        line.append(text)
        return [line] + (remedy.map { [StyledLine("      → \($0)")] } ?? [])
    }
}
