/// A text in quotation marks that goes over several lines, as it does when the closing mark was forgotten.
struct OpenQuotation {
    /// Where it opens.
    let start: SourceMark
    /// The line in which a mark closes it; `nil` when none does.
    let lastLine: Int?

    /// The one that reaches from some line before a place to it, or nearly.
    static func before(_ place: SourceMark, in text: String) -> OpenQuotation? {
        all(in: text).last { quotation in
            quotation.start.line <= place.line && place.line <= (quotation.lastLine ?? .max - 1) + 1
        }
    }

    /// All that go over several lines, found by the marks alone: what is no YAML has no better structure.
    private static func all(in text: String) -> [OpenQuotation] {
        let scalars = Array(text.unicodeScalars)
        var found: [OpenQuotation] = []
        var (line, column, index) = (1, 0, 0)
        /// Whether a mark that stands here would open a text.
        var isOpen = true
        func isLineEnd(_ index: Int) -> Bool {
            scalars[index] == "\n"
                || scalars[index] == "\r" && !(index + 1 < scalars.count && scalars[index + 1] == "\n")
        }
        while index < scalars.count {
            let scalar = scalars[index]
            column += 1
            if isOpen, scalar == "\"" || scalar == "'" {
                let start = SourceMark(line: line, column: column)
                index += 1
                var isClosed = false
                while index < scalars.count, !isClosed {
                    column += 1
                    if scalar == "\"", scalars[index] == "\\" {
                        index += 1
                        column += 1
                    } else if scalars[index] == scalar {
                        let isDoubled = scalar == "'" && index + 1 < scalars.count && scalars[index + 1] == scalar
                        if isDoubled { (index, column) = (index + 1, column + 1) } else { isClosed = true }
                    }
                    if index < scalars.count, isLineEnd(index) { (line, column) = (line + 1, 0) }
                    index += 1
                }
                if !isClosed || line > start.line {
                    found.append(OpenQuotation(start: start, lastLine: isClosed ? line : nil))
                }
                isOpen = false
                continue
            }
            if isLineEnd(index) {
                (line, column, isOpen) = (line + 1, 0, true)
            } else if scalar == "#", isOpen || index > 0 && scalars[index - 1] == " " {
                while index + 1 < scalars.count, !isLineEnd(index + 1) { index += 1 }
            } else if "[{,".unicodeScalars.contains(scalar) {
                isOpen = true
            } else if ":-?".unicodeScalars.contains(scalar) {
                // A value follows only after a space.
                isOpen = index + 1 < scalars.count && (scalars[index + 1] == " " || isLineEnd(index + 1))
            } else if scalar != " ", scalar != "\t" {
                isOpen = false
            }
            index += 1
        }
        return found
    }
}
