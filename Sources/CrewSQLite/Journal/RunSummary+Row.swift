import ChatModel
import CrewCore
import CrewStore
import GRDB

extension RunSummary {
    static let columns =
        "run, crew, goal, folder, status, started, updated, last, holder, \(Balance.list)"

    /// Reads a row of ``columns``; `nil` when it makes no sense.
    init?(_ row: Row) {
        guard let run = row.text(0), SQLiteStore.isIdentifier(run), let crew = row.text(1), Names.isValid(crew),
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
