/// A table of text whose columns line up.
package struct Table {
    /// The names of the columns.
    package var header: [String]
    /// The columns that line up at their ends.
    package var rightAligned: Set<Int>
    /// The cells, row by row.
    package var rows: [[String]]

    /// Makes a table.
    package init(header: [String], rightAligned: Set<Int> = [], rows: [[String]]) {
        self.header = header
        self.rightAligned = rightAligned
        self.rows = rows
    }

    /// The table, each row on a line.
    package var text: String {
        let all = ([header] + rows).map { row in row.map { PrintableText.line($0) } }
        let widths = header.indices.map { column in all.map { TextWidth.of($0[column]) }.max() ?? 0 }
        return all.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - TextWidth.of(cell))
                return rightAligned.contains(column) ? space + cell : cell + space
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
