import ChatModel

/// What a run has heard of its endpoints, by their addresses.
struct EndpointContact: Sendable, Hashable {
    /// Those that answered something, be it an objection.
    private var heard: Set<String> = []
    /// Those that could not be reached.
    private var missed: Set<String> = []

    /// Whether the endpoint was there earlier in this run.
    func hasBeenHeard(_ address: String) -> Bool { heard.contains(address) }

    /// Whether nobody has ever answered there, as far as this run can tell.
    func isSilent(_ address: String) -> Bool { missed.contains(address) && !heard.contains(address) }

    mutating func hear(_ address: String) { heard.insert(address) }

    mutating func take(_ failure: CallFailed, from address: String) {
        if failure.status != nil { hear(address) } else if failure.code == .unreachable { missed.insert(address) }
    }
}

extension RunState {
    /// Whether a failure is one of a server that cannot answer yet, and is waited for.
    ///
    /// That is: a server which loads its model; one that cannot be reached although it answered earlier in this run, as
    /// while it restarts; and an attempt that this program itself holds back, by its circuit breaker or its rate limiter.
    /// Who has never been heard is waited for only where somebody chose the patience: otherwise most likely nothing runs
    /// there, and a person had better know. Nobody is waited for whose model has a fallback left.
    func isWaitedFor(_ failure: CallFailed, in exchange: Exchange) -> Bool {
        guard fallback(for: exchange) == nil else { return false }
        let address = address(of: exchange.model)
        let awaitsStart = model(exchange.model)?.awaitsStart ?? false
        switch failure.code {
        case .loading: return true
        case .unreachable: return awaitsStart || contact.hasBeenHeard(address)
        default: return failure.isWait == true && (awaitsStart || !contact.isSilent(address))
        }
    }

    /// For how long this model's server is waited for, in milliseconds.
    func patience(of model: String) -> Int { self.model(model)?.patience ?? ModelDefinition.defaultPatience }

    /// The address of a model's endpoint.
    func address(of model: String) -> String { self.model(model)?.baseURL ?? "" }

    /// What follows when a server that cannot answer yet has been asked in vain.
    func decideOnWait(
        _ failure: CallFailed,
        of call: OpenCall,
        _ exchange: Exchange,
        at now: Int64
    ) -> Fact {
        let waited = max(0, now.subtractingWithSaturation(call.waitingSince ?? now))
        let patience = patience(of: exchange.model)
        if let wait = RetryPolicy.wait(after: failure, waited: waited, patience: patience, seed: retrySeed(call)) {
            return .retryScheduled(RetryScheduled(call: call.id, at: now.addingWithSaturation(Int64(wait))))
        }
        let spent = waited > 0 ? "; it was waited for \(Format.duration(waited))" : ""
        return self.failure(of: exchange, failure.code.rawValue, lastWords(failure, in: exchange) + spent)
    }
}
