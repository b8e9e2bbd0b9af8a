import ChatModel
import CrewCore

/// Performing work: model calls and tool calls.
extension World {
    func start(_ work: [Work], _ shell: Shell) throws(Violation) {
        for item in work {
            if strikes(.crashInWork) { return kill(shell, "while it begins its work") }
            effects += 1
            shell.effects[effects] = Shell.Effect(work: item)
            switch item {
            case .callModel(let call): try startModel(call, effects, shell)
            case .callTool(let tool): try startTool(tool, effects, shell)
            }
        }
    }

    private func startModel(_ call: Work.ModelCall, _ id: Int, _ shell: Shell) throws(Violation) {
        try audit.modelCalled(call, by: shell, isNewest: shell === newest)
        let answer = provider.answer(call, shell.state, &choices)
        if let billed = answer.billed { audit.bill(billed, for: call) }
        var outcome =
            switch answer.result {
            case .success(let response): call.outcome(response)
            case .failure(let error): call.outcome(error)
            }
        var latency = delay()
        if strikes(.lostOutcome) {
            outcome = call.outcome(ChatError(.timedOut, "no answer in time", wasSent: true))
            latency = Int64(call.request.timeout)
        }
        note("executor \(shell.number) asks \(call.model) for \(call.call)")
        shell.effects[id]?.outcome = outcome
        schedule(.delivery(shell, id), in: latency)
    }

    private func startTool(_ tool: Work.ToolWork, _ id: Int, _ shell: Shell) throws(Violation) {
        let key = sabotage == .keyOfExecutor ? "run/\(shell.number)/\(tool.id)" : "run/\(tool.id)"
        try audit.toolStarted(tool, key: key, by: shell, isNewest: shell === newest)
        note("executor \(shell.number) calls \(tool.name) for \(tool.id)")
        schedule(.toolPerformed(shell, id), in: delay())
    }

    /// The moment at which a tool does what it does.
    func performTool(_ shell: Shell, _ id: Int) throws(Violation) {
        guard case .callTool(let tool)? = shell.effects[id]?.work else { return }
        switch shell.life {
        case .dead: return
        // A tool that does not heed its cancellation goes on unobserved.
        case .stopped: guard choices.chance(50) else { return }
        case .running: break
        }
        let granted = scenario.created.tools[tool.agent, default: []]
        let specification = granted.first { $0.declaration.name == tool.name }
        guard let specification, tool.arguments == "{}" else {
            return finish(shell, id, tool, .rejected, "no such tool or arguments")
        }
        try audit.toolPerformed(tool, isIdempotent: specification.isIdempotent)
        if shell.isAlive, strikes(.crashInWork) {
            return kill(shell, "when \(tool.id) has had its effect")
        }
        if strikes(.lostOutcome) {
            return finish(shell, id, tool, .timedOut, "too slow", in: Int64(specification.timeout))
        }
        switch choices.one(of: ToolCompleted.Outcome.completed, .failed, .rejected) {
        case .completed: finish(shell, id, tool, .completed, "done by \(tool.name)", in: delay())
        case .failed: finish(shell, id, tool, .failed, "broken", in: delay())
        case .rejected, .timedOut: finish(shell, id, tool, .rejected, "otherwise, please", in: delay())
        }
    }

    private func finish(
        _ shell: Shell,
        _ id: Int,
        _ tool: Work.ToolWork,
        _ outcome: ToolCompleted.Outcome,
        _ text: String,
        in delay: Int64 = 0
    ) {
        shell.effects[id]?.outcome = .toolCompleted(ToolCompleted(tool: tool.id, outcome: outcome, text: text))
        schedule(.delivery(shell, id), in: delay)
    }

    /// A shell learns what came of an effect.
    func deliver(_ shell: Shell, _ id: Int) throws(Violation) {
        guard shell.isAlive, let effect = shell.effects[id], let outcome = effect.outcome else { return }
        if !effect.isDuplicated, strikes(.duplicatedOutcome) {
            shell.effects[id]?.isDuplicated = true
            schedule(.delivery(shell, id), in: delay())
        } else {
            shell.effects[id] = nil
        }
        shell.owed.append(outcome)
        try tell(.outcome(outcome), to: shell)
    }
}
