import ChatModel

/// A crew at its place in the tree of a run's crews, and what it has there for the whole run.
struct CrewPlace: Sendable {
    /// What stands before the names of all that belongs to it: nothing for the run's crew, or such as `press/`.
    let prefix: String
    /// The names that lead to it.
    let path: [String]
    /// The crew.
    let crew: Crew
    /// The place of the crew around it; `nil` for the run's.
    let parent: Int?
    /// Its inputs, as they stand in texts.
    let inputTexts: [String: String]
    /// What pays for all that it does.
    let account: Ledger.AccountID
    /// For how long it may be at work, in milliseconds, beside what the crews around it may.
    let time: Int?
    /// What pays for its coordinator's calls.
    let coordinatorAccount: Ledger.AccountID
    /// What pays for its agents' calls, by their names.
    let agentAccounts: [String: Ledger.AccountID]
    /// The places of its member crews, by their names.
    fileprivate(set) var crews: [String: Int] = [:]

    /// The name of a coordinator among the members of its crew, which no member can have.
    static let coordinatorName = "(coordinator)"
}

extension CrewPlace {
    /// The places of all crews of a run, each before those within it, and the accounts of all members.
    static func all(of definition: RunCreated) -> (places: [CrewPlace], ledger: Ledger) {
        var ledger = Ledger(limits: definition.limits)
        var places: [CrewPlace] = []
        var inputs: [JSONObject] = []
        for node in definition.crew.tree {
            let parent = node.path.isEmpty ? nil : places.lastIndex { $0.path == node.path.dropLast() }
            let crew = node.crew
            var account = Ledger.AccountID.run
            var limits = Limits()
            if let parent, let member = node.member {
                limits = member.bounds
                account = ledger.open(
                    places[parent].prefix + member.name,
                    limits: limits,
                    under: places[parent].account
                )
                places[parent].crews[member.name] = places.count
                // A member whose inputs do not fit is refused before it gets here.
                inputs.append((try? member.resolveInputs(around: inputs[parent])) ?? [:])
            } else {
                inputs.append(definition.inputs.objectValue ?? [:])
            }
            let agentAccounts = crew.agents.map { agent in
                (agent.name, ledger.open(node.prefix + agent.name, limits: agent.limits, under: account))
            }
            let hasOwnLimits = crew.process.limits != Limits()
            places.append(
                CrewPlace(
                    prefix: node.prefix,
                    path: node.path,
                    crew: crew,
                    parent: parent,
                    inputTexts: Dictionary(
                        inputs[places.count].map { ($0.key, $0.value.stringValue ?? $0.value.jsonText) },
                        uniquingKeysWith: { first, _ in first }
                    ),
                    account: account,
                    time: limits.time,
                    coordinatorAccount: hasOwnLimits
                        ? ledger.open(node.prefix + coordinatorName, limits: crew.process.limits, under: account)
                        : account,
                    agentAccounts: Dictionary(agentAccounts, uniquingKeysWith: { first, _ in first })
                )
            )
        }
        return (places, ledger)
    }
}
