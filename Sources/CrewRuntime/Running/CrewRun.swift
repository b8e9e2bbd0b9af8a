public import CrewCore

/// A run under way: its updates as they happen, and its result.
public struct CrewRun: Sendable {
    /// The run's identifier.
    public let id: String
    private let feed: RunFeed
    private let execution: Task<RunResult, any Error>

    init(id: String, feed: RunFeed, execution: Task<RunResult, any Error>) {
        self.id = id
        self.feed = feed
        self.execution = execution
    }

    /// What came of the run, once it has ended.
    ///
    /// Cancelling the task that waits interrupts the run, which can then be resumed.
    public var result: RunResult {
        get async throws {
            try await withTaskCancellationHandler {
                try await execution.value
            } onCancel: {
                execution.cancel()
            }
        }
    }

    /// Interrupts the run; its result then has the status `interrupted`.
    public func interrupt() { execution.cancel() }
}

extension CrewRun: AsyncSequence {
    /// Gives the updates, each once: a run has one observer.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let feed: RunFeed

        fileprivate init(_ feed: RunFeed) { self.feed = feed }

        /// The next update; `nil` when the run has ended or the observer's task is cancelled.
        public mutating func next() async -> RunUpdate? { await feed.next() }
    }

    /// Begins to observe.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(feed) }
}
