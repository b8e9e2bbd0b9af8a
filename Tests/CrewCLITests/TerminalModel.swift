@testable import CrewCLI
@testable import CrewReport

/// A terminal as far as a live region uses one: it breaks lines anew when its width changes, or cuts them off.
struct TerminalModel {
    private struct Row {
        var text: [Character] = []
        /// Whether it goes on what the row above could not hold.
        var isContinuation = false
    }

    private(set) var columns: Int
    let reflows: Bool
    private(set) var cursorIsShown = true
    private var rows = [Row()]
    private var row = 0
    /// Before which of the row's characters the cursor is.
    private var offset = 0

    init(columns: Int, reflows: Bool = true) {
        self.columns = columns
        self.reflows = reflows
    }

    /// The lines, each as long as it was written, without the empty ones at the end.
    var text: [String] {
        var text: [String] = []
        for row in rows {
            if row.isContinuation, let last = text.popLast() {
                text.append(last + String(row.text))
            } else {
                text.append(String(row.text))
            }
        }
        while text.last == "" { text.removeLast() }
        return text
    }

    /// Makes the window another width.
    mutating func resize(to columns: Int) {
        guard columns != self.columns else { return }
        self.columns = columns
        guard reflows else {
            for index in rows.indices { rows[index].text = Array(Self.fitting(rows[index].text[...], columns)) }
            offset = min(offset, rows[row].text.count)
            return
        }
        let old = rows
        let (oldRow, oldOffset) = (row, offset)
        rows = []
        for (index, piece) in old.enumerated() {
            if !piece.isContinuation { rows.append(Row()) }
            for (place, character) in piece.text.enumerated() {
                if (index, place) == (oldRow, oldOffset) {
                    (row, offset) = (rows.count - 1, rows[rows.count - 1].text.count)
                }
                append(character)
            }
            if index == oldRow, oldOffset >= piece.text.count {
                (row, offset) = (rows.count - 1, rows[rows.count - 1].text.count)
            }
        }
    }

    mutating func write(_ text: String) {
        // A carriage return and a line feed are one character to Swift.
        var rest = Array(text.unicodeScalars)[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\r": offset = 0
            case "\n":
                row += 1
                if row == rows.count { rows.append(Row()) }
            case "\u{1B}": escape(&rest)
            default: put(Character(scalar))
            }
        }
    }

    private static func fitting(_ text: ArraySlice<Character>, _ columns: Int) -> ArraySlice<Character> {
        var left = columns
        return text.prefix { character in
            left -= TextWidth.of(character)
            return left >= 0
        }
    }

    /// Adds a character to the last row, or to a new one that goes on with it.
    private mutating func append(_ character: Character) {
        let last = rows.count - 1
        if Self.fitting((rows[last].text + [character])[...], columns).count > rows[last].text.count {
            rows[last].text.append(character)
        } else {
            rows.append(Row(text: [character], isContinuation: true))
        }
    }

    /// Writes at the cursor, which is where its row ends: the region clears what it writes over.
    private mutating func put(_ character: Character) {
        precondition(offset == rows[row].text.count && row == rows.count - 1)
        append(character)
        row = rows.count - 1
        offset = rows[row].text.count
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
            case ("A", _): row = max(0, row - (Int(parameters) ?? 1))
            case ("K", "2"):
                rows[row] = Row()
                offset = 0
                // What stands below is empty by now; as if it were not there, it is written anew.
                if rows[(row + 1)...].allSatisfy(\.text.isEmpty) { rows.removeSubrange((row + 1)...) }
            case ("h", "?25"): cursorIsShown = true
            case ("l", "?25"): cursorIsShown = false
            default: break
            }
            return
        }
    }
}
