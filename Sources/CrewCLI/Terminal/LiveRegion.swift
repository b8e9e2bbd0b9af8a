import CrewReport

/// The lower part of a terminal, drawn over and over; what is finished scrolls away above it.
///
/// Pure: it answers with what is to be written.
struct LiveRegion {
    /// Whether the terminal breaks lines anew when it is made narrower; others cut them off.
    let reflows: Bool
    private var drawn: [String] = []
    private var cursorIsHidden = false

    init(reflows: Bool = true) { self.reflows = reflows }

    /// Whether anything of it is on the terminal.
    var isShown: Bool { !drawn.isEmpty || cursorIsHidden }

    /// The sequences that replace the region.
    ///
    /// - Parameters:
    ///   - lines: The new region.
    ///   - finished: Lines that stay, above the region.
    ///   - columns: The present width of the terminal.
    ///   - inColor: Whether colours are used.
    mutating func redraw(
        _ lines: [StyledLine],
        above finished: [StyledLine],
        columns: Int,
        inColor: Bool
    ) -> String {
        // One update as a whole where the terminal knows how, without flicker.
        var text = "\u{1B}[?2026h"
        if !cursorIsHidden || drawn.isEmpty {
            text += "\u{1B}[?25l"
            cursorIsHidden = true
        }
        text += erasure(columns)
        for line in finished { text += line.rendered(inColor: inColor) + "\r\n" }
        // The last column stays free: some terminals wrap when it is written.
        let fitted = lines.map { $0.fitting(columns - 1) }
        text += fitted.map { $0.rendered(inColor: inColor) }.joined(separator: "\r\n")
        drawn = fitted.map(\.text)
        return text + "\u{1B}[?2026l"
    }

    /// The sequences that remove the region and give the cursor back.
    mutating func end(above finished: [StyledLine], columns: Int, inColor: Bool) -> String {
        var text = erasure(columns)
        for line in finished { text += line.rendered(inColor: inColor) + "\r\n" }
        if cursorIsHidden { text += "\u{1B}[?25h" }
        cursorIsHidden = false
        drawn = []
        return text
    }

    /// Takes what was drawn for a part of what stays: somebody else has written to the terminal since.
    mutating func forget() { drawn = [] }

    /// Clears the region row by row from the last to the first and stays there.
    ///
    /// Not from the first row to the end of the screen: where that is the whole screen, some terminals keep what they
    /// clear, and each redrawing would be kept.
    private func erasure(_ columns: Int) -> String {
        guard !drawn.isEmpty else { return "" }
        let rows = drawn.reduce(0) { $0 + (reflows ? TextWidth.rows(of: $1, columns) : 1) }
        return "\r\u{1B}[2K" + String(repeating: "\u{1B}[1A\u{1B}[2K", count: max(0, rows - 1))
    }
}
