import ChatModel
import CrewCore
import CrewRuntime
import GRDB

/// One thing to write, which is written whole or not at all.
enum JournalEntry: Sendable {
    /// A new run with its first events.
    case create(run: String, crew: String, goal: String, source: String?, events: [EncodedEvent], change: RunChange)
    /// A new epoch for a run.
    case takeOver(run: String)
    /// Further events of a run.
    case append(lease: Lease, events: [EncodedEvent], change: RunChange)

    /// Writes the entry within a transaction.
    ///
    /// - Returns: The run's epoch.
    /// - Throws: ``JournalError`` when the entry is refused, before anything was changed; `DatabaseError` when writing
    ///   fails, perhaps half-way.
    func write(_ db: Database) throws -> Int {
        switch self {
        case .create(let run, let crew, let goal, let source, let events, let change):
            try db.cachedStatement(sql: Self.insertRun).execute(
                arguments: [
                    run, events.count, Holder.current.text, crew, goal, source, (change.status ?? .running).rawValue,
                    events.first?.time, change.updated, change.cost.picodollars, change.uncertain.picodollars,
                    change.calls, change.tokens,
                ]
            )
            guard db.changesCount == 1 else { throw JournalError(.runExists, "run \(run) exists already.") }
            try Self.insert(events, run: run, epoch: 1, db)
            return 1
        case .takeOver(let run):
            try db.cachedStatement(sql: "UPDATE runs SET epoch = epoch + 1, holder = ? WHERE run = ?")
                .execute(arguments: [Holder.current.text, run])
            let row = try Row.fetchOne(db, sql: "SELECT epoch FROM runs WHERE run = ?", arguments: [run])
            guard let row else { throw JournalError.unknown(run) }
            guard let epoch = row.integer(0) else {
                throw JournalError(.damaged, "run \(run) is damaged: its epoch is no number.")
            }
            return Int(epoch)
        case .append(let lease, let events, let change):
            try db.cachedStatement(sql: Self.updateRun).execute(
                arguments: [
                    events.last?.sequence, change.status?.rawValue, change.updated, change.cost.picodollars,
                    change.uncertain.picodollars, change.calls, change.tokens, lease.run, lease.epoch,
                    events.first.map { $0.sequence - 1 },
                ]
            )
            guard db.changesCount == 1 else { throw try Self.refusal(lease, events, db) }
            try Self.insert(events, run: lease.run, epoch: Int64(lease.epoch), db)
            return lease.epoch
        }
    }

    private static let insertRun = """
        INSERT INTO runs (run, epoch, last, holder, crew, goal, source, status, started, updated, cost, uncertain,
            calls, tokens)
        VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """

    // Compares and sets in one statement: the row changes only when nobody else has moved on.
    private static let updateRun = """
        UPDATE runs SET last = ?, status = ifnull(?, status), updated = ?, cost = cost + ?, uncertain = uncertain + ?,
            calls = calls + ?, tokens = tokens + ?
        WHERE run = ? AND epoch = ? AND last = ?
        """

    private static let insertEvent =
        "INSERT INTO events (run, sequence, epoch, time, type, payload, checksum) VALUES (?, ?, ?, ?, ?, ?, ?)"

    private static func insert(_ events: [EncodedEvent], run: String, epoch: Int64, _ db: Database) throws {
        let statement = try db.cachedStatement(sql: insertEvent)
        for event in events {
            try statement.execute(
                arguments: [
                    run, event.sequence, epoch, event.time, event.kind, event.payload,
                    event.checksum(run: run, epoch: epoch),
                ]
            )
        }
    }

    private static func refusal(_ lease: Lease, _ events: [EncodedEvent], _ db: Database) throws -> JournalError {
        let sql = "SELECT epoch, last, holder FROM runs WHERE run = ?"
        guard let row = try Row.fetchOne(db, sql: sql, arguments: [lease.run]) else {
            return .unknown(lease.run)
        }
        guard let epoch = row.integer(0), let last = row.integer(1) else {
            return JournalError(.damaged, "run \(lease.run) is damaged: its epoch is no number.")
        }
        if epoch != lease.epoch {
            let holder = row.text(2).flatMap(Holder.init)
            let who = holder.map { "process \($0.process) on \($0.host)" } ?? "another process"
            return JournalError(
                .fenced,
                "run \(lease.run) was taken over by \(who) (epoch \(epoch), this is epoch \(lease.epoch))."
            )
        }
        return JournalError(
            .fenced,
            "run \(lease.run) has \(last) events, event \(events.first?.sequence ?? 0) does not follow on."
        )
    }
}

extension JournalError {
    static func unknown(_ run: String) -> JournalError {
        JournalError(.unknownRun, "there is no run \(run); `crew runs` lists those there are.")
    }
}
