public import ChatModel

/// A fact about a run.
///
/// The sequence of its facts is all there is of a run: its state is their fold.
public struct Event: Sendable, Hashable {
    /// The place in the run's journal, counted from 1 without gaps.
    public let sequence: Int
    /// When it was recorded, in milliseconds since 1970 UTC.
    public let time: Int64
    /// What happened.
    public let fact: Fact

    /// Makes an event.
    public init(sequence: Int, time: Int64, fact: Fact) {
        self.sequence = sequence
        self.time = time
        self.fact = fact
    }
}

/// What can happen in a run.
///
/// Intents are recorded before an effect, outcomes after it; everything else is a decision of the engine. Indirect, since
/// a fact is handed on and kept far more often than it is looked into.
public indirect enum Fact: Sendable, Hashable {
    /// The run exists: what it runs, with which inputs and limits.
    case runCreated(RunCreated)
    /// An executor took the run over; calls that were under way are lost.
    case runResumed(RunResumed)
    /// An instruction was found legal and is carried out.
    case instructionIssued(InstructionIssued)
    /// An agent begins an assignment.
    case assignmentStarted(Assignment)
    /// A model is about to be called, and the budget holds what that may cost.
    case callIntended(CallIntended)
    /// A model answered.
    case callCompleted(CallCompleted)
    /// An attempt gave no answer.
    case callFailed(CallFailed)
    /// A failed call will be tried again.
    case retryScheduled(RetryScheduled)
    /// An endpoint refused a part of the protocol, which will not be sent to it again.
    case dialectLearned(DialectLearned)
    /// A model failed for good and another takes over.
    case modelReplaced(ModelReplaced)
    /// A tool is about to be called.
    case toolIntended(ToolIntended)
    /// A tool call ended.
    case toolCompleted(ToolCompleted)
    /// An answer was not acceptable; the reasons go back to the model.
    case answerRejected(AnswerRejected)
    /// A result was accepted.
    case resultAccepted(AcceptedResult)
    /// An assignment ended without a result.
    case assignmentFailed(AssignmentFailed)
    /// Too many instructions brought nothing new; the coordinator must plan.
    case stallDetected(StallDetected)
    /// A limit leaves no room for what would be next.
    case limitReached(LimitReached)
    /// Something was said to the run from outside, and it is taken in.
    case signalReceived(SignalReceived)
    /// The run stopped, for good or for now.
    case runEnded(RunEnded)
    /// Something that only a newer version knows.
    case unknown(UnknownFact)
}

/// The run exists.
public struct RunCreated: Sendable, Hashable, Codable {
    /// The run's identifier.
    public var run: String
    /// The crew, with every model's endpoint and price as they are at this moment.
    public var crew: Crew
    /// The inputs, a JSON object.
    public var inputs: JSONValue
    /// What the run may use.
    public var limits: Limits
    /// The tools of each agent, as models see them.
    public var tools: [String: [ToolSpecification]]
    /// What is already known of the endpoints, by the crew's model names.
    public var dialects: [String: Dialect]
    /// The version of the prompts, from which requests are made: the hash under which the journal keeps them.
    public var prompts: String
    /// The folder against which relative paths of tools are resolved.
    public var folder: String
    /// The crew file from which the crew was read, from the root; `nil` for one made in code, and in older runs.
    public var file: String?

    /// Describes a run that is to be created.
    public init(
        run: String,
        crew: Crew,
        inputs: JSONValue,
        limits: Limits,
        tools: [String: [ToolSpecification]] = [:],
        dialects: [String: Dialect] = [:],
        prompts: String,
        folder: String,
        file: String? = nil
    ) {
        self.run = run
        self.crew = crew
        self.inputs = inputs
        self.limits = limits
        self.tools = tools
        self.dialects = dialects
        self.prompts = prompts
        self.folder = folder
        self.file = file
    }
}

/// An executor took the run over.
public struct RunResumed: Sendable, Hashable, Codable {
    /// The epoch of its lease.
    public var epoch: Int
    /// New limits, when the caller gave some.
    public var limits: Limits?
    /// What becomes of tool calls that were cut off and may have had their effect.
    public var unknownTools: UnknownToolPolicy
    /// How many instructions the coordinator may issue in all from now on, when the caller said so.
    public var instructions: Int?
    /// The version of the prompts with which the run goes on, when the caller gave others; `nil` in journals from before.
    public var prompts: String? = nil
    /// What the crew was granted and is granted no longer, a sentence each; `nil` for nothing.
    public var withdrawn: [String]?

    /// Describes a resumption.
    public init(
        epoch: Int,
        limits: Limits? = nil,
        unknownTools: UnknownToolPolicy = .pause,
        instructions: Int? = nil,
        prompts: String? = nil,
        withdrawn: [String]? = nil
    ) {
        self.epoch = epoch
        self.prompts = prompts
        self.limits = limits
        self.unknownTools = unknownTools
        self.instructions = instructions
        self.withdrawn = withdrawn
    }

