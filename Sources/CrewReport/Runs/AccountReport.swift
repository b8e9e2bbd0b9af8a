package import ChatModel
package import CrewCore

/// The accounts, as people and programs read them.
package enum AccountReport {
    /// An account by its name.
    package typealias Row = (name: String, account: Ledger.Account)

    /// The accounts of a run: its own, and those of its members that have limits.
    package static func rows(of state: RunState) -> [Row] {
        let run = "run/\(state.definition.run)"
        let members = state.ledger.members.sorted { $0.key < $1.key }
        return [(run, state.ledger.run)] + members.map { ("\(run)/\($0.key)", $0.value) }
    }

    /// A table, and below it the runs that hold something.
    package static func text(_ accounts: [AccountSummary], _ location: String) -> String {
        let holders = accounts.first { $0.account == .project }?.holders ?? []
        return ([table(accounts)] + holders.map { holder($0, location) + "\n" }).joined()
    }

    /// A table alone.
    package static func table(_ accounts: [AccountSummary]) -> String {
        table(accounts.map { ("\($0.account)", $0.asAccount) })
    }

    /// A table of any accounts.
    package static func table(_ rows: [Row]) -> String {
        Table(
            header: ["ACCOUNT", "SETTLED", "HELD", "UNCERTAIN", "LIMIT", "FREE", "TOKENS", "CALLS"],
            rightAligned: [1, 2, 3, 4, 5, 6, 7],
            rows: rows.map { name, account in
                let used = account.committed
                return [
                    name, Numbers.money(account.settled.money), Numbers.money(account.held.money),
                    Numbers.money(account.uncertain.money), account.limits.money.map(Numbers.money) ?? "none",
                    account.headroom.money.map(Numbers.money) ?? "-", count(used.tokens, account.limits.tokens),
                    count(used.calls, account.limits.calls),
                ]
            }
        ).text
    }

    private static func count(_ used: Int, _ limit: Int?) -> String {
        Numbers.count(used) + (limit.map { " of \(Numbers.count($0))" } ?? "")
    }

    private static func holder(_ run: RunSummary, _ location: String) -> String {
        let amounts = "\(Numbers.money(run.held.money)), \(Numbers.count(run.held.calls, "call"))"
        // Whoever holds it is gone and cannot say what came of the calls.
        let advice = run.status == .running ? "under way" : "until crew resume \(run.run)\(location)"
        return PrintableText.line("held by \(run.run) of crew \(run.crew): \(amounts), \(advice)")
    }

    /// The accounts as one JSON object.
    package static func fields(_ accounts: [AccountSummary]) -> JSONFields {
        var document = JSONFields()
        document.add("accounts", accounts.map { fields(of: $0) })
        return document
    }

    /// Any accounts as one JSON object.
    package static func fields(_ rows: [Row]) -> JSONFields {
        var document = JSONFields()
        document.add("accounts", rows.map { fields(of: $0.name, $0.account) })
        return document
    }

    private static func fields(of name: String, _ account: Ledger.Account) -> JSONFields {
        var fields = JSONFields()
        fields.add("account", name)
        fields.add("settled_usd", account.settled.money)
        fields.add("held_usd", account.held.money)
        fields.add("uncertain_usd", account.uncertain.money)
        fields.add("limit_usd", optional: account.limits.money)
        fields.add("free_usd", optional: account.headroom.money)
        let used = account.committed
        for (key, value) in [
            ("tokens", used.tokens), ("limit_tokens", account.limits.tokens), ("calls", used.calls),
            ("limit_calls", account.limits.calls),
        ] {
            fields.add(key, value.map { .integer(Int64($0)) } ?? .null)
        }
        return fields
    }

    private static func fields(of account: AccountSummary) -> JSONFields {
        var fields = fields(of: "\(account.account)", account.asAccount)
        fields.add(
            "holders",
            account.holders.map { run in
                var fields = JSONFields()
                fields.add("run", run.run)
                fields.add("status", run.status.rawValue)
                fields.add("held_usd", run.held.money)
                fields.add("tokens", .integer(Int64(run.held.tokens)))
                fields.add("calls", .integer(Int64(run.held.calls)))
                return fields
            }
        )
        return fields
    }
}

extension AccountSummary {
    fileprivate var asAccount: Ledger.Account {
        Ledger.Account(limits, settled: settled, held: held, uncertain: uncertain)
    }
}
