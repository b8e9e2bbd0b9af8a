/// A line of text in parts that look different.
package struct StyledLine: Hashable, ExpressibleByStringLiteral {
    /// How a part looks where colour is wanted.
    package enum Style: Sendable {
        case plain, faint, bold
        /// What went as it should, what did not, and what should be looked at.
        case good, bad, odd
        /// Who or what something is about.
        case name
    }

    /// A part of the line.
    package struct Part: Hashable {
        package var text: String
        package var style: Style
    }

    package private(set) var parts: [Part] = []

    package init(_ text: String = "", _ style: Style = .plain) { append(text, style) }

    package init(stringLiteral text: String) { self.init(text) }

    /// Adds a part; whatever it holds, it is one line and steers nothing.
    package mutating func append(_ text: String, _ style: Style = .plain) {
        guard !text.isEmpty else { return }
        parts.append(Part(text: PrintableText.line(text), style: style))
    }

    package mutating func append(_ line: StyledLine) { parts += line.parts }

    /// The text alone.
    package var text: String { parts.map(\.text).joined() }

    /// The columns that it takes.
    package var width: Int { parts.reduce(0) { $0 + TextWidth.of($1.text) } }

    /// The line cut to a number of columns.
    package func fitting(_ columns: Int) -> StyledLine {
        var line = StyledLine()
        var left = columns
        for part in parts where left > 0 {
            let text = TextWidth.fitting(part.text, left)
            line.parts.append(Part(text: text, style: part.style))
            left -= TextWidth.of(text)
            if text.count < part.text.count { break }
        }
        return line
    }
}