    /// What to do with a tool call of which nobody knows whether it happened.
    public enum UnknownToolPolicy: String, Sendable, Hashable, Codable, CaseIterable {
        /// Wait for a person's decision, unless calling the tool twice does no harm.
        case pause
        /// Call it again.
        case retry
        /// Go on without it and tell the model that its outcome is unknown.
        case skip
    }
}

/// An instruction is carried out.
public struct InstructionIssued: Sendable, Hashable, Codable {
    /// Its number, counted from 1.
    public var number: Int
    /// The call whose answer it is; `nil` when the process needed no model.
    public var call: String?
    /// The instruction.
    public var instruction: Instruction
    /// The assignment of the member crew to which it was issued; `nil` for the run's own crew.
    public var scope: String? = nil
}

/// A model is about to be called.
public struct CallIntended: Sendable, Hashable, Codable {
    /// The logical call.
    public var call: String
    /// Which try at it this is, counted from 1.
    public var attempt: Int
    /// Who asks.
    public var seat: Seat
    /// The crew's name of the model.
    public var model: String
    /// What the budget holds for it.
    public var hold: Amounts
    /// The price at which it will be settled; `nil` where nothing is known of it.
    public var price: Price?
    /// The output limit that is sent.
    public var maximumOutput: Int
    /// What the endpoint is thought to take.
    public var dialect: Dialect

    private enum CodingKeys: String, CodingKey {
        case call, attempt
        case seat = "speaker"
        case model, hold, price, maximumOutput, dialect
    }
}

/// A model answered.
public struct CallCompleted: Sendable, Hashable, Codable {
    /// The logical call.
    public var call: String
    /// Which try at it was answered; `nil` in journals that do not say.
    public var attempt: Int? = nil
    /// The text.
    public var text: String
    /// The tools it wants called.
    public var toolCalls: [ToolCall]
    /// What the endpoint wants back with the answer, should the exchange go on; `nil` in journals that do not say.
    public var opaque: OpaqueFields? = nil
    /// Its words of refusal.
    public var refusal: String?
    /// Why it stopped.
    public var finishReason: ChatResponse.FinishReason
    /// What it used; an upper bound where the endpoint gave none.
    public var usage: TokenUsage
    /// Whether `usage` is such a bound.
    public var isEstimated: Bool
    /// What it cost, as it counts against limits.
    public var cost: Money
    /// What the provider says that it cost; `nil` where it does not say, and in journals from before that was read.
    public var providerCost: Money? = nil
    /// Whether the response cache answered.
    public var isCached: Bool
}

/// An attempt gave no answer.
public struct CallFailed: Sendable, Hashable, Codable {
    /// The logical call.
    public var call: String
    /// Which try at it failed; `nil` in journals that do not say.
    public var attempt: Int? = nil
    /// The kind of failure.
    public var code: ChatError.Code
    /// What happened.
    public var message: String
    /// The HTTP status, when there was one.
    public var status: Int?
    /// How long the server asked to wait, in milliseconds.
    public var retryAfter: Int?
    /// The server's own word on whether to retry.
    public var serverSaysRetry: Bool?
    /// What the endpoint refused.
    public var feature: Dialect.Feature?
    /// Whether it refused what stood there this time, and not the thing itself; `nil` in journals that do not say.
    public var concernsContent: Bool? = nil
    /// What may be billed although no answer was seen; counted against the budget for good.
    public var uncertain: Amounts
    /// Whether this was no call and no attempt; `nil` in journals that do not say.
    ///
    /// The model was not reached because its server is not there or is loading, or because this program's own breaker or
    /// rate limiter held the request back.
    public var isWait: Bool? = nil
}

extension CallFailed {
    /// What the attempt used for certain of what was held for it.
    func settled(of hold: Amounts) -> Amounts { Amounts(calls: isWait == true ? 0 : hold.calls) }
}

/// A failed call will be tried again.
public struct RetryScheduled: Sendable, Hashable, Codable {
    /// The logical call.
    public var call: String
    /// When, in milliseconds since 1970 UTC.
    public var at: Int64
}

/// An endpoint refused a part of the protocol.
public struct DialectLearned: Sendable, Hashable, Codable {
    /// The crew's name of the model.
    public var model: String
    /// What it takes, as far as is known now.
    public var dialect: Dialect
    /// What was given up.
    public var withdrawn: Dialect.Feature
    /// How it was found out; `nil` in journals that do not say.
    public var evidence: Evidence? = nil
    /// The endpoint's words, when it said any.
    public var words: String? = nil

    package init(
        model: String,
        dialect: Dialect,
        withdrawn: Dialect.Feature,
        evidence: Evidence? = nil,
        words: String? = nil
    ) {
        self.model = model
        self.dialect = dialect
        self.withdrawn = withdrawn
        self.evidence = evidence
        self.words = words
    }

