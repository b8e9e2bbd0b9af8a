public import CrewCore

/// What became of a signal.
public enum SignalReception: Sendable, Hashable {
    /// The run has taken it in; it was refused where it says so.
    case takenIn(SignalReceived)
    /// It waits, since nobody executes the run, or since its executor has not looked yet.
    case waiting(SaidSignal)
    /// The run ended before it was taken in.
    case tooLate(RunStatus)
}

extension Journal {
    /// Says something to a run, and waits a little for the run to take it in.
    ///
    /// A run that nobody executes and that is told to stop is taken up for a moment, only to record that, if it had not come
    /// to an end; other limits wait until it is resumed.
    ///
    /// - Parameters:
    ///   - signal: What is said.
    ///   - run: The run.
    ///   - speaker: Who says it, if that is known.
    ///   - clock: The time.
    ///   - patience: How long an executor is waited for.
    /// - Throws: ``JournalError``, `refused` where it means nothing to the run.
    package func tell(
        _ signal: Signal,
        to run: String,
        by speaker: String?,
        clock: RunClock,
        patience: Duration
    ) async throws(JournalError) -> SignalReception {
        // Before anything is said: it may be taken in at once.
        let recordings = recordings(of: run)
        let events = try await events(of: run)
        if let unknown = events.firstUnknown { throw JournalError.newer(run, unknown) }
        guard case .runCreated(let created)? = events.first?.fact else {
            throw JournalError(.damaged, "the journal of \(run) does not begin with its creation.")
        }
        if let objection = signal.objection(of: created.crew) { throw JournalError(.refused, objection) }
        let said = try await say(signal, to: run, by: speaker, at: clock.now())
        if said.signal.isStop { try await end(run, because: said, clock) }
        return try await reception(of: said, run, after: events.count, recordings, .now + patience)
    }

    /// Ends a run that was told to stop and that nobody executes.
    private func end(_ run: String, because said: SaidSignal, _ clock: RunClock) async throws(JournalError) {
        let lease: Lease
        let events: [Event]
        do throws(JournalError) {
            (lease, events) = try await open(run)
        } catch {
            // Whoever executes it takes in what was said.
            if error.code == .held { return }
            throw error
        }
        do throws(JournalError) {
            try await end(lease, events, because: said, clock)
            await release(lease)
        } catch {
            await release(lease)
            throw error
        }
    }

    private func end(
        _ lease: Lease,
        _ events: [Event],
        because said: SaidSignal,
        _ clock: RunClock
    ) async throws(JournalError) {
        let waiting = try await signals(to: lease.run)
        let own: PromptBook
        do throws(PromptError) { own = try PromptBook.builtIn() } catch {
            throw JournalError(.storage, error.description)
        }
        let library = try await library(of: events, own: own)
        guard waiting.contains(where: { $0.number == said.number }),
            let state = RunState(folding: events, library: library),
            said.signal.objection(to: lease.run, that: state.status) == nil
        else { return }
        var executor = Executor(state)
        let resumption = Fact.runResumed(RunResumed(epoch: lease.epoch))
        guard case .append(let end) = executor.take(.end(resumption, said: waiting), at: clock.now()).next else {
            return
        }
        try await append(end, lease)
    }

    private func reception(
        of said: SaidSignal,
        _ run: String,
        after last: Int,
        _ recordings: AsyncStream<Void>,
        _ deadline: ContinuousClock.Instant
    ) async throws(JournalError) -> SignalReception {
        var number = last
        var status: RunStatus?
        while true {
            let isExecuted = try await isExecuted(run)
            while case let events = try await events(of: run, after: number, limit: 256), let end = events.last {
                number = end.sequence
                for event in events {
                    switch event.fact {
                    case .signalReceived(let fact) where fact.number == said.number: return .takenIn(fact)
                    case .runEnded(let end): status = end.status
                    default: break
                    }
                }
            }
            if status == .finished { return .tooLate(.finished) }
            guard isExecuted, .now < deadline, !Task.isCancelled else {
                if said.signal.isStop, let status { return .tooLate(status) }
                return .waiting(said)
            }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { for await _ in recordings { return } }
                group.addTask { try? await Task.sleep(until: deadline, clock: .continuous) }
                await group.next()
                group.cancelAll()
            }
        }
    }
}
