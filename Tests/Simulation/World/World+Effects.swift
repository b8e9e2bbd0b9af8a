import ChatModel
import CrewCore

/// Performing work: model calls and tool calls.
extension World {
    func start(_ work: [Work], _ executor: Executor) throws(Violation) {
        for item in work {
            if strikes(.crashInWork) { return kill(executor, "while it begins its work") }
            effects += 1
            executor.effects[effects] = Executor.Effect(work: item)
            switch item {
            case .callModel(let call): try startModel(call, effects, executor)
            case .callTool(let tool): try startTool(tool, effects, executor)
            }
        }
    }

    private func startModel(_ call: Work.ModelCall, _ id: Int, _ executor: Executor) throws(Violation) {
        try audit.modelCalled(call, by: executor, isNewest: executor === newest)
        let answer = provider.answer(call, executor.state, &choices)
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
        note("executor \(executor.number) asks \(call.model) for \(call.call)")
        executor.effects[id]?.outcome = outcome
        schedule(.delivery(executor, id), in: latency)
    }

    private func startTool(_ tool: Work.ToolWork, _ id: Int, _ executor: Executor) throws(Violation) {
        let key = sabotage == .keyOfExecutor ? "run/\(executor.number)/\(tool.id)" : "run/\(tool.id)"
        try audit.toolStarted(tool, key: key, by: executor, isNewest: executor === newest)
        note("executor \(executor.number) calls \(tool.name) for \(tool.id)")
        schedule(.toolPerformed(executor, id), in: delay())
    }

    /// The moment at which a tool does what it does.
    func performTool(_ executor: Executor, _ id: Int) throws(Violation) {
        guard case .callTool(let tool)? = executor.effects[id]?.work else { return }
        switch executor.life {
        case .dead: return
        // A tool that does not heed its cancellation goes on unobserved.
        case .stopped: guard choices.chance(50) else { return }
        case .running: break
        }
        let granted = scenario.created.tools[tool.agent, default: []]
        let specification = granted.first { $0.declaration.name == tool.name }
        guard let specification, tool.arguments == "{}" else {
            return finish(executor, id, tool, .rejected, "no such tool or arguments")
        }
        try audit.toolPerformed(tool, isIdempotent: specification.isIdempotent)
        if executor.isAlive, strikes(.crashInWork) {
            return kill(executor, "when \(tool.id) has had its effect")
        }
        if strikes(.lostOutcome) {
            return finish(executor, id, tool, .timedOut, "too slow", in: Int64(specification.timeout))
        }
        switch choices.one(of: ToolCompleted.Outcome.completed, .failed, .rejected) {
        case .completed: finish(executor, id, tool, .completed, "done by \(tool.name)", in: delay())
        case .failed: finish(executor, id, tool, .failed, "broken", in: delay())
        case .rejected, .timedOut: finish(executor, id, tool, .rejected, "otherwise, please", in: delay())
        }
    }

    private func finish(
        _ executor: Executor,
        _ id: Int,
        _ tool: Work.ToolWork,
        _ outcome: ToolCompleted.Outcome,
        _ text: String,
        in delay: Int64 = 0
    ) {
        executor.effects[id]?.outcome = .toolCompleted(ToolCompleted(tool: tool.id, outcome: outcome, text: text))
        schedule(.delivery(executor, id), in: delay)
    }

    /// An executor learns what came of an effect.
    func deliver(_ executor: Executor, _ id: Int) throws(Violation) {
        guard executor.isAlive, let effect = executor.effects[id], let outcome = effect.outcome else { return }
        if !effect.isDuplicated, strikes(.duplicatedOutcome) {
            executor.effects[id]?.isDuplicated = true
            schedule(.delivery(executor, id), in: delay())
        } else {
            executor.effects[id] = nil
        }
        try report(.outcome(outcome), to: executor)
    }
}
