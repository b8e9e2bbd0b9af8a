package import ChatModel
package import CrewCore

/// Tells the events of a run in lines that people read, in the order in which they happen.
package struct Narration {
    /// How much a line matters.
    package enum Weight: Int, Comparable {
        /// Something begins; of interest to whoever looks closely.
        case detail
        /// Something was done or decided.
        case step

        package static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
    }

    /// What is told of one event.
    package struct Line {
        package var weight: Weight
        package var line: StyledLine
    }

    private struct Spent {
        var tokens = 0
        var cost = Money.zero
        var isEstimated = false

        mutating func add(_ answer: CallCompleted) {
            tokens = tokens.addingWithSaturation(answer.usage.total)
            cost += answer.cost
            if answer.isEstimated { isEstimated = true }
        }
    }

    /// The processes of the crews, by their paths; the run's own has none.
    private var processes: [String: String] = [:]
    private var assignments: [String: Assignment] = [:]
    private var seats: [String: Seat] = [:]
    private var models: [String: String] = [:]
    private var tools: [String: ToolIntended] = [:]
    /// What was spent on assignments, by their identifiers.
    private var spent: [String: Spent] = [:]
    private var failures: [String: CallFailed] = [:]
    /// The models that calls ask, and how long each is waited for.
    private var asked: [String: String] = [:]
    private var patience: [String: Int] = [:]
    /// The calls whose wait for a server has been told.
    private var waits: [String: ChatError.Code] = [:]

    /// Begins a tale.
    package init() {}

    /// The name of whoever leads an exchange, after those of the crews around it.
    package func name(of seat: Seat?) -> String {
        switch seat {
        case .coordinator(let scope): (path(of: scope) + ["coordinator"]).joined(separator: "/")
        case .assignment(let id): path(of: id).joined(separator: "/")
        case nil: "somebody"
        }
    }

    /// The assignments of the member crews around an assignment, the outermost first.
    package func assignments(around id: String?) -> [String] {
        guard let scope = id.flatMap({ assignments[$0]?.scope }) else { return [] }
        return assignments(around: scope) + [scope]
    }

    /// The names that lead to the member that works on an assignment; none without one.
    private func path(of id: String?) -> [String] {
        guard let id else { return [] }
        return (assignments(around: id) + [id]).map { assignments[$0]?.agent ?? $0 }
    }

    /// The assignment of that identifier, once it has begun.
    package func assignment(_ id: String) -> Assignment? { assignments[id] }

    /// Takes an event in and tells it.
    package mutating func tell(_ event: Event) -> [Line] {
        switch event.fact {
        case .runCreated(let created): return began(created)
        case .runResumed(let resumed):
            let more = resumed.instructions.map { ", with \(Numbers.count($0, "instruction")) in all" } ?? ""
            let prompts = resumed.prompts == nil ? "" : ", with other prompts"
            return [step("run", "resumed (executor \(resumed.epoch))\(more)\(prompts)")]
                + (resumed.withdrawn ?? []).map { detail("run", "granted no longer: \($0)") }
        case .instructionIssued(let issued): return [instruction(issued)]
        case .assignmentStarted(let assignment):
            assignments[assignment.id] = assignment
            return [
                detail(name(of: .assignment(assignment.id)), "begins \(assignment.id)\(Self.task(assignment.task))")
            ]
        case .callIntended(let intent):
            seats[intent.call] = intent.seat
            asked[intent.call] = intent.model
            let again = intent.attempt > 1 ? ", attempt \(intent.attempt)" : ""
            return [
                detail(
                    name(of: intent.seat),
                    "calls \(models[intent.model] ?? intent.model) (\(intent.call)\(again))"
                )
            ]
        case .callCompleted(let answer): return [completed(answer)]
        case .callFailed(let failure):
            failures[failure.call] = failure
            let status = failure.status.map { " (HTTP \($0))" } ?? ""
            return [
                detail(
                    name(of: seats[failure.call]),
                    "call \(failure.call) failed: \(failure.message)\(status)",
                    .odd
                )
            ]
        case .retryScheduled(let retry): return [retrying(retry, at: event.time)]
        case .dialectLearned(let lesson):
            return [
                step(
                    "endpoint",
                    lesson.evidence == .ignored
                        ? "did not keep to the form of the answer; asking another way"
                        : "does not take \(Self.words(lesson.withdrawn.rawValue)) as sent; asking another way",
                    .odd
                )
            ]
        case .modelReplaced(let change):
            let who = name(of: seats[change.call])
            return [step(who, "the model \(change.from) failed for good; going on with \(change.to)", .odd)]
        case .toolIntended(let tool):
            tools[tool.tool] = tool
            return [detail(name(of: Seat(tool.assignment)), "uses \(tool.name)(\(Self.short(tool.arguments)))")]
        case .toolCompleted(let end): return [completed(end)]
        case .answerRejected(let rejection):
            let reasons = rejection.reasons.map { Self.short($0, 160) }.joined(separator: "; ")
            return [step(name(of: seats[rejection.call]), "answer rejected: \(reasons)", .odd)]
        case .resultAccepted(let result): return [accepted(result)]
        case .assignmentFailed(let failure):
            let assignment = assignments[failure.assignment]
            return [
                step(
                    name(of: .assignment(failure.assignment)),
                    "\(failure.assignment)\(Self.task(assignment?.task)) failed: \(failure.message)",
                    .bad
                )
            ]
        case .stallDetected(let stall):
            let who = (path(of: stall.scope) + ["engine"]).joined(separator: "/")
            return [
                step(who, "\(Numbers.count(stall.instructions, "instruction")) brought nothing new: plan", .odd)
            ]
        case .limitReached(let limit): return [step("limit", limit.message, .odd)]
        case .signalReceived(let signal): return [told(signal)]
        case .runEnded(let end):
            return [detail("run", [end.status.rawValue, end.message].compactMap(\.self).joined(separator: ": "))]
        case .unknown(let fact):
            let version = fact.version > 1 ? ", version \(fact.version)" : ""
            return [step("journal", "\(Self.short(fact.type))\(version), which only a newer crew understands", .odd)]
        }
    }

    // MARK: - One kind of event each

    private mutating func began(_ created: RunCreated) -> [Line] {
        for node in created.crew.tree { processes[node.path.joined(separator: "/")] = node.crew.process.name }
        for (name, model) in created.crew.allModels {
            models[name] = model.model
            patience[name] = model.patience
        }
        let used = Set(models.values).sorted().joined(separator: ", ")
        return [step("run", "\(created.run) of crew \(created.crew.name) (\(created.crew.process.name), \(used))")]
    }

    private func instruction(_ issued: InstructionIssued) -> Line {
        let crew = path(of: issued.scope)
        let decider = issued.call == nil ? processes[crew.joined(separator: "/")] ?? "process" : "coordinator"
        var line = StyledLine((crew + [decider]).joined(separator: "/"), .name)
        line.append(" → ")
        line.append(Self.words(issued.instruction.kind.rawValue), .bold)
        switch issued.instruction {
        case .delegate(let delegate):
            let parts = delegate.assignments.map { order in
                let remark = order.objective.isEmpty || issued.call == nil ? "" : " “\(Self.short(order.objective))”"
                return order.agent + (order.task.map { ": \($0)" } ?? "") + remark
            }
            line.append(" " + parts.joined(separator: " · "))
        case .revise(let revise): line.append(" \(revise.result): \(Self.short(revise.feedback, 160))")
        case .plan(let plan): line.append(" " + plan.steps.map { Self.short($0) }.joined(separator: " · "))
        case .finish(let finish):
            if !finish.results.isEmpty { line.append(" with \(finish.results.joined(separator: ", "))") }
        case .giveUp(let giveUp): line.append(": \(Self.short(giveUp.reason, 160))")
        }
        return Line(weight: .step, line: line)
    }

    private mutating func completed(_ answer: CallCompleted) -> Line {
        let seat = seats[answer.call]
        failures[answer.call] = nil
        waits[answer.call] = nil
        // What a member crew's members spend is spent on its assignment.
        switch seat {
        case .assignment(let id): for id in assignments(around: id) + [id] { spent[id, default: Spent()].add(answer) }
        case .coordinator(let id?): for id in assignments(around: id) + [id] { spent[id, default: Spent()].add(answer) }
        case .coordinator(nil), nil: break
        }
        let estimated = answer.isEstimated ? "at most " : ""
        let numbers =
            answer.isCached
            ? "from the cache"
            : "\(estimated)\(Numbers.count(answer.usage.input)) tokens read, \(Numbers.count(answer.usage.output)) written, "
                + Numbers.money(answer.cost)
                + (answer.providerCost.map { ", \(Numbers.money($0)) by the provider's word" } ?? "")
        let ending =
            answer.finishReason == .stop || answer.finishReason == .toolCalls ? "" : ", \(answer.finishReason.rawValue)"
        return detail(name(of: seat), "call \(answer.call) answered (\(numbers)\(ending))")
    }

    private mutating func retrying(_ retry: RetryScheduled, at time: Int64) -> Line {
        if let failure = failures[retry.call], failure.isWait == true || failure.code == .unreachable {
            // A server that is waited for is told of once: what follows is the same again.
            let isTold = waits.updateValue(failure.code, forKey: retry.call) == failure.code
            if failure.isWait == true, failure.code != .unreachable {
                return waiting(failure, until: retry.at, at: time, isTold: isTold)
            }
            if isTold { return detail(name(of: seats[retry.call]), "\(failure.message); still waiting", .odd) }
        }
        let wait = retry.at.subtractingWithSaturation(time)
        let when = wait > 0 ? "in \(Numbers.duration(wait))" : "at once"
        let reason = failures[retry.call].map { failure in
            failure.status.map { "\(failure.message) (HTTP \($0))" } ?? failure.message
        }
        return step(name(of: seats[retry.call]), "\(reason ?? "no answer"); trying again \(when)", .odd)
    }

    private func waiting(_ failure: CallFailed, until: Int64, at time: Int64, isTold: Bool) -> Line {
        let who = name(of: seats[failure.call])
        let model = asked[failure.call] ?? ""
        let status = failure.status.map { " (HTTP \($0))" } ?? ""
        let next = Numbers.duration(max(0, until.subtractingWithSaturation(time)))
        if isTold { return detail(who, "\(failure.message)\(status); looks again in \(next)", .odd) }
        let most = patience[model].map { ", for \(Numbers.duration(Int64($0))) at most" } ?? ""
        return step(
            who,
            "waits for \(models[model] ?? model)\(most): \(failure.message)\(status); looks again in \(next)",
            .odd
        )
    }

    private func completed(_ end: ToolCompleted) -> Line {
        let tool = tools[end.tool]
        let call = tool.map { "\($0.name)(\(Self.short($0.arguments)))" } ?? end.tool
        let who = tool.map { name(of: Seat($0.assignment)) } ?? "tool"
        switch end.outcome {
        case .completed: return step(who, "\(call) → \(Self.short(end.text))")
        case .rejected, .failed, .timedOut:
            return step(who, "\(call) \(Self.words(end.outcome.rawValue)): \(Self.short(end.text, 160))", .odd)
        }
    }

    private mutating func accepted(_ result: AcceptedResult) -> Line {
        let used = spent.removeValue(forKey: result.assignment) ?? Spent()
        let tokens = (used.isEstimated ? "at most " : "") + Numbers.count(used.tokens, "token")
        let what = result.task.map { " for \($0)" } ?? ""
        var line = StyledLine(
            assignments[result.assignment] == nil ? result.agent : name(of: .assignment(result.assignment)),
            .name
        )
        line.append(": ")
        line.append("result \(result.id)\(what) accepted", .good)
        line.append(" (\(tokens), \(Numbers.money(used.cost)))", .faint)
        return Line(weight: .step, line: line)
    }

    private func told(_ fact: SignalReceived) -> Line {
        let speaker = fact.speaker.map { " by \(Self.short($0))" } ?? ""
        if let reason = fact.refused {
            return step(
                "signal",
                "\(Self.short(fact.signal.kind)), said\(speaker), is refused: \(reason)",
                .odd
            )
        }
        switch fact.signal {
        case .cancel: return step("run", "cancelled\(speaker)", .odd)
        case .pause:
            return step("run", "paused\(speaker): what is under way ends, and nothing more is begun", .odd)
        case .limit(let limits, let instructions):
            let parts = [
                limits.money.map { Numbers.money($0) }, limits.tokens.map { Numbers.count($0, "token") },
                limits.calls.map { Numbers.count($0, "call") }, limits.time.map(DurationText.text),
                instructions.map { Numbers.count($0, "instruction") },
            ]
            return step("run", "limited\(speaker) to \(parts.compactMap(\.self).joined(separator: ", "))", .odd)
        case .unknown(let signal): return step("signal", Self.short(signal.kind), .odd)
        }
    }

    // MARK: - Wording

    private func step(_ who: String, _ what: String, _ style: StyledLine.Style = .plain) -> Line {
        Line(weight: .step, line: Self.line(who, what, style))
    }

    private func detail(_ who: String, _ what: String, _ style: StyledLine.Style = .plain) -> Line {
        Line(weight: .detail, line: Self.line(who, what, style))
    }

    private static func line(_ who: String, _ what: String, _ style: StyledLine.Style) -> StyledLine {
        var line = StyledLine(who, .name)
        line.append(": ")
        line.append(what, style)
        return line
    }

    private static func task(_ name: String?) -> String { name.map { " (task \($0))" } ?? "" }

    private static func words(_ name: String) -> String { name.split(separator: "_").joined(separator: " ") }

    /// The beginning of a text that may be of any length.
    private static func short(_ text: String, _ columns: Int = 60) -> String {
        // Far more than fits, so that a long text is not measured to its end.
        TextWidth.fitting(PrintableText.line(text.prefix(columns * 2)), columns)
    }
}
