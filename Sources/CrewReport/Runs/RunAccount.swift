package import ChatModel
package import CrewCore

/// An account of a recorded run: what it was to do, what happened, and how it ended.
package struct RunAccount {
    private let summary: RunSummary
    private let state: RunState
    private let events: [Event]
    private let result: RunResult

    /// Tells of a run.
    ///
    /// - Parameters:
    ///   - summary: Its place in the list of runs.
    ///   - state: What its events fold to.
    ///   - events: All of them.
    package init(_ summary: RunSummary, _ state: RunState, _ events: [Event]) {
        self.summary = summary
        self.state = state
        self.events = events
        result = RunResult(state)
    }

    // MARK: - For people

    /// The account in lines.
    ///
    /// - Parameters:
    ///   - store: The value of `--store` that the next command needs to find the run.
    ///   - time: Writes a point in time as the reader's clock has it.
    package func lines(store: String?, time: (Int64) -> String) -> [StyledLine] {
        var lines = head(started: time(summary.started))
        lines.append("")
        var narration = Narration()
        lines += timeline(&narration)
        lines.append("")
        for result in state.results { lines += text(of: result, narration) }
        if summary.status == .running || state.status == .running {
            var line = StyledLine(summary.status.rawValue, .odd)
            line.append(" · \(Summary.cost(result)) · \(Numbers.count(result.calls, "call")) so far")
            lines.append(line)
            if summary.status == .interrupted {
                lines.append(StyledLine("  next: crew resume \(summary.run)\(Summary.location(store))"))
            }
        } else {
            lines += Summary.lines(result, store: store, trouble: ProviderTrouble(events), resultsAreShown: true)
        }
        return lines
    }

    private func head(started: String) -> [StyledLine] {
        var title = StyledLine(state.crew.name, .bold)
        title.append(" · \(state.crew.process.name) · \(summary.run)", .faint)
        let inputs = (state.definition.inputs.objectValue ?? JSONObject()).map { "\($0.key) = \($0.value.jsonText)" }
        let models = state.crew.allModels.map { "\($0.name): \($0.model.model) at \($0.model.baseURL ?? "")" }
        let crews = state.crew.tree.dropFirst().map { node in
            "\(node.path.joined(separator: "/")): \(node.crew.name), \(node.crew.process.name)"
        }
        return [title, StyledLine("  goal: \(state.text(state.crew.goal))")]
            + inputs.map { StyledLine("  input: \($0)") }
            + models.map { StyledLine("  model \($0)") }
            + crews.map { StyledLine("  crew \($0)") }
            + [StyledLine("  started: \(started)")]
    }

    private func timeline(_ narration: inout Narration) -> [StyledLine] {
        let begin = events.first?.time ?? 0
        var lines: [StyledLine] = []
        for event in events {
            lines += narration.tell(event).map { told in
                var line = StyledLine(Numbers.clock(event.time.subtractingWithSaturation(begin)) + "  ", .faint)
                line.append(told.weight == .detail ? "  " : "")
                line.append(told.line)
                return line
            }
        }
        return lines
    }

    private func text(of result: AcceptedResult, _ narration: Narration) -> [StyledLine] {
        let what = result.task.map { " of \($0)" } ?? ""
        let body = PrintableText.lines(result.text).split(separator: "\n", omittingEmptySubsequences: false)
        let who = narration.name(of: .assignment(result.assignment))
        return [StyledLine("--- result \(result.id)\(what), by \(who)", .name)]
            + body.map { StyledLine(String($0)) } + [""]
    }

    // MARK: - For programs

    /// The account as a JSON object: what `crew run --output json` prints, and how it came to that.
    package var fields: JSONFields {
        var fields = ResultObject.of(result, status: state.status == .running ? summary.status : result.status)
        fields.add("crew", state.crew.name)
        fields.add("process", state.crew.process.name)
        fields.add("started", Timestamp.iso8601(summary.started))
        fields.add("inputs", state.definition.inputs)
        fields.add("instructions", instructions)
        fields.add("assignments", state.assignments.map(assignment))
        fields.add("model_calls", calls)
        fields.add("unknown_events", BareAccount.unknown(events))
        return fields
    }

    private var instructions: [JSONFields] {
        events.compactMap { event in
            guard case .instructionIssued(let issued) = event.fact else { return nil }
            var fields = JSONFields()
            fields.add("number", .integer(Int64(issued.number)))
            fields.add("time", Timestamp.iso8601(event.time))
            fields.add("kind", issued.instruction.kind.rawValue)
            fields.add("call", issued.call)
            if let scope = issued.scope { fields.add("scope", scope) }
            return fields
        }
    }

    private func assignment(_ state: AssignmentState) -> JSONFields {
        var fields = JSONFields()
        fields.add("id", state.assignment.id)
        fields.add("agent", state.assignment.agent)
        fields.add("task", state.assignment.task)
        if let scope = state.assignment.scope { fields.add("scope", scope) }
        switch state.status {
        case .active: fields.add("status", "active")
        case .accepted(let result):
            fields.add("status", "accepted")
            fields.add("result", result)
        case .failed(let code, let message):
            fields.add("status", "failed")
            fields.add("error", ["code": .string(code), "message": .string(message)])
        }
        return fields
    }

    private var calls: [JSONFields] {
        var intents: [String: CallIntended] = [:]
        return events.compactMap { event in
            switch event.fact {
            case .callIntended(let intent):
                intents[intent.call] = intent
                return nil
            case .callCompleted(let answer):
                var fields = call(answer.call, intents[answer.call], "answered")
                fields.add("usage", ResultObject.usage(answer.usage))
                fields.add("estimated", .bool(answer.isEstimated))
                fields.add("cost_usd", answer.cost)
                fields.add("provider_cost_usd", optional: answer.providerCost)
                fields.add("cached", .bool(answer.isCached))
                return fields
            case .callFailed(let failure):
                var fields = call(failure.call, intents[failure.call], "failed")
                fields.add("error", ["code": .string(failure.code.rawValue), "message": .string(failure.message)])
                fields.add("uncertain_usd", failure.uncertain.money)
                return fields
            default: return nil
            }
        }
    }

    private func call(_ id: String, _ intent: CallIntended?, _ status: String) -> JSONFields {
        var fields = JSONFields()
        fields.add("call", id)
        fields.add("attempt", intent.map { .integer(Int64($0.attempt)) } ?? .null)
        fields.add("speaker", intent?.seat.description)
        fields.add("model", intent?.model)
        fields.add("status", status)
        return fields
    }
}
