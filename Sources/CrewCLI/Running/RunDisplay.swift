import CrewKit
import CrewReport
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Shows people a run while it goes on, on standard error: a live view on a terminal, plain lines elsewhere.
final class RunDisplay: Sendable {
    private struct State {
        var progress: RunProgress
        var region: LiveRegion
        var pending: [StyledLine] = []
        var isOver = false
        /// Whether the process is about to be stopped, or is: the terminal is somebody else's.
        var isSuspended = false
        /// Whether the next signal to go on is the answer to such a stop.
        var isContinued = false
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
        state = Mutex(
            State(progress: RunProgress(resuming: past), region: LiveRegion(reflows: appearance.reflows))
        )
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
        case .text(let seat, let text):
            if appearance.isLive { state.withLock { $0.progress.take(text, of: seat) } }
        case .progress(let progress):
            if appearance.isLive { state.withLock { $0.progress.say(progress.text, of: progress.seat) } }
        case .event(let event):
            let lines = state.withLock { state in
                let lines = state.progress.take(event).filter { $0.weight >= .step }.map(\.line)
                guard appearance.isLive else { return lines }
                state.pending += lines
                return []
            }
            for line in lines { stream.say(line.rendered(inColor: appearance.hasColor)) }
        case .waiting(let reason):
            let isNew = state.withLock { $0.progress.wait(for: reason) }
            guard isNew, let reason, !appearance.isLive else { return }
            stream.say(StyledLine("run: waits for \(reason)", .odd).rendered(inColor: appearance.hasColor))
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
            clear(&state)
        }
    }

    // MARK: - A terminal that is shared

    /// Reacts to Ctrl-Z, to being continued and to a terminal of another size, until the end.
    func followTerminal() {
        guard appearance.isLive else { return }
        if !SignalListener.isIgnored(SIGTSTP) {
            SignalListener.on([SIGTSTP]) { [self] in
                suspend()
                SignalListener.stop(by: SIGTSTP)
                goOn()
            }
        }
        SignalListener.on([SIGCONT]) { [self] in continued() }
        SignalListener.on([SIGWINCH]) { [self] in redraw() }
    }

    /// No longer reacts to them.
    func leaveTerminal() {
        guard appearance.isLive else { return }
        SignalListener.off(SignalListener.isIgnored(SIGTSTP) ? [SIGCONT, SIGWINCH] : [SIGTSTP, SIGCONT, SIGWINCH])
    }

    /// Clears the terminal for whoever has it next, and draws nothing until ``goOn()``.
    private func suspend() {
        state.withLock { state in
            state.isSuspended = true
            state.isContinued = true
            if !state.isOver { clear(&state) }
        }
    }

    /// Draws anew, below what others have written.
    private func goOn() {
        state.withLock { state in
            state.isSuspended = false
            state.region.forget()
        }
        redraw()
    }

    /// Draws anew after a stop that could not be prepared for.
    private func continued() {
        let isExpected = state.withLock { state in
            defer { state.isContinued = false }
            return state.isContinued
        }
        if !isExpected { goOn() }
    }

    // MARK: - Drawing; under the lock, so that nothing is drawn after the end

    /// Takes the region away and writes what is finished.
    private func clear(_ state: inout State) {
        let size = stream.size ?? (80, 24)
        let finished = state.pending
        state.pending = []
        let text = state.region.end(above: finished, columns: size.columns, inColor: appearance.hasColor)
        try? stream.write(text)
    }

    private func redraw() {
        state.withLock { state in
            guard !state.isOver, !state.isSuspended else { return }
            guard stream.isInForeground else {
                // A line at a time, as any program in the background writes.
                if state.region.isShown || !state.pending.isEmpty {
                    state.region.forget()
                    clear(&state)
                }
                return
            }
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
