import CrewCore
import CrewRuntime
import CrewStore
import Foundation
import GRDB

extension RecordedRun {
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
        do {
            let select = "SELECT \(columns) FROM events WHERE run = ? ORDER BY sequence"
            let rows = try Row.fetchCursor(db, sql: select, arguments: [run])
            while let row = try rows.next() { try onEvent(try recorded.take(StoredEvent(row))) }
            guard entry != nil || recorded.count > 0 else { throw JournalError.unknown(run) }
            try recorded.end(entry.map { RunListing($0) })
        } catch let found as JournalFlaw {
            flaw = found
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
            flaw = JournalFlaw(run, recorded.count + 1, .unreadable, error.message)
        }
        return recorded.verification(flaw)
    }

    /// Events of a run, each checked against the one before it.
    ///
    /// - Parameters:
    ///   - number: The number of the event after which they begin, which is not checked; 0 for the first.
    ///   - limit: How many at most.
    static func events(of run: String, after number: Int, limit: Int, _ db: Database) throws -> [Event] {
        var recorded = RecordedRun(run)
        if number > 0 {
            let sql = "SELECT hash FROM events WHERE run = ? AND sequence = ?"
            guard let hash = try Row.fetchOne(db, sql: sql, arguments: [run, number])?.blob(0) else {
                guard try Row.fetchOne(db, sql: "SELECT 1 FROM runs WHERE run = ?", arguments: [run]) != nil else {
                    throw JournalError.unknown(run)
                }
                return []
            }
            recorded = RecordedRun(run, after: number, hash: hash)
        }
        let sql = "SELECT \(columns) FROM events WHERE run = ? AND sequence > ? ORDER BY sequence LIMIT ?"
        do {
            let rows = try Row.fetchAll(db, sql: sql, arguments: [run, number, limit])
            guard number > 0 || !rows.isEmpty else { throw JournalError.unknown(run) }
            return try rows.map { try recorded.take(StoredEvent($0)) }
        } catch let flaw as JournalFlaw {
            throw flaw.error
        }
    }

    /// The event with which a run begins; `nil` when there is none.
    static func beginning(_ run: String, _ db: Database) throws -> Event? {
        let sql = "SELECT \(columns) FROM events WHERE run = ? AND sequence = 1"
        var recorded = RecordedRun(run)
        do {
            return try Row.fetchOne(db, sql: sql, arguments: [run]).map { try recorded.take(StoredEvent($0)) }
        } catch let flaw as JournalFlaw {
            throw flaw.error
        }
    }
}

extension StoredEvent {
    fileprivate init(_ row: Row) {
        self.init(
            sequence: row.integer(0),
            epoch: row.integer(1),
            time: row.integer(2),
            kind: row.text(3),
            payload: row.blob(4),
            hash: row.blob(5)
        )
    }
}

extension RunListing {
    fileprivate init(_ row: Row) {
        self.init(
            last: row.integer(0),
            head: row.blob(1),
            status: row.text(2),
            crew: row.text(3),
            epoch: row.integer(4),
            started: row.time(5),
            updated: row.time(6),
            balance: Balance(row, from: 7)
        )
    }
}
