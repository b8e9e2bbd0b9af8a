import ChatModel
import CrewCore
import CrewRuntime
import CrewStore
import GRDB

/// The accounts above the runs: a row for each that has a limit.
///
/// An account without a limit has no row and costs nothing; what was used of it is the sum over its runs, and that is
/// what its row begins with when a limit is set.
enum AccountTable {
    /// Takes in what events of a run move on the accounts above it, within the transaction that records the events.
    ///
    /// - Throws: `overBudget` when one of them has no room for a hold; then none of them was changed.
    static func take(_ movement: Movement, ofCrew crew: String, _ db: Database) throws {
        guard movement != Movement() else { return }
        var accounts: [(name: SharedAccount, account: Ledger.Account)] = []
        // One after the other: for a list of names SQLite makes a table, at the price of the whole transaction.
        for name in SharedAccount.path(ofCrew: crew) {
            let statement = try BoundStatement(db, selectOne)
            try statement.bind(1, name.description)
            if try statement.step() { accounts.append(try account(statement)) }
        }
        if accounts.isEmpty { return }
        let changed: [(name: SharedAccount, account: Ledger.Account)]
        do throws(AccountShortage) { changed = try movement.applied(to: accounts) } catch {
            throw JournalError(error)
        }
        for (name, account) in changed {
            try db.cachedStatement(sql: "UPDATE accounts SET \(Balance.assignments) WHERE account = ?")
                .execute(arguments: StatementArguments(Balance(account).values) + [name.description])
        }
    }

    /// Gives an account limits, each of which stays as it is where none is given, or takes them all away.
    static func limit(_ name: SharedAccount, to limits: Limits?, _ db: Database) throws {
        guard let limits else {
            try db.execute(sql: "DELETE FROM accounts WHERE account = ?", arguments: [name.description])
            if db.changesCount > 0 { try RegisterTable.add(.limits(name, nil), db) }
            return
        }
        let limited: StatementArguments = [
            name.description, limits.money?.picodollars, limits.tokens.map { Int64($0) },
            limits.calls.map { Int64($0) },
        ]
        try db.execute(
            sql: """
                INSERT INTO accounts (account, limit_money, limit_tokens, limit_calls, \(Balance.list))
                VALUES (?, ?, ?, ?, \(Balance.marks))
                ON CONFLICT DO UPDATE SET limit_money = ifnull(excluded.limit_money, limit_money),
                    limit_tokens = ifnull(excluded.limit_tokens, limit_tokens),
                    limit_calls = ifnull(excluded.limit_calls, limit_calls)
                """,
            arguments: limited + StatementArguments((try sums(db)[name] ?? Balance()).values)
        )
        try RegisterTable.add(.limits(name, try Self.limits(of: name, db)), db)
    }

    private static func limits(of name: SharedAccount, _ db: Database) throws -> Limits {
        let statement = try BoundStatement(db, "\(select) WHERE account = ?")
        try statement.bind(1, name.description)
        guard try statement.step() else { throw unreadable("\(name)") }
        return try account(statement).account.limits
    }

    /// The accounts that have a row.
    static func limited(_ db: Database) throws -> [(name: SharedAccount, account: Ledger.Account)] {
        var accounts: [(name: SharedAccount, account: Ledger.Account)] = []
        let statement = try BoundStatement(db, "\(select) ORDER BY account")
        while try statement.step() { accounts.append(try account(statement)) }
        return accounts
    }

    /// What the runs of each account have used in all, as far as can be counted.
    static func sums(_ db: Database) throws -> [SharedAccount: Balance] {
        var sums: [SharedAccount: Balance] = [.project: Balance()]
        let rows = try Row.fetchCursor(db, sql: "SELECT crew, \(Balance.list) FROM runs")
        while let row = try rows.next() {
            guard let crew = row.text(0), let balance = Balance(row, from: 1) else { throw unreadable("project") }
            for account in SharedAccount.path(ofCrew: crew) { sums[account, default: Balance()].add(balance) }
        }
        return sums
    }

    private static let select = "SELECT account, limit_money, limit_tokens, limit_calls, \(Balance.list) FROM accounts"
    private static let selectOne = "\(select) WHERE account = ?"

    private static func account(_ row: borrowing BoundStatement) throws -> (
        name: SharedAccount, account: Ledger.Account
    ) {
        guard let name = row.text(0).flatMap({ SharedAccount($0) }), let balance = Balance(row, from: 4) else {
            throw unreadable(row.text(0) ?? "?")
        }
        let limits = Limits(
            money: row.integer(1).map { Money(picodollars: $0) },
            tokens: row.integer(2).map { Int($0) },
            calls: row.integer(3).map { Int($0) }
        )
        return (
            name,
            Ledger.Account(
                limits,
                settled: balance.settled,
                held: balance.held,
                uncertain: balance.uncertain
            )
        )
    }

    private static func unreadable(_ account: String) -> JournalError {
        JournalError(.damaged, "the account \(account) is unreadable. Restore the store from a copy.")
    }
}