    /// The ways to find out what an endpoint does not take.
    public enum Evidence: String, Sendable, Hashable, Codable, CaseIterable {
        /// It refused it.
        case refused
        /// It was asked for a form and answered in another: once may be the model's mistake.
        case ignored
        /// It refused what stood there this time, such as one schema that is too large for it.
        case content
    }
}

/// Another model takes over.
public struct ModelReplaced: Sendable, Hashable, Codable {
    /// The logical call that failed.
    public var call: String
    /// The model that failed.
    public var from: String
    /// The model that takes over.
    public var to: String
}

/// A tool is about to be called.
public struct ToolIntended: Sendable, Hashable, Codable {
    /// The tool call's identifier in the run.
    public var tool: String
    /// Who calls it: the assignment, or a coordinator such as `coordinator`.
    public var assignment: String
    /// The model's identifier of the call.
    public var toolCallID: String
    /// The tool's name.
    public var name: String
    /// The model's arguments.
    public var arguments: String
}

/// A tool call ended.
public struct ToolCompleted: Sendable, Hashable, Codable {
    /// The ways in which it can end.
    public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
        /// It did its work.
        case completed
        /// It refused, for a reason the model can act on.
        case rejected
        /// It failed.
        case failed
        /// It took too long; what it did is unknown.
        case timedOut = "timed_out"
    }

    /// The tool call's identifier in the run.
    public var tool: String
    /// How it ended.
    public var outcome: Outcome
    /// What the model gets to read.
    public var text: String

    /// Describes the end of a tool call.
    public init(tool: String, outcome: Outcome, text: String) {
        self.tool = tool
        self.outcome = outcome
        self.text = text
    }
}

/// An answer was not acceptable.
public struct AnswerRejected: Sendable, Hashable, Codable {
    /// The logical call that gave it.
    public var call: String
    /// Why, in words a model can act on.
    public var reasons: [String]
}

/// A result was accepted.
public struct AcceptedResult: Sendable, Hashable, Codable {
    /// The result's identifier.
    public var id: String
    /// The assignment that delivered it.
    public var assignment: String
    /// The agent that made it.
    public var agent: String
    /// The task it fulfils.
    public var task: String?
    /// The text; JSON where the task has an output schema.
    public var text: String
    /// Whether `text` is JSON that follows the task's output schema.
    public var isStructured: Bool
}

/// An assignment ended without a result.
public struct AssignmentFailed: Sendable, Hashable, Codable {
    /// The assignment.
    public var assignment: String
    /// A word for programs.
    public var code: String
    /// What happened, for people and for the coordinator.
    public var message: String
}

/// The coordinator must plan.
public struct StallDetected: Sendable, Hashable, Codable {
    /// How many instructions brought nothing new.
    public var instructions: Int
    /// The assignment on which the coordinator's crew works; `nil` for the run's own crew.
    public var scope: String? = nil
}

/// A limit leaves no room.
public struct LimitReached: Sendable, Hashable, Codable {
    /// The member whose limit it is, by its path, such as `writer`, `press` or `press/writer`; `nil` for the run's.
    public var agent: String?
    /// What there is too little of.
    public var kind: LimitKind
    /// The numbers, for people.
    public var message: String
    /// The account above the run whose limit it is; `nil` for the run's own.
    public var account: String?
}

/// Something was said to the run from outside.
public struct SignalReceived: Sendable, Hashable, Codable {
    /// The signal's number in the queue from which it was taken; later ones are larger.
    public var number: Int
    /// What was said.
    public var signal: Signal
    /// Who said it, where that is known.
    public var speaker: String?
    /// When it was said, in milliseconds since 1970 UTC.
    public var said: Int64
    /// Why it changes nothing; `nil` where it is acted on.
    public var refused: String?

    /// Describes what was taken in.
    package init(number: Int, signal: Signal, speaker: String? = nil, said: Int64, refused: String? = nil) {
        self.number = number
        self.signal = signal
        self.speaker = speaker
        self.said = said
        self.refused = refused
    }
}

/// The run stopped.
public struct RunEnded: Sendable, Hashable, Codable {
    /// How it stopped.
    public var status: RunStatus
    /// A word for programs, when it did not finish.
    public var code: String?
    /// What happened, when it did not finish.
    public var message: String?
    /// The answer, or the best accepted part of it.
    public var answer: String?
    /// The results on which the answer rests.
    public var results: [String]
    /// The required tasks without an accepted result.
    public var missing: [String]
}

/// How a run stands.
public enum RunStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// It goes on, or can.
    case running
    /// It has its answer.
    case finished
    /// It failed; what was accepted is kept.
    case failed
    /// A limit ended it; what was accepted is kept.
    case limited
    /// It waits for a person.
    case waiting
    /// It was stopped from outside and can be resumed.
    case interrupted
}
