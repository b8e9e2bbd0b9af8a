import CrewKit
import CrewReport

/// Something that the doctor looked at.
struct Finding: Hashable {
    /// How it is.
    enum Severity: Int, Comparable {
        case good, hint, problem

        /// The word for it.
        var word: String {
            switch self {
            case .good: "ok"
            case .hint: "hint"
            case .problem: "bad"
            }
        }

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

    /// The finding for programs.
    var json: JSONValue {
        var members: JSONObject = [
            "subject": .string(subject), "severity": .string(severity.word), "text": .string(text),
        ]
        if let remedy { members["remedy"] = .string(remedy) }
        return .object(members)
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
        line.append(PrintableText.line(text))
        return [line] + (remedy.map { [StyledLine("      → \(PrintableText.line($0))")] } ?? [])
    }
}
