import CrewKit
import CrewReport

/// Lets each model of each endpoint show what it can do.
struct TrialCheck {
    let provider: OpenAIModels

    /// What a trial would take, as one asks for leave.
    func question(_ models: [ModelDefinition]) -> String {
        let trials = models.compactMap { try? EndpointTrial($0, provider: provider) }
        let costs = trials.map(\.mostItCosts)
        let calls = Numbers.count(trials.count * EndpointTrial.usualCalls, "small call")
        let most =
            costs.contains { $0 == nil }
            ? "at a price that is not known"
            : "for at most \(Numbers.money(costs.reduce(Money.zero) { $0 + ($1 ?? .zero) }))"
        return "Try what \(trials.count == 1 ? "the model" : "the \(trials.count) models") can do, "
            + "with \(calls) \(most)?"
    }

    /// Makes the calls, says how they went, and remembers what was learned.
    func findings(_ models: [ModelDefinition], isOfFile: Bool) async -> [Finding] {
        var findings: [Finding] = []
        for model in models {
            // Without its key there is nothing to try; that was said already.
            guard let trial = try? EndpointTrial(model, provider: provider) else { continue }
            let known = await provider.dialect(for: model)
            let report = await trial.run(beginningWith: known)
            findings += Self.findings(report, subject: isOfFile ? "trial of \(model.name)" : "trial")
            await provider.remember(report.learned(since: known, of: model.name), for: model)
        }
        return findings
    }

    static func findings(_ report: EndpointTrial.Report, subject: String) -> [Finding] {
        var findings = report.forms.map { form in
            Finding(form.outcome == .works ? .good : .hint, subject, "\(form.form.rawValue) \(words(form.outcome))")
        }
        if let streaming = report.streaming {
            let usage = report.streamsUsage ? "with its usage" : "without its usage, so its bound is counted"
            let text = streaming == .works ? "streaming works, \(usage)" : "streaming \(words(streaming))"
            findings.append(Finding(streaming == .works && report.streamsUsage ? .good : .hint, subject, text))
        }
        let cost = report.cost.map { "at most \(Numbers.money($0))" } ?? "no known price"
        let account = "\(Numbers.count(report.calls, "call")), \(cost)"
        if let obstacle = report.obstacle {
            findings.append(Finding(.problem, subject, "\(obstacle) (\(account))", remedy: "mend this, and try again"))
        } else if let dialect = report.dialect {
            let form = dialect.structuredOutput.rawValue
            findings.append(Finding(.good, subject, "\(account); runs will ask for \(form), as is now remembered"))
        } else {
            findings.append(
                Finding(
                    .problem,
                    subject,
                    "no way to an answer that follows a schema works (\(account))",
                    remedy: "a larger model, or a server with schemas (such as llama.cpp or vLLM), does better"
                )
            )
        }
        return findings
    }

    private static func words(_ outcome: EndpointTrial.Outcome) -> String {
        switch outcome {
        case .works: "works"
        case .ignored(let what): "brings \(what)"
        case .failed(let reason): "does not work: \(reason)"
        }
    }
}
