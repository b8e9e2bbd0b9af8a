import CrewKit
import Synchronization

/// Shows people a run while it goes on, on standard error: a live view on a terminal, plain lines elsewhere.
final class RunDisplay: Sendable {
    private struct State {
        var progress: RunProgress
        var region = LiveRegion()
        var pending: [StyledLine] = []
        var isOver = false
    }

    private let appearance: Appearance
    private let state: Mutex<State>
    private let stream = StandardStream.diagnostics

    /// How often the live view is redrawn.
    private static let interval = Duration.milliseconds(90)

    /// Makes a display.
    ///
    /// - Parameters:
    ///   - appearance: How it looks.
    ///   - past: The events of a run that is resumed.
    init(_ appearance: Appearance, past: [Event] = []) {
        self.appearance = appearance
        state = Mutex(State(progress: RunProgress(resuming: past)))
    }

    /// Redraws the live view until the task is cancelled.
    func animate() async {
        while appearance.isLive, !Task.isCancelled {
            redraw()
            do { try await Task.sleep(for: Self.interval) } catch { break }
        }
    }

    /// Takes in what happened.
    func show(_ update: RunUpdate) {
        switch update {
        case .text(let speaker, let text):
            if appearance.isLive { state.withLock { $0.progress.take(text, of: speaker) } }
        case .event(let event):
            let lines = state.withLock { state in
                let lines = state.progress.take(event).filter { $0.weight >= .step }.map(\.line)
                guard appearance.isLive else { return lines }
                state.pending += lines
                return []
            }
            for line in lines { stream.say(line.rendered(inColor: appearance.hasColor)) }
        }
    }

    /// Says something beside the run's own steps.
    func remark(_ line: StyledLine) {
        guard appearance.isLive else { return stream.say(line.rendered(inColor: appearance.hasColor)) }
        state.withLock { $0.pending.append(line) }
    }

    /// Takes the live view away and leaves the terminal as it was.
    func end() {
        guard appearance.isLive else { return }
        state.withLock { state in
            guard !state.isOver else { return }
            state.isOver = true
            let size = stream.size ?? (80, 24)
            let finished = state.pending
            state.pending = []
            try? stream.write(state.region.end(above: finished, columns: size.columns, inColor: appearance.hasColor))
        }
    }

    private func redraw() {
        // Drawn under the lock, so that nothing is drawn after the end.
        state.withLock { state in
            guard !state.isOver else { return }
            let size = stream.size ?? (80, 24)
            let lines = LiveView.lines(
                state.progress,
                at: Timestamp.now,
                columns: size.columns - 1,
                rows: min(12, size.rows - 1)
            )
            guard !lines.isEmpty || !state.pending.isEmpty else { return }
            let finished = state.pending
            state.pending = []
            try? stream.write(
                state.region.redraw(lines, above: finished, columns: size.columns, inColor: appearance.hasColor)
            )
        }
    }
}
