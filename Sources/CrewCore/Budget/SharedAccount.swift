import ChatModel

/// An account above the runs of a store.
public enum SharedAccount: Sendable, Hashable {
    /// That of all runs.
    case project
    /// That of the runs of one crew, by its name.
    case crew(String)

    /// Reads `project` or `crew/NAME` with a name that a crew can have; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        if text == "project" {
            self = .project
        } else if text.hasPrefix("crew/"), Names.isValid(String(text.dropFirst(5))) {
            self = .crew(String(text.dropFirst(5)))
        } else {
            return nil
        }
    }

    /// The accounts on which a run of the crew is counted.
    public static func path(ofCrew crew: String) -> [SharedAccount] { [.crew(crew), .project] }
}

extension SharedAccount: CustomStringConvertible {
    /// `project` or `crew/NAME`.
    public var description: String {
        switch self {
        case .project: "project"
        case .crew(let name): "crew/\(name)"
        }
    }
}

/// An account above a run has no room for what the run is about to do.
public struct AccountShortage: Error, Sendable, Hashable {
    /// The account.
    public let account: SharedAccount
    /// What there is too little of.
    public let kind: LimitKind
    /// What was to be held.
    public let needed: Amounts
    /// What the account may use in all.
    public let limits: Limits
    /// What is free of it; what is not limited is `nil`.
    public let free: Limits
    /// Whether calls under way, of this run or others, may yet make room.
    public let mayClear: Bool
    /// The model, by its name in the crew, whose price is not known, so that no limit in dollars can be kept.
    public let unpriced: String?

    /// Describes a shortage.
    public init(
        account: SharedAccount,
        kind: LimitKind,
        needed: Amounts,
        limits: Limits,
        free: Limits,
        mayClear: Bool,
        unpriced: String? = nil
    ) {
        self.account = account
        self.kind = kind
        self.needed = needed
        self.limits = limits
        self.free = free
        self.mayClear = mayClear
        self.unpriced = unpriced
    }

    /// The numbers, for people.
    public var message: String {
        guard let unpriced else { return "the account \(account) has reached its limit: \(numbers)" }
        return
            "the account \(account) is limited to \(limits.money ?? .zero), which cannot be kept, since the price of "
            + "the model \"\(unpriced)\" is not known: give it a `price`, or limit the account in tokens"
    }

    /// What is waited for, as a phrase for people.
    package var wanted: String { "room on the account \(account): \(numbers)" }

    private var numbers: String {
        switch kind {
        case .money: "\(free.money ?? .zero) of \(limits.money ?? .zero) free, up to \(needed.money) needed"
        case .tokens: "\(free.tokens ?? 0) tokens of \(limits.tokens ?? 0) free, up to \(needed.tokens) needed"
        default: "all \(limits.calls ?? 0) calls made"
        }
    }

    /// The fact with which a run takes in that it has to end.
    package var fact: Fact {
        .limitReached(LimitReached(agent: nil, kind: kind, message: message, account: "\(account)"))
    }
}

extension RunState {
    /// The state of the same run after other events; after none, that before its creation was recorded.
    package func refolded(_ events: [Event]) -> RunState {
        var state = RunState(definition, library: library)
        for event in events { state.apply(event) }
        return state
    }
}
