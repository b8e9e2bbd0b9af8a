import ChatModel

/// What the run's endpoints take.
extension RunState {
    /// What a model's endpoint is thought to take, with what the crew's definition pins.
    func dialect(of model: String) -> Dialect {
        let known = dialects[model] ?? .compatible
        return self.model(model).map(known.pinned) ?? known
    }

    /// What is thought of it once it refused something; `nil` when there is nothing to give up, or it is pinned.
    func dialect(of model: String, without feature: Dialect.Feature) -> Dialect? {
        if feature == .structuredOutput, self.model(model)?.structuredOutput != nil { return nil }
        var dialect = dialects[model] ?? .compatible
        return dialect.withdraw(feature) ? dialect : nil
    }

    /// What the run found out about a model's endpoint, its lessons from one on.
    ///
    /// - Parameters:
    ///   - model: The crew's name of the model.
    ///   - first: How many lessons of the run are known already.
    package func findings(on model: String, after first: Int = 0) -> EndpointFindings {
        EndpointFindings(
            lessons: lessons.dropFirst(first).filter { $0.model == model },
            keptForms: keptForms[model] ?? []
        )
    }

    /// Notes that an answer came in the form in which it was asked for.
    mutating func noteForm(ofAnswerTo seat: Seat) {
        guard let exchange = exchange(of: seat), case .answered(let call, let answer) = exchange.phase else {
            return
        }
        let form = call.dialect.structuredOutput
        // An answer through tools that are no more than offered proves nothing of the form.
        guard exchange.schema != nil, !exchange.hasTools, !answer.isCached else { return }
        keptForms[exchange.model, default: []].insert(form)
    }
}

extension Dialect {
    /// The dialect with what a model's definition says of it.
    func pinned(by model: ModelDefinition) -> Dialect {
        var dialect = self
        if let form = model.structuredOutput { dialect.structuredOutput = form }
        if !model.streams { dialect.stream = false }
        if let role = model.systemRole { dialect.systemRole = role }
        return dialect
    }
}
