public import CrewCore

/// The events of a run: those that are recorded, and then those to come, until the run ends.
///
/// They are read from the journal, a few at a time, when they are asked for. So there may be any number of observers, in any
/// process; one that is slow, or asleep, holds up nobody and misses nothing. It ends with the run's end; a run that is
/// resumed afterwards is observed anew, after the last number that was seen. It ends as well when nobody executes the run
/// any more.
///
/// ```swift
/// for try await event in engine.events(of: run, after: 17) { … }
/// ```
public struct RunEvents: AsyncSequence, Sendable {
    private let journal: any Journal
    private let run: String
    private let number: Int

    init(_ journal: any Journal, _ run: String, after number: Int) {
        self.journal = journal
        self.run = run
        self.number = number
    }

    /// Begins to observe.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(journal, run, after: number) }

    /// One observer.
    public struct AsyncIterator: AsyncIteratorProtocol {
        /// The most events that an observer holds.
        private static let mostHeld = 64

        private let journal: any Journal
        private let run: String
        private let recordings: AsyncStream<Void>
        private var number: Int
        private var held: ArraySlice<Event> = []
        private var hasEnded = false

        init(_ journal: any Journal, _ run: String, after number: Int) {
            self.journal = journal
            self.run = run
            self.number = number
            recordings = journal.recordings(of: run)
        }

        /// The next event; `nil` when the run has ended, nobody executes it any more, or the observer's task is cancelled.
        ///
        /// - Throws: ``CrewError`` when the journal cannot be read.
        public mutating func next() async throws -> Event? {
            while !Task.isCancelled {
                if let event = held.popFirst() {
                    number = event.sequence
                    if case .runEnded = event.fact { hasEnded = true } else { hasEnded = false }
                    return event
                }
                do throws(JournalError) {
                    // Asked first: what is recorded before an executor goes is there when it is gone.
                    let isExecuted = try await journal.isExecuted(run)
                    held = try await journal.events(of: run, after: number, limit: Self.mostHeld)[...]
                    if held.isEmpty, hasEnded || !isExecuted { return nil }
                } catch {
                    throw CrewError(.journal, error.message, cause: error)
                }
                if held.isEmpty { for await _ in recordings { break } }
            }
            return nil
        }
    }
}

extension CrewEngine {
    /// The events of a run, executed by this engine, by another process, or by nobody any more.
    ///
    /// - Parameters:
    ///   - run: The run's identifier.
    ///   - number: The number of the last event that is known; without it, all are given.
    public func events(of run: String, after number: Int = 0) -> RunEvents { RunEvents(journal, run, after: number) }
}
