import CrewCore
import CrewRuntime
import Foundation
import GRDB

/// A run as it is read from the store, each event checked against the chain of hashes.
struct RecordedRun {
    private let run: String
    private var chain: EventChain
    private var count: Int64 = 0
    /// The crew's name and the time, as the run's creation says them.
    private var creation: (crew: String, time: Int64)?
    private var lastEpoch: Int64 = 0
    /// How many events only a newer version understands.
    private var newer = 0
    /// The prompts that its events name.
    private var prompts: Set<String> = []

    private init(_ run: String) {
        self.run = run
        chain = EventChain(run: run)
    }

    private static let columns = "sequence, epoch, time, type, payload, hash"

    /// Reads a run's events up to the first that is not as it was written.
    ///
    /// - Parameter onEvent: Gets each event that is sound.
    /// - Throws: `unknownRun` when there is neither an entry of the run nor an event.
    static func read(_ run: String, _ db: Database, _ onEvent: (Event) throws -> Void) throws -> RunVerification {
        let sql = "SELECT last, head, status, crew, epoch, started, updated, \(Balance.list) FROM runs WHERE run = ?"
        let entry = try Row.fetchOne(db, sql: sql, arguments: [run])
        var recorded = RecordedRun(run)
        var flaw: JournalFlaw?
        var holds = OpenHolds()
        var change = RunChange([], &holds)
        do {
            let select = "SELECT \(columns) FROM events WHERE run = ? ORDER BY sequence"
            let rows = try Row.fetchCursor(db, sql: select, arguments: [run])
            while let row = try rows.next() {
                let event = try recorded.take(row)
                change.add(event, &holds)
                try onEvent(event)
            }
            guard entry != nil || recorded.count > 0 else { throw JournalError.unknown(run) }
            try recorded.end(entry, change)
        } catch let found as JournalFlaw {
            flaw = found
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            flaw = JournalFlaw(run, recorded.count + 1, .unreadable, error.message)
        }
        return RunVerification(
            run: run,
            events: Int(recorded.count),
            head: recorded.chain.head.hexadecimal,
            newer: recorded.newer,
            prompts: recorded.prompts,
            flaw: flaw
        )
    }

    /// The event with which a run begins; `nil` when there is none.
    static func beginning(_ run: String, _ db: Database) throws -> Event? {
        let sql = "SELECT \(columns) FROM events WHERE run = ? AND sequence = 1"
        var recorded = RecordedRun(run)
        do {
            return try Row.fetchOne(db, sql: sql, arguments: [run]).map { try recorded.take($0) }
        } catch let flaw as JournalFlaw {
            throw flaw.error
        }
    }

    /// Checks the row of the next event.
    private mutating func take(_ row: Row) throws -> Event {
        let expected = count + 1
        guard let sequence = row.integer(0), sequence >= expected else {
            throw JournalFlaw(run, row.integer(0) ?? expected, .added)
        }
        guard sequence == expected else { throw JournalFlaw(run, expected, .missing) }
        guard let epoch = row.integer(1), let time = row.integer(2), let kind = row.text(3),
            let payload = row.blob(4), let hash = row.blob(5)
        else { throw JournalFlaw(run, sequence, .changed) }
        var chain = chain
        chain.add(sequence: sequence, epoch: epoch, time: time, kind: kind, payload: payload)
        let isAsWritten = chain.head.elementsEqual(hash)
        do {
            var event = try JSONDecoder().decode(Event.self, from: payload)
            if event.sequence != Int(sequence) {
                throw JournalFlaw(run, sequence, .outOfOrder, "event \(event.sequence) stands there")
            }
            guard isAsWritten else { throw JournalFlaw(run, sequence, .changed) }
            guard row.time(2) != nil, (1...Int64(Int32.max)).contains(epoch) else {
                throw JournalFlaw(run, sequence, .unreadable, "its time or epoch is none")
            }
            if case .runCreated(let created) = event.fact {
                guard created.run == run else {
                    throw JournalFlaw(run, sequence, .unreadable, "it creates another run")
                }
                if creation == nil { creation = (created.crew.name, time) }
            }
            guard event.fact.name == kind else {
                throw JournalFlaw(run, sequence, .unreadable, "another kind of event stands there")
            }
            if case .unknown(let fact) = event.fact {
                let recorded = String(decoding: payload, as: UTF8.self)
                let fact = UnknownFact(type: fact.type, version: fact.version, json: recorded)
                event = Event(sequence: event.sequence, time: event.time, fact: .unknown(fact))
                newer += 1
            }
            if let version = event.fact.prompts, PromptBook.isKept(version) { prompts.insert(version) }
            lastEpoch = epoch
            self.chain = chain
            count = sequence
            return event
        } catch let error as DecodingError {
            throw JournalFlaw(run, sequence, isAsWritten ? .unreadable : .changed, isAsWritten ? "\(error)" : nil)
        }
    }

