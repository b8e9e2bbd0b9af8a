package import ChatModel
package import CrewCore

/// What can be told of a run that only a newer crew understands: its place in the list of runs, and its events by name.
package struct BareAccount {
    private let summary: RunSummary
    private let events: [Event]

    /// Tells what can be told of a run by its place in the list and its events.
    package init(summary: RunSummary, events: [Event]) {
        self.summary = summary
        self.events = events
    }

    /// The account in lines.
    package var lines: [StyledLine] {
        var title = StyledLine(summary.crew, .bold)
        title.append(" · \(summary.run)", .faint)
        var narration = Narration()
        let begin = events.first?.time ?? 0
        let told = events.flatMap { event in
            narration.tell(event).map { told in
                var line = StyledLine(Numbers.clock(event.time.subtractingWithSaturation(begin)) + "  ", .faint)
                line.append(told.line)
                return line
            }
        }
        var status = StyledLine(summary.status.rawValue, .odd)
        status.append(" · \(Numbers.money(summary.cost)) · \(Numbers.count(summary.calls, "call"))")
        let advice = StyledLine("  written by a newer crew: update crew to see more of it, and to resume it")
        return [title, StyledLine("  goal: \(summary.goal)"), StyledLine("")] + told + [StyledLine(""), status, advice]
    }

    /// The account as a JSON object.
    package var fields: JSONFields {
        var fields = JSONFields()
        fields.add("run", summary.run)
        fields.add("status", summary.status.rawValue)
        fields.add("crew", summary.crew)
        fields.add("started", Timestamp.iso8601(summary.started))
        fields.add("cost_usd", summary.cost)
        fields.add("uncertain_usd", summary.uncertain)
        fields.add("calls", .integer(Int64(summary.calls)))
        fields.add("unknown_events", Self.unknown(events))
        return fields
    }

    /// The events among these that only a newer crew understands.
    package static func unknown(_ events: [Event]) -> [JSONFields] {
        events.compactMap { event in
            guard case .unknown(let fact) = event.fact else { return nil }
            var fields = JSONFields()
            fields.add("sequence", .integer(Int64(event.sequence)))
            fields.add("type", fact.type)
            fields.add("version", .integer(Int64(fact.version)))
            return fields
        }
    }
}
