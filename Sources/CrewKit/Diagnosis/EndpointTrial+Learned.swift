package import ChatModel
package import CrewCore

extension EndpointTrial.Report {
    /// What the trial found out, for the memory.
    ///
    /// A person asked for it, so what was ignored counts as much as what was refused.
    ///
    /// - Parameters:
    ///   - known: What was thought of the endpoint before.
    ///   - model: The crew's name of the model.
    package func learned(since known: Dialect, of model: String) -> EndpointFindings {
        guard let dialect else { return EndpointFindings() }
        var findings = EndpointFindings(keptForms: Set(forms.filter { $0.outcome == .works }.map(\.form)))
        func note(_ feature: Dialect.Feature, from before: Dialect, _ words: String) {
            var after = before
            guard after.withdraw(feature) else { return }
            findings.lessons.append(
                DialectLearned(model: model, dialect: after, withdrawn: feature, evidence: .refused, words: words)
            )
        }
        for form in forms.prefix(while: { $0.outcome != .works }) {
            var before = known
            before.structuredOutput = form.form
            switch form.outcome {
            case .works: continue
            case .ignored(let what): note(.structuredOutput, from: before, "in a trial it brought \(what)")
            case .failed(let reason): note(.structuredOutput, from: before, reason)
            }
        }
        for feature in Dialect.Feature.allCases where feature != .structuredOutput {
            var after = dialect
            if !after.withdraw(feature) { note(feature, from: known, "in a trial") }
        }
        return findings
    }
}
