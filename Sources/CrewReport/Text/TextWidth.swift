/// How many columns text takes on a terminal.
package enum TextWidth {
    /// The columns of a text without control characters.
    package static func of(_ text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    /// The columns of one character, as most terminals count them.
    package static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if first.isASCII { return scalars.count > 1 && scalars.contains("\u{FE0F}") ? 2 : 1 }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if first.properties.isEmojiPresentation || scalars.contains("\u{FE0F}") { return 2 }
        return isWide(first.value) ? 2 : 1
    }

    /// The rows that a text takes on a terminal of a width: what does not fit at the end of one begins the next.
    package static func rows(of text: some StringProtocol, _ columns: Int) -> Int {
        var rows = 1
        var column = 0
        for character in text {
            let width = of(character)
            if column + width > max(2, columns) { (rows, column) = (rows + 1, 0) }
            column += width
        }
        return rows
    }

    /// The beginning of a text that fits a number of columns, with an ellipsis where something is left out.
    package static func fitting(_ text: String, _ columns: Int) -> String {
        guard of(text) > columns else { return text }
        var left = columns - 1
        var end = text.startIndex
        while end < text.endIndex, of(text[end]) <= left {
            left -= of(text[end])
            end = text.index(after: end)
        }
        return columns < 1 ? "" : text[..<end] + "…"
    }

    /// The end of a text that fits a number of columns, with an ellipsis where something is left out.
    package static func fittingTail(_ text: String, _ columns: Int) -> String {
        guard of(text) > columns else { return text }
        var left = columns - 1
        var start = text.endIndex
        while start > text.startIndex {
            let before = text.index(before: start)
            guard of(text[before]) <= left else { break }
            left -= of(text[before])
            start = before
        }
        return columns < 1 ? "" : "…" + text[start...]
    }

    /// The scalars whose East Asian width is wide or fullwidth, joined into blocks; from
    /// https://www.unicode.org/Public/16.0.0/ucd/EastAsianWidth.txt.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97C,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
            0x16FE0...0x18CFF, 0x1AFF0...0x1B2FB, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
