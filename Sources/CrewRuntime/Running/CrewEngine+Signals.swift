public import CrewCore

/// Saying something to runs, whoever executes them.
extension CrewEngine {
    /// Says something to a run, executed by this engine, by another process, or by nobody.
    ///
    /// It waits in the journal until the run takes it in, which whoever executes the run does at once, or within a moment in
    /// another process. What is said to a run that nobody executes is taken in when it is resumed; a request to stop ends
    /// such a run, unless it had ended already.
    ///
    /// - Parameters:
    ///   - signal: What is said.
    ///   - run: The run's identifier.
    ///   - speaker: Who says it, as it is to stand in the journal.
    ///   - patience: How long to wait for the run to take it in.
    /// - Returns: What became of it.
    /// - Throws: ``CrewError`` when nothing can be said to the run: there is none, it has finished, or too much waits for it
    ///   already.
    @discardableResult
    public func signal(
        _ signal: Signal,
        to run: String,
        by speaker: String? = nil,
        patience: Duration = .seconds(10)
    ) async throws(CrewError) -> SignalReception {
        try await journaled { () async throws(JournalError) in
            try await self.journal.tell(
                signal,
                to: run,
                by: speaker,
                clock: self.clock,
                patience: patience
            )
        }
    }

    /// Stops a run now: what is under way is given up, what was accepted is kept, and the run can be resumed.
    ///
    /// - Parameters:
    ///   - run: The run's identifier.
    ///   - speaker: Who says so, as it is to stand in the journal.
    @discardableResult
    public func cancel(_ run: String, by speaker: String? = nil) async throws(CrewError) -> SignalReception {
        try await signal(.cancel, to: run, by: speaker)
    }

    /// Stops a run once what is under way has ended; nothing more is begun, and the run can be resumed.
    ///
    /// - Parameters:
    ///   - run: The run's identifier.
    ///   - speaker: Who says so, as it is to stand in the journal.
    @discardableResult
    public func pause(_ run: String, by speaker: String? = nil) async throws(CrewError) -> SignalReception {
        try await signal(.pause, to: run, by: speaker)
    }
}
