package import ChatModel
package import CrewCore

/// The runs of a store, as people and programs read them.
package enum RunList {
    /// A run as a JSON object.
    package static func fields(_ run: RunSummary, isPriced: Bool) -> JSONFields {
        var fields = JSONFields()
        fields.add("run", run.run)
        fields.add("crew", run.crew)
        fields.add("status", run.status.rawValue)
        fields.add("started", Timestamp.iso8601(run.started))
        fields.add("updated", Timestamp.iso8601(run.updated))
        fields.add("cost_usd", run.cost)
        fields.add("uncertain_usd", run.uncertain)
        fields.add("priced", .bool(isPriced))
        fields.add("calls", .integer(Int64(run.calls)))
        fields.add("tokens", .integer(Int64(run.tokens)))
        return fields
    }

    /// The list as a table.
    ///
    /// - Parameters:
    ///   - runs: The runs.
    ///   - unpriced: Those of whose models no price is known.
    ///   - time: Writes a point in time as the reader's clock has it.
    package static func table(_ runs: [RunSummary], unpriced: Set<String>, time: (Int64) -> String) -> String {
        Table(
            header: ["RUN", "CREW", "STATUS", "STARTED", "COST", "CALLS", "TOKENS"],
            rightAligned: [4, 5, 6],
            rows: runs.map { run in
                [
                    run.run, run.crew, run.status.rawValue, time(run.started),
                    unpriced.contains(run.run) ? "no price" : Numbers.money(run.cost), Numbers.count(run.calls),
                    Numbers.count(run.tokens),
                ]
            }
        ).text
    }
}
