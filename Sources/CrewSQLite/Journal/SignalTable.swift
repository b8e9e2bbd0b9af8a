import ChatModel
import CrewCore
import CrewRuntime
import CrewStore
import Foundation
import GRDB

/// What was said to runs and is not taken in yet.
///
/// A signal is in no chain while it waits: the event by which it is taken in is, and takes it out in the same transaction.
enum SignalTable {
    /// Puts a signal into the queue of a run, within a transaction that writes.
    ///
    /// - Returns: Its number, or that of one which waits and says the same.
    static func add(_ signal: Signal, by speaker: String?, at time: Int64, to run: String, _ db: Database) throws -> Int
    {
        let row = try Row.fetchOne(db, sql: "SELECT status FROM runs WHERE run = ?", arguments: [run])
        guard let row else { throw JournalError.unknown(run) }
        guard let status = row.text(0).flatMap(RunStatus.init) else {
            throw JournalError(.damaged, "run \(run) is damaged: its entry in the list of runs is unreadable.")
        }
        if let objection = signal.objection(to: run, that: status) { throw JournalError(.refused, objection) }
        if signal.isStop {
            let sql = "SELECT number FROM signals WHERE run = ? AND kind = ? ORDER BY number LIMIT 1"
            let waiting = try Row.fetchOne(db, sql: sql, arguments: [run, signal.kind])
            if let number = waiting?.integer(0) { return Int(number) }
        } else {
            let sql = "SELECT count(*) FROM signals WHERE run = ?"
            let count = try Row.fetchOne(db, sql: sql, arguments: [run])?.integer(0) ?? 0
            guard count < Signal.mostWaiting else { throw JournalError.signalsFull(run) }
        }
        var writer = JSONWriter(reserving: 256)
        try writer.encodable(signal)
        try db.execute(
            sql: "INSERT INTO signals (run, said, speaker, kind, content) VALUES (?, ?, ?, ?, ?)",
            arguments: [run, time, speaker, signal.kind, Data(writer.bytes)]
        )
        return Int(db.lastInsertedRowID)
    }

    /// Takes signals out that events take in, and all that are left when the run has finished.
    static func take(_ change: RunChange, of run: String, _ db: Database) throws {
        for number in change.signals {
            let deletion = try BoundStatement(db, "DELETE FROM signals WHERE run = ? AND number = ?")
            try deletion.bind(1, run)
            try deletion.bind(2, Int64(number))
            try deletion.execute()
        }
        guard change.status == .finished else { return }
        let deletion = try BoundStatement(db, "DELETE FROM signals WHERE run = ?")
        try deletion.bind(1, run)
        try deletion.execute()
    }

    /// What waits for a run, in the order in which it was said.
    static func waiting(for run: String, _ db: Database) throws -> [SaidSignal] {
        let sql = "SELECT number, kind, content, speaker, said FROM signals WHERE run = ? ORDER BY number"
        return try Row.fetchAll(db, sql: sql, arguments: [run]).compactMap { row in
            guard let number = row.integer(0), let kind = row.text(1), let content = row.blob(2) else { return nil }
            // What cannot be read does not stop a run: it is taken in as what nobody understands.
            let signal =
                (try? JSONDecoder().decode(Signal.self, from: content))
                ?? .unknown(UnknownSignal(kind: kind, json: #"{"kind":"unreadable"}"#))
            return SaidSignal(number: Int(number), signal: signal, speaker: row.text(3), time: row.integer(4) ?? 0)
        }
    }

    /// The runs for which something waits.
    static func addressed(_ db: Database) throws -> [String] {
        try Row.fetchAll(db, sql: "SELECT DISTINCT run FROM signals").compactMap { $0.text(0) }
    }
}
