/// The lower part of a terminal, drawn over and over; what is finished scrolls away above it.
///
/// Pure: it answers with what is to be written.
struct LiveRegion {
    private var drawnWidths: [Int] = []
    private var cursorIsHidden = false

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
        if !cursorIsHidden {
            text += "\u{1B}[?25l"
            cursorIsHidden = true
        }
        text += erasure(columns)
        for line in finished { text += line.rendered(inColor: inColor) + "\r\n" }
        // The last column stays free: some terminals wrap when it is written.
        let fitted = lines.map { $0.fitting(columns - 1) }
        text += fitted.map { $0.rendered(inColor: inColor) }.joined(separator: "\r\n")
        drawnWidths = fitted.map(\.width)
        return text + "\u{1B}[?2026l"
    }

    /// The sequences that remove the region and give the cursor back.
    mutating func end(above finished: [StyledLine], columns: Int, inColor: Bool) -> String {
        var text = erasure(columns)
        for line in finished { text += line.rendered(inColor: inColor) + "\r\n" }
        if cursorIsHidden { text += "\u{1B}[?25h" }
        cursorIsHidden = false
        drawnWidths = []
        return text
    }

    /// Goes to the region's first column and clears from there on; a terminal made narrower has wrapped its lines.
    private func erasure(_ columns: Int) -> String {
        let rows = drawnWidths.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
        return "\r" + (rows > 1 ? "\u{1B}[\(rows - 1)A" : "") + "\u{1B}[J"
    }
}
