public import ChatModel
public import CrewCore
import GRDB

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
}

extension RunSummary {
    static let columns =
        "run, crew, goal, folder, status, started, updated, last, holder, \(Balance.list)"

    /// Reads a row of ``columns``; `nil` when it makes no sense.
    init?(_ row: Row) {
        guard let run = row.text(0), RunStore.isIdentifier(run), let crew = row.text(1), Names.isValid(crew),
            let goal = row.text(2), let status = row.text(4).flatMap(RunStatus.init), let started = row.time(5),
            let updated = row.time(6), let events = row.integer(7), let balance = Balance(row, from: 9)
        else { return nil }
        let isAbandoned = status == .running && row.text(8).flatMap(Holder.init)?.isGone == true
        self.init(
            run: run,
            crew: crew,
            goal: goal,
            folder: row.text(3),
            status: isAbandoned ? .interrupted : status,
            started: started,
            updated: updated,
            cost: balance.settled.money,
            uncertain: balance.uncertain.money,
            held: balance.held,
            calls: (balance.settled + balance.held).calls,
            tokens: (balance.settled + balance.uncertain).tokens,
            events: Int(events)
        )
    }
}
