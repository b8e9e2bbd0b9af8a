public import CrewCore
public import CrewRuntime
import CrewStore

/// What is said to runs by those who do not execute them, and what others learn of runs.
extension SQLiteStore {
    /// Says something to a run; see `Journal.say(_:to:by:at:)`.
    public func say(
        _ signal: Signal,
        to run: String,
        by speaker: String?,
        at time: Int64
    ) async throws(JournalError) -> SaidSignal {
        // A wrong name makes no store.
        guard Self.isIdentifier(run), file.exists else { throw JournalError.unknown(run) }
        let said = SaidSignal(number: 0, signal: signal, speaker: speaker, time: time)
        let number = try await writer.write(.say(said, to: run))
        signalBell.ring(run)
        return SaidSignal(number: number, signal: signal, speaker: speaker, time: time)
    }

    /// What was said to a run and is not taken in yet.
    public func signals(to run: String) async throws(JournalError) -> [SaidSignal] {
        try await writer.read { db in try SignalTable.waiting(for: run, db) }
    }

    /// Tells that something may have been said to a run.
    public func sayings(to run: String) -> AsyncStream<Void>? {
        let stream = signalBell.listen(to: run)
        signalWatch.begin()
        return stream
    }

    /// Reads a part of a run.
    public func events(of run: String, after number: Int, limit: Int) async throws(JournalError) -> [Event] {
        try await reader.read { db in try RecordedRun.events(of: run, after: number, limit: limit, db) }
    }

    /// Tells that events of a run may have been recorded.
    public func recordings(of run: String) -> AsyncStream<Void> {
        let stream = eventBell.listen(to: run)
        eventWatch.begin()
        return stream
    }

    /// Whether the run has an executor: this process, or another that is alive or of which nothing is known.
    public func isExecuted(_ run: String) async throws(JournalError) -> Bool {
        if isOpen(run) { return true }
        // Whoever gives a run back removes its lock; whoever dies leaves it.
        guard fileSize("\(file.locks)/\(run).lock") != nil else { return false }
        return try await !reader.holder(of: run).isGone
    }
}
