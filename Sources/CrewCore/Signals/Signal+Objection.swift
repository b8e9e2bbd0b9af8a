import ChatModel

extension Signal {
    /// Why no run of a crew can act on it; `nil` where one can.
    package func objection(of crew: Crew) -> String? {
        switch self {
        case .cancel, .pause: return nil
        case .unknown: return "it was said by a newer crew, and this one does not know what it means"
        case .limit(let limits, let instructions):
            if limits == Limits(), instructions == nil { return "it names no limit" }
            return limits.objection(of: crew) ?? instructions.flatMap { Self.objection(to: $0, of: crew) }
        }
    }

    /// Why a run that stands as it does cannot act on it; `nil` where it can.
    ///
    /// - Parameters:
    ///   - run: The run's identifier.
    ///   - status: How it stands.
    package func objection(to run: String, that status: RunStatus) -> String? {
        switch (self, status) {
        case (_, .finished): "the run \(run) has finished; nothing can be said to it any more"
        case (.limit, _), (.unknown, _), (_, .running), (.cancel, .waiting), (.cancel, .interrupted): nil
        case (.cancel, .failed), (.cancel, .limited):
            "the run \(run) has ended already (\(status.rawValue)); there is nothing to cancel"
        case (.pause, _): "the run \(run) is not under way (\(status.rawValue)); there is nothing to pause"
        }
    }

    private static func objection(to instructions: Int, of crew: Crew) -> String? {
        guard crew.process.hasCoordinator else {
            return "the crew \(crew.name) has no coordinator, so its instructions cannot be limited"
        }
        let range = CrewProcess.instructionRange
        guard !range.contains(instructions) else { return nil }
        return "\(instructions) instructions are out of range: from \(range.lowerBound) to \(range.upperBound)"
    }
}

extension Limits {
    /// These limits, with those of `others` where none is given.
    package func completed(from others: Limits) -> Limits {
        Limits(
            money: money ?? others.money,
            tokens: tokens ?? others.tokens,
            calls: calls ?? others.calls,
            time: time ?? others.time
        )
    }

    fileprivate func objection(of crew: Crew) -> String? {
        if let money, money < .zero { return "a limit of \(money) is less than nothing" }
        if let least = [tokens, calls, time].compactMap(\.self).min(), least < 0 {
            return "a limit of \(least) is less than nothing"
        }
        guard money != nil, let model = crew.models.first(where: { $0.effectivePrice == nil }) else { return nil }
        return "the price of the model \"\(model.name)\" is not known, so no money limit can be kept"
    }
}
