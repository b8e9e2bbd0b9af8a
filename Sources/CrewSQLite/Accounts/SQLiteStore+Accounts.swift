public import CrewCore
public import CrewRuntime
import CrewStore
import GRDB

extension SQLiteStore {
    /// The accounts above the runs: that of the project, and those of all crews that have run or have a limit.
    public func accounts() async throws(JournalError) -> [AccountSummary] {
        let runs = try await runs()
        guard file.exists else { return [] }
        return try await reader.read { db in
            let limited = Dictionary(try AccountTable.limited(db)) { first, _ in first }
            let sums = try AccountTable.sums(db)
            let crews = Set(runs.map { SharedAccount.crew($0.crew) }).union(limited.keys).subtracting([.project])
            return ([.project] + crews.sorted { $0.description < $1.description }).map { name in
                let balance = sums[name] ?? Balance()
                let account =
                    limited[name]
                    ?? Ledger.Account(
                        Limits(),
                        settled: balance.settled,
                        held: balance.held,
                        uncertain: balance.uncertain
                    )
                return AccountSummary(
                    account: name,
                    limits: account.limits,
                    settled: account.settled,
                    held: account.held,
                    uncertain: account.uncertain,
                    free: account.headroom,
                    holders: runs.filter { $0.held != .zero && (name == .project || name == .crew($0.crew)) }
                )
            }
        }
    }

    /// The account above a crew's runs that limits what they may cost, if there is one.
    public func moneyAccount(ofCrew crew: String) async throws(JournalError) -> SharedAccount? {
        guard file.exists else { return nil }
        do throws(JournalError) {
            return try await reader.read { db in
                let path = SharedAccount.path(ofCrew: crew)
                return try AccountTable.limited(db).first { path.contains($0.name) && $0.account.limits.money != nil }?
                    .name
            }
        } catch  where error.code == .unknownRun {
            return nil
        }
    }

    /// Sets what the runs of an account may use together; what they have used already counts.
    ///
    /// A limit below what is used takes nothing back: no further call is begun.
    ///
    /// - Parameters:
    ///   - limits: Money, tokens and calls; what is left out stays as it was. Time is not limited above a run.
    ///   - account: The account.
    public func limit(_ account: SharedAccount, to limits: Limits) async throws(JournalError) {
        guard SharedAccount(account.description) != nil else {
            throw JournalError(.storage, "\(account) is no account: write project, or crew/NAME.")
        }
        _ = try await writer.write(.limit(account, limits))
    }

    /// Takes an account's limits away.
    public func removeLimits(of account: SharedAccount) async throws(JournalError) {
        _ = try await writer.write(.limit(account, nil))
    }
}
