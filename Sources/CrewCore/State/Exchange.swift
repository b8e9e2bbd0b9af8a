public import ChatModel

/// A conversation with a model, from its first message to its end: a coordinator's for one instruction, or an agent's for one
/// assignment.
///
/// Phases go `ready → calling → answered → ready` for each answer that is rejected, `answered → usingTools → ready` for
/// each round of tools, and `calling → failed → waiting → calling` for each retry. An exchange that is over is taken out.
public struct Exchange: Sendable, Hashable {
    /// Where the exchange stands.
    ///
    /// Indirect, since it is large and whoever waits for a run keeps room for it.
    public indirect enum Phase: Sendable, Hashable {
        /// The model is to be called.
        case ready
        /// An attempt is under way.
        case calling(OpenCall)
        /// An attempt failed, and nothing is decided yet.
        case failed(OpenCall, CallFailed)
        /// The call is tried again at the given time.
        case waiting(OpenCall, until: Int64)
        /// The model answered, and nothing is decided yet.
        case answered(OpenCall, CallCompleted)
        /// Tools are at work.
        case usingTools([PendingTool])
    }

    /// Who leads it.
    public let seat: Seat
    /// Where the crew at work stands among those of the run.
    let scope: Int
    /// What that seat has and owes.
    public let terms: SeatTerms
    /// What has been said.
    public internal(set) var conversation: Conversation
    /// The shape the answer must have; `nil` for prose.
    public let schema: JSONSchema?
    /// The name of that shape at the endpoint.
    public let schemaName: String
    /// Its JSON, in the terms that the endpoint was thought to take when the exchange began.
    let encodedSchema: EncodedSchema?
    /// Those terms.
    let keywords: Dialect.SchemaKeywords
    /// The crew's model that is called now.
    public internal(set) var model: String
    /// Models that have failed for good in this exchange.
    var failedModels: [String] = []
    /// Where it stands.
    public internal(set) var phase = Phase.ready
    /// How many answers there have been.
    public internal(set) var turns = 0
    /// How many answers in a row were rejected.
    public internal(set) var rejections = 0

    init(
        _ seat: Seat,
        in scope: Int,
        _ terms: SeatTerms,
        _ conversation: Conversation,
        model: String,
        schema: JSONSchema?,
        schemaName: String,
        encodedSchema: EncodedSchema?,
        keywords: Dialect.SchemaKeywords
    ) {
        self.seat = seat
        self.scope = scope
        self.terms = terms
        self.encodedSchema = encodedSchema
        self.keywords = keywords
        self.conversation = conversation
        self.model = model
        self.schema = schema
        self.schemaName = schemaName
    }

    /// Whether whoever leads it has tools.
    ///
    /// They are offered with every call, repairs included: an answer that is to be mended may need them again, and some
    /// endpoints refuse a history of tool calls without the tools.
    var hasTools: Bool { !terms.tools.tools.isEmpty }

    /// The call that is under way or was last answered or failed.
    var openCall: OpenCall? {
        switch phase {
        case .calling(let call), .failed(let call, _), .waiting(let call, _), .answered(let call, _): call
        case .ready, .usingTools: nil
        }
    }

    /// Whether an effect is awaited, or has ended without a decision on it.
    var isUnsettled: Bool {
        switch phase {
        case .calling, .usingTools, .answered, .failed: true
        case .ready, .waiting: false
        }
    }

    /// Whether the outcome of an effect is awaited.
    var isAwaitingEffect: Bool {
        switch phase {
        case .calling: true
        case .usingTools(let tools): tools.contains { $0.outcome == nil }
        case .ready, .failed, .waiting, .answered: false
        }
    }

    /// Whether a round of tools is not over.
    var isUsingTools: Bool { if case .usingTools = phase { true } else { false } }
}

/// A logical call between its first attempt and its answer.
public struct OpenCall: Sendable, Hashable {
    /// Its identifier, such as `c1`.
    public let id: String
    /// The present attempt, from 1.
    public var attempt: Int
    /// What the budget holds for the attempt.
    public var hold: Amounts
    /// The price pinned with the hold.
    public var price: Price?
    /// The output limit that was sent.
    public var maximumOutput: Int
    /// What the endpoint was thought to take when the attempt began.
    public var dialect: Dialect
    /// How many attempts at the present model have failed in a way that is worth another.
    var failures = 0
    /// Since when its server is waited for without another answer, in milliseconds since 1970 UTC.
    var waitingSince: Int64?
}

/// A tool call under way, or ended and waiting for the others of its round.
public struct PendingTool: Sendable, Hashable {
    /// Its identifier in the run.
    public let id: String
    /// What the model asked for.
    public let call: ToolCall
    /// How it ended.
    public var outcome: ToolCompleted?
    /// Whether it was under way when its executor was lost.
    public var wasInterrupted = false
    /// Whether a person has to say what becomes of it.
    public var needsDecision = false
}
