/// An event is one flat JSON object: `sequence`, `time`, `type`, `version`, and the members of what happened.
///
/// How what is recorded changes: a member that is added is optional or has a default, so that events from before it can be
/// read, and is ignored by those who do not know it. What earlier versions must not pass over (a word that an enum did not
/// have, a member without which the rest means something else) is recorded under a higher `version`, which is told by
/// ``Fact/version`` and is 1 where it is not written. An event of an unknown kind, or of a version above the one that is
/// known of its kind, is ``Fact/unknown(_:)``; one of a known kind and version that cannot be read is damaged.
extension Event: Codable {
    private enum CodingKeys: String, CodingKey { case sequence, time }

    /// Reads the flat form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sequence = try container.decode(Int.self, forKey: .sequence)
        time = try container.decode(Int64.self, forKey: .time)
        fact = try Fact(from: decoder)
    }

    /// Writes the flat form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(time, forKey: .time)
        try fact.encode(to: encoder)
    }
}

extension Fact: Codable {
    /// The names of facts in the journal and in the events that a run prints.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case runCreated = "run.created"
        case runResumed = "run.resumed"
        case instructionIssued = "instruction.issued"
        case assignmentStarted = "assignment.started"
        case callIntended = "call.intended"
        case callCompleted = "call.completed"
        case callFailed = "call.failed"
        case retryScheduled = "retry.scheduled"
        case dialectLearned = "dialect.learned"
        case modelReplaced = "model.replaced"
        case toolIntended = "tool.intended"
        case toolCompleted = "tool.completed"
        case answerRejected = "answer.rejected"
        case resultAccepted = "result.accepted"
        case assignmentFailed = "assignment.failed"
        case stallDetected = "stall.detected"
        case limitReached = "limit.reached"
        case signalReceived = "signal.received"
        case runEnded = "run.ended"
        /// What only a newer version knows; ``Fact/name`` is its name there.
        case unknown

        /// The newest version of its shape that this program reads.
        var newestVersion: Int { self == .runCreated ? 2 : 1 }
    }

    private enum CodingKeys: String, CodingKey { case type, version }

    /// The fact's name as it is recorded.
    public var name: String {
        if case .unknown(let fact) = self { fact.type } else { kind.rawValue }
    }

    /// The version of the shape in which it is recorded: the lowest that can say what it says.
    public var version: Int {
        switch self {
        case .unknown(let fact): fact.version
        // Whoever does not know of member crews would take the crew for one without them.
        case .runCreated(let created): created.crew.isPlain ? 1 : 2
        default: 1
        }
    }

    /// What kind of fact it is.
    public var kind: Kind { named.kind }

    private var named: (kind: Kind, members: any Encodable) {
        switch self {
        case .runCreated(let members): (.runCreated, members)
        case .runResumed(let members): (.runResumed, members)
        case .instructionIssued(let members): (.instructionIssued, members)
        case .assignmentStarted(let members): (.assignmentStarted, members)
        case .callIntended(let members): (.callIntended, members)
        case .callCompleted(let members): (.callCompleted, members)
        case .callFailed(let members): (.callFailed, members)
        case .retryScheduled(let members): (.retryScheduled, members)
        case .dialectLearned(let members): (.dialectLearned, members)
        case .modelReplaced(let members): (.modelReplaced, members)
        case .toolIntended(let members): (.toolIntended, members)
        case .toolCompleted(let members): (.toolCompleted, members)
        case .answerRejected(let members): (.answerRejected, members)
        case .resultAccepted(let members): (.resultAccepted, members)
        case .assignmentFailed(let members): (.assignmentFailed, members)
        case .stallDetected(let members): (.stallDetected, members)
        case .limitReached(let members): (.limitReached, members)
        case .signalReceived(let members): (.signalReceived, members)
        case .runEnded(let members): (.runEnded, members)
        case .unknown(let fact): (.unknown, UnknownMembers(fact: fact))
        }
    }

    /// Reads `type` and the members that go with it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let kind = (try? container.decode(Kind.self, forKey: .type)) ?? .unknown
        let version = try container.decodeIfPresent(Int.self, forKey: .version) ?? 1
        guard version > 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .version,
                in: container,
                debugDescription: "there is no version \(version)"
            )
        }
        switch version > kind.newestVersion ? .unknown : kind {
        case .runCreated: self = .runCreated(try RunCreated(from: decoder))
        case .runResumed: self = .runResumed(try RunResumed(from: decoder))
        case .instructionIssued: self = .instructionIssued(try InstructionIssued(from: decoder))
        case .assignmentStarted: self = .assignmentStarted(try Assignment(from: decoder))
        case .callIntended: self = .callIntended(try CallIntended(from: decoder))
        case .callCompleted: self = .callCompleted(try CallCompleted(from: decoder))
        case .callFailed: self = .callFailed(try CallFailed(from: decoder))
        case .retryScheduled: self = .retryScheduled(try RetryScheduled(from: decoder))
        case .dialectLearned: self = .dialectLearned(try DialectLearned(from: decoder))
        case .modelReplaced: self = .modelReplaced(try ModelReplaced(from: decoder))
        case .toolIntended: self = .toolIntended(try ToolIntended(from: decoder))
        case .toolCompleted: self = .toolCompleted(try ToolCompleted(from: decoder))
        case .answerRejected: self = .answerRejected(try AnswerRejected(from: decoder))
        case .resultAccepted: self = .resultAccepted(try AcceptedResult(from: decoder))
        case .assignmentFailed: self = .assignmentFailed(try AssignmentFailed(from: decoder))
        case .stallDetected: self = .stallDetected(try StallDetected(from: decoder))
        case .limitReached: self = .limitReached(try LimitReached(from: decoder))
        case .signalReceived: self = .signalReceived(try SignalReceived(from: decoder))
        case .runEnded: self = .runEnded(try RunEnded(from: decoder))
        case .unknown:
            let name = try container.decode(String.self, forKey: .type)
            self = .unknown(try UnknownFact(type: name, version: version, from: decoder))
        }
    }

    /// Writes `type` and the members beside it.
    public func encode(to encoder: any Encoder) throws {
        let (kind, members) = named
        if kind != .unknown {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(kind, forKey: .type)
            if version > 1 { try container.encode(version, forKey: .version) }
        }
        try members.encode(to: encoder)
    }

    /// The members of a fact that is not known, its name and version among them.
    private struct UnknownMembers: Encodable {
        let fact: UnknownFact

        func encode(to encoder: any Encoder) throws { try fact.encode(to: encoder) }
    }
}
