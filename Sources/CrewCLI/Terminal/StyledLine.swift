/// A line of text in parts that look different.
struct StyledLine: Hashable, ExpressibleByStringLiteral {
    /// How a part looks where colour is wanted.
    enum Style: String {
        case plain = ""
        case faint = "2"
        case bold = "1"
        case good = "32"
        case bad = "31"
        case odd = "33"
        case name = "36"
    }

    /// A part of the line.
    struct Part: Hashable {
        var text: String
        var style: Style
    }

    private(set) var parts: [Part] = []

    init(_ text: String = "", _ style: Style = .plain) { append(text, style) }

    init(stringLiteral text: String) { self.init(text) }

    /// Adds a part; whatever it holds, it is one line and steers nothing.
    mutating func append(_ text: String, _ style: Style = .plain) {
        guard !text.isEmpty else { return }
        parts.append(Part(text: PrintableText.line(text), style: style))
    }

    mutating func append(_ line: StyledLine) { parts += line.parts }

    /// The text alone.
    var text: String { parts.map(\.text).joined() }

    /// The columns that it takes.
    var width: Int { parts.reduce(0) { $0 + TextWidth.of($1.text) } }

    /// The line cut to a number of columns.
    func fitting(_ columns: Int) -> StyledLine {
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

    /// The text with or without the sequences that colour it.
    func rendered(inColor: Bool) -> String {
        guard inColor else { return text }
        return parts.map { part in
            part.style == .plain ? part.text : "\u{1B}[\(part.style.rawValue)m\(part.text)\u{1B}[0m"
        }.joined()
    }
}
