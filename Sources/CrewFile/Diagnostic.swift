/// A complaint about a file, with its place.
public struct Diagnostic: Error, Sendable, Hashable {
    /// How grave it is.
    public enum Severity: String, Sendable, Hashable {
        /// The file cannot be used.
        case error
        /// The file can be used, but something in it is probably not meant.
        case warning
    }

    /// How grave it is.
    public let severity: Severity
    /// What is wrong, with the offending text.
    public let message: String
    /// The file, as it was named.
    public let file: String
    /// Where.
    public let mark: SourceMark
    /// The line there, fit to be printed: no control characters, no secrets.
    public let sourceLine: String
    /// What would be right: the nearest valid spelling, or an example.
    public let hint: String?

    func showing(_ line: String) -> Diagnostic {
        Diagnostic(severity: severity, message: message, file: file, mark: mark, sourceLine: line, hint: hint)
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: error: message`, the line, a caret under the place, and the hint.
    public var description: String {
        var text = "\(file):\(mark.line):\(mark.column): \(severity.rawValue): \(message)"
        if !sourceLine.isEmpty {
            let before = sourceLine.unicodeScalars.prefix(mark.column - 1)
            let indentation = before.map { $0 == "\t" ? "\t" : " " }.joined()
            text += "\n    \(sourceLine)\n    \(indentation)^"
        }
        if let hint { text += "\n    hint: \(hint)" }
        return text
    }
}

/// A place in a text.
public struct SourceMark: Sendable, Hashable, Comparable {
    /// The line, from 1.
    public let line: Int
    /// The column in Unicode scalars, from 1.
    public let column: Int

    /// Makes a mark.
    public init(line: Int, column: Int) {
        self.line = max(1, line)
        self.column = max(1, column)
    }

    /// Earlier in the text is less.
    public static func < (left: SourceMark, right: SourceMark) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}
