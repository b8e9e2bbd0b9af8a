import ChatModel
import CrewCore
import CrewRuntime
import CrewStore
import GRDB

/// One thing to write, which is written whole or not at all.
enum JournalEntry: Sendable {
    /// A new run with its first events.
    case create(
        run: String,
        crew: String,
        goal: String,
        folder: String?,
        events: [EncodedEvent],
        change: RunChange,
        prompts: GivenPrompts.Named?
    )
    /// A new epoch for a run.
    case takeOver(run: String)
    /// Further events of a run.
    case append(lease: Lease, events: [EncodedEvent], change: RunChange, prompts: GivenPrompts.Named?)

    /// Something said to a run.
    case say(SaidSignal, to: String)
    /// New limits of an account above the runs, or none any more.
    case limit(SharedAccount, Limits?)

    /// Writes the entry within a transaction.
    ///
    /// - Returns: The run's epoch, or the number of what was said; nothing where it is about no run.
    /// - Throws: ``JournalError`` when the entry is refused, before anything was changed; `DatabaseError` when writing
    ///   fails, perhaps half-way.
    func write(_ db: Database) throws -> Int {
        switch self {
        case .create(let run, let crew, let goal, let folder, let events, let change, let prompts):
            let existing = try BoundStatement(db, "SELECT 1 FROM runs WHERE run = ?")
            try existing.bind(1, run)
            guard try !existing.step() else { throw JournalError(.runExists, "run \(run) exists already.") }
            if let prompts { try PromptTable.keep(prompts, db) }
            try AccountTable.take(change.movement, ofCrew: crew, db)
            var chain = EventChain(run: run)
            try Self.insert(events, run: run, epoch: 1, &chain, db)
            var balance = Balance()
            balance.take(change.movement)
            let statement = try BoundStatement(db, Self.insertRun)
            try statement.bind(1, run)
            try statement.bind(2, Int64(events.count))
            try statement.bind(3, chain.head)
            let texts = [Holder.current.text, crew, goal, folder, (change.status ?? .running).rawValue]
            for (offset, text) in texts.enumerated() { try statement.bind(4 + Int32(offset), text) }
            try statement.bind(9, events.first?.time)
            try statement.bind(10, change.updated)
            try statement.bind(from: 11, balance.values)
            try statement.execute()
            try RegisterTable.add(.run(run, first: RegisterTable.firstHash(of: run, db)), db)
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
        case .append(let lease, let events, let change, let prompts):
            let run = lease.run
            let (head, crew, used) = try Self.admit(events, lease, db)
            if let prompts { try PromptTable.keep(prompts, db) }
            var balance = used
            balance.take(change.movement)
            try AccountTable.take(change.movement, ofCrew: crew, db)
            try SignalTable.take(change, of: run, db)
            var chain = EventChain(run: run, head: head)
            try Self.insert(events, run: run, epoch: Int64(lease.epoch), &chain, db)
            let statement = try BoundStatement(db, Self.updateRun)
            try statement.bind(1, events.last.map(\.sequence))
            try statement.bind(2, chain.head)
            try statement.bind(3, change.status?.rawValue)
            try statement.bind(4, change.updated)
            try statement.bind(from: 5, balance.values)
            try statement.bind(5 + Int32(Balance.columns.count), run)
            try statement.execute()
            return lease.epoch
        case .say(let said, let run):
            return try SignalTable.add(said.signal, by: said.speaker, at: said.time, to: run, db)
        case .limit(let account, let limits):
            try AccountTable.limit(account, to: limits, db)
            return 0
        }
    }

    private static let insertRun = """
        INSERT INTO runs (run, epoch, last, head, holder, crew, goal, folder, status, started, updated,
            \(Balance.list))
        VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(Balance.marks))
        """

    private static let selectRun = "SELECT epoch, last, head, crew, holder, \(Balance.list) FROM runs WHERE run = ?"

    private static let updateRun = """
        UPDATE runs SET last = ?, head = ?, status = ifnull(?, status), updated = ?, \(Balance.assignments)
        WHERE run = ?
        """

    private static let insertEvent =
        "INSERT INTO events (run, sequence, epoch, time, type, payload, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"

    private static func insert(
        _ events: [EncodedEvent],
        run: String,
        epoch: Int64,
        _ chain: inout EventChain,
        _ db: Database
    ) throws {
        let statement = try BoundStatement(db, insertEvent)
        try statement.bind(1, run)
        try statement.bind(3, epoch)
        for event in events {
            chain.add(
                sequence: event.sequence,
                epoch: epoch,
                time: event.time,
                kind: event.kind,
                payload: event.payload
            )
            try statement.bind(2, event.sequence)
            try statement.bind(4, event.time)
            try statement.bind(5, event.kind)
            try statement.execute((6, event.payload), (7, chain.head))
        }
    }

    /// Sees to it that the lease is the run's and that the events follow on; nobody else writes meanwhile.
    private static func admit(
        _ events: [EncodedEvent],
        _ lease: Lease,
        _ db: Database
    ) throws -> (head: [UInt8], crew: String, used: Balance) {
        let row = try BoundStatement(db, selectRun)
        try row.bind(1, lease.run)
        guard try row.step() else { throw JournalError.unknown(lease.run) }
        guard let epoch = row.integer(0), let last = row.integer(1), let head = row.blob(2), let crew = row.text(3)
        else {
            throw JournalError(.damaged, "run \(lease.run) is damaged: its entry in the list of runs is unreadable.")
        }
        guard epoch == lease.epoch else {
            let holder = row.text(4).flatMap(Holder.init)
            let who = holder.map { "process \($0.process) on \($0.host)" } ?? "another process"
            throw JournalError(
                .fenced,
                "run \(lease.run) was taken over by \(who) (epoch \(epoch), this is epoch \(lease.epoch))."
            )
        }
        guard last < .max, events.first?.sequence == last + 1 else {
            throw JournalError(
                .fenced,
                "run \(lease.run) has \(last) events, event \(events.first?.sequence ?? 0) does not follow on."
            )
        }
        return (head, crew, try Balance(row, from: 5).orDamaged(lease.run))
    }
}
