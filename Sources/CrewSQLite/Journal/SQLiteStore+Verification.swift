import CrewCore
public import CrewRuntime
public import CrewStore
import GRDB

extension SQLiteStore {
    /// Reads every event of every run, or of one, and checks it; see `RunStore.verify(_:)`.
    public func verify(_ run: String?) async throws(JournalError) -> StoreVerification {
        try await reader.read { db in
            let file = try Self.flawsOfFile(db)
            let register = try RegisterTable.verify(db)
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