    /// Checks that nothing is missing at the end, and that the list of runs says the same.
    private func end(_ entry: Row?, _ change: RunChange) throws {
        guard let entry, let last = entry.integer(0), let head = entry.blob(1) else {
            throw JournalFlaw(run, count, .listing, "the run is not in it")
        }
        if count < last { throw JournalFlaw(run, count + 1, .cutOff) }
        if count > last { throw JournalFlaw(run, last + 1, .added) }
        guard chain.head.elementsEqual(head) else { throw JournalFlaw(run, count, .listing, "its hash is another") }
        // What the events come to is not known where some of them are not understood.
        if newer > 0 { return }
        var balance = Balance()
        balance.take(change.movement)
        guard Balance(entry, from: 7) == balance else {
            throw JournalFlaw(run, count, .listing, "what the run has used is not what stands there")
        }
        guard entry.text(2) == (change.status ?? .running).rawValue else {
            throw JournalFlaw(run, count, .listing, "the run's status is another")
        }
        guard entry.text(3) == creation?.crew, entry.time(5) == creation?.time, entry.time(6) == change.updated,
            let epoch = entry.integer(4), (lastEpoch...Int64(Int32.max)).contains(epoch)
        else { throw JournalFlaw(run, count, .listing, "its crew, its epoch or its times are others") }
    }
}

extension RunStore {
    func verification(_ run: String?) async throws(JournalError) -> StoreVerification {
        try await reader.read { db in
            let file = try Self.flawsOfFile(db)
            let register = try StoreRegister.verify(db)
            if let run {
                let found = try RecordedRun.read(run, db) { _ in }
                return StoreVerification(
                    runs: [found],
                    register: register,
                    accounts: [],
                    prompts: try PromptTable.flaws(named: found.prompts, db),
                    file: file
                )
            }
            let listed = try String.fetchAll(db, sql: "SELECT run FROM runs ORDER BY started, run")
            let unlisted = try String.fetchAll(
                db,
                sql: "SELECT DISTINCT run FROM events WHERE run NOT IN (SELECT run FROM runs) ORDER BY run"
            )
            let runs = try (listed + unlisted).map { run in
                do {
                    return try RecordedRun.read(run, db) { _ in }
                } catch let error as JournalError where error.code == .unknownRun {
                    // The list names it and cannot find it: its index says something else.
                    let flaw = JournalFlaw(run, 1, .listing, "the run is listed and cannot be looked up")
                    return RunVerification(run: run, events: 0, head: "", newer: 0, prompts: [], flaw: flaw)
                }
            }
            let sums = try AccountTable.sums(db)
            let accounts = try AccountTable.limited(db).filter { Balance($0.account) != sums[$0.name] ?? Balance() }
            return StoreVerification(
                runs: runs,
                register: register,
                accounts: accounts.map { "the account \($0.name) is not the sum of its runs" },
                prompts: try PromptTable.flaws(named: runs.reduce(into: []) { $0.formUnion($1.prompts) }, db),
                file: file
            )
        }
    }

    /// What SQLite finds wrong with the file, at most ten findings: pages, and indexes that do not fit their tables.
    private static func flawsOfFile(_ db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "PRAGMA integrity_check(10)").filter { $0 != "ok" }
    }
}
