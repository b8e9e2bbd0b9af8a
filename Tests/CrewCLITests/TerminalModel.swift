@testable import CrewCLI

/// A terminal as far as a live region uses one: it breaks lines anew when its width changes, or cuts them off.
struct TerminalModel {
    private(set) var columns: Int
    let reflows: Bool
    /// What was written between line ends, however many rows that takes.
    private var lines: [[Character]] = [[]]
    /// Where the cursor is: in which line, before which of its characters.
    private var line = 0
    private var offset = 0
    private(set) var cursorIsShown = true

    init(columns: Int, reflows: Bool = true) {
        self.columns = columns
        self.reflows = reflows
    }

    /// The lines without the empty ones at the end.
    var text: [String] {
        var text = lines.map { String($0) }
        while text.last == "" { text.removeLast() }
        return text
    }

    /// Makes the window another width.
    mutating func resize(to columns: Int) {
        self.columns = columns
        guard !reflows else { return }
        for index in lines.indices { lines[index] = Array(lines[index].prefix(columns)) }
        offset = min(offset, lines[line].count)
    }

    mutating func write(_ text: String) {
        // A carriage return and a line feed are one character to Swift.
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": offset = rowStarts(of: line).last { $0 <= offset } ?? 0
            case "\n": down()
            case "\u{1B}": escape(&rest)
            default: put(Character(scalar))
            }
        }
    }

    // MARK: - Rows

    /// Where the rows of a line begin.
    private func rowStarts(of line: Int) -> [Int] {
        guard reflows else { return [0] }
        var starts = [0]
        var column = 0
        for (index, character) in lines[line].enumerated() {
            let width = TextWidth.of(character)
            if column + width > columns {
                starts.append(index)
                column = 0
            }
            column += width
        }
        return starts
    }

    private mutating func down() {
        // Only ever at the end of a line, as the region does it.
        line += 1
        offset = 0
        if line == lines.count { lines.append([]) }
    }

    private mutating func up() {
        let starts = rowStarts(of: line)
        if let row = starts.lastIndex(where: { $0 <= offset }), row > 0 {
            offset = starts[row - 1]
        } else if line > 0 {
            line -= 1
            offset = rowStarts(of: line).last ?? 0
        }
    }

    /// Takes away the row in which the cursor is; what is left of its line ends there.
    private mutating func clearRow() {
        let start = rowStarts(of: line).last { $0 <= offset } ?? 0
        lines[line].removeSubrange(start...)
        offset = min(offset, lines[line].count)
    }

    private mutating func put(_ character: Character) {
        if offset < lines[line].count { lines[line][offset] = character } else { lines[line].append(character) }
        offset += 1
    }

    private mutating func escape(_ rest: inout ArraySlice<Unicode.Scalar>) {
        guard rest.popFirst() == "[" else { return }
        var parameters = ""
        while let scalar = rest.popFirst() {
            guard scalar.properties.isAlphabetic else {
                parameters.unicodeScalars.append(scalar)
                continue
            }
            switch (scalar, parameters) {
            case ("A", _): for _ in 0..<(Int(parameters) ?? 1) { up() }
            case ("K", "2"): clearRow()
            case ("h", "?25"): cursorIsShown = true
            case ("l", "?25"): cursorIsShown = false
            default: break
            }
            return
        }
    }
}
