public import ChatModel

/// A run as the list of runs shows it.
public struct RunSummary: Sendable, Hashable {
    /// The run's identifier.
    public let run: String
    /// The crew's name.
    public let crew: String
    /// The crew's goal, its placeholders not yet filled in.
    public let goal: String
    /// The folder against which relative paths of its tools are resolved.
    public let folder: String?
    /// How it stands; a run whose process is gone is `interrupted`.
    public let status: RunStatus
    /// When it was created, in milliseconds since 1970 UTC.
    public let started: Int64
    /// When its last event was recorded, in milliseconds since 1970 UTC.
    public let updated: Int64
    /// What its answered calls cost.
    public let cost: Money
    /// What may be billed for calls whose answers were lost.
    public let uncertain: Money
    /// What its calls under way may use.
    ///
    /// Of a run whose process is gone it stays held until the run is resumed.
    public let held: Amounts
    /// Attempts at model calls.
    public let calls: Int
    /// Tokens read and generated.
    public let tokens: Int
    /// How many events it has.
    public let events: Int

    /// Sums a run up.
    package init(
        run: String,
        crew: String,
        goal: String,
        folder: String?,
        status: RunStatus,
        started: Int64,
        updated: Int64,
        cost: Money,
        uncertain: Money,
        held: Amounts,
        calls: Int,
        tokens: Int,
        events: Int
    ) {
        self.run = run
        self.crew = crew
        self.goal = goal
        self.folder = folder
        self.status = status
        self.started = started
        self.updated = updated
        self.cost = cost
        self.uncertain = uncertain
        self.held = held
        self.calls = calls
        self.tokens = tokens
        self.events = events
    }
}
