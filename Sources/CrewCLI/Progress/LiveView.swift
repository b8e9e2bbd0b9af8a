import CrewKit
import CrewReport

/// Draws the state of a run in a few lines.
enum LiveView {
    private static let spinner = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

    /// The lines of the view.
    ///
    /// - Parameters:
    ///   - progress: What is known of the run.
    ///   - now: The time, in milliseconds since 1970 UTC; it also turns the spinner.
    ///   - columns: How wide the lines may be.
    ///   - rows: How many lines there may be.
    static func lines(_ progress: RunProgress, at now: Int64, columns: Int, rows: Int) -> [StyledLine] {
        guard !progress.run.isEmpty else { return [] }
        let room = max(1, rows - 3)
        var shown = progress.activities[...]
        if shown.count > room { shown = shown.prefix(max(0, room - 1)) }
        var lines = [header(progress)]
        for activity in shown { lines.append(line(activity, at: now, columns: columns)) }
        let hidden = progress.activities.count - shown.count
        if hidden > 0 { lines.append(StyledLine("  and \(hidden) more at work", .faint)) }
        if let awaited = progress.awaited { lines.append(StyledLine("waits for \(awaited)", .odd)) }
        lines.append(meter(progress, at: now))
        return lines.suffix(max(1, rows)).map { $0.fitting(columns) }
    }

    private static func header(_ progress: RunProgress) -> StyledLine {
        var line = StyledLine(progress.crew, .bold)
        line.append(" · \(progress.pattern) · \(progress.model) · \(progress.run)", .faint)
        return line
    }

    private static func line(_ activity: RunProgress.Activity, at now: Int64, columns: Int) -> StyledLine {
        let turn = Int((now / 100) % Int64(spinner.count))
        var line = StyledLine(String(repeating: "  ", count: activity.depth) + spinner[max(0, turn)] + " ", .good)
        line.append(activity.agent, .name)
        if let task = activity.task { line.append(" \(task)") }
        switch activity.phase {
        case .starting: break
        case .calling(_, let attempt):
            if attempt > 1 { line.append(" (attempt \(attempt))", .odd) }
        case .usingTool(let tool): line.append(" uses \(tool)", .faint)
        case .waiting(let until, let reason):
            line.append(" waits \(Numbers.duration(max(0, until.subtractingWithSaturation(now)))): \(reason)", .odd)
        }
        // Models that write JSON pad it.
        let said = PrintableText.line(activity.tail).split(separator: " ").joined(separator: " ")
        let left = columns - line.width - 2
        if !said.isEmpty, left > 3 {
            line.append("  ")
            line.append(TextWidth.fittingTail(said, left), .faint)
        }
        return line
    }

    /// What was used, against the limits.
    static func meter(_ progress: RunProgress, at now: Int64) -> StyledLine {
        let limits = progress.limits
        var parts = [Numbers.money(progress.cost) + (limits.money.map { " of \($0)" } ?? "")]
        if progress.uncertain > .zero { parts[0] += " (+ up to \(Numbers.money(progress.uncertain)))" }
        parts.append(
            Numbers.count(progress.callsBegun, "call") + (limits.calls.map { " of \(Numbers.count($0))" } ?? "")
        )
        if progress.callsUnderWay > 0 { parts[1] += " (\(progress.callsUnderWay) under way)" }
        parts.append(
            Numbers.count(progress.tokens, "token") + (limits.tokens.map { " of \(Numbers.count($0))" } ?? "")
        )
        parts.append(
            Numbers.clock(progress.elapsed(at: now)) + (limits.time.map { " of \(DurationText.text($0))" } ?? "")
        )
        return StyledLine(parts.joined(separator: " · "))
    }
}
