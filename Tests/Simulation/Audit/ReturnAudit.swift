import ChatModel
import CrewCore
import OpenAIChat

/// What was said in each exchange, and by whom: an endpoint must get back exactly what it put beside its own messages, and
/// nothing that another did.
struct ReturnAudit {
    /// An answer that became a message of its exchange.
    private struct Entry {
        var origin: [String]
        var answer: CallCompleted
        var isToolRound: Bool
    }

    private var models: [String: String] = [:]
    private var seats: [String: Seat] = [:]
    /// The last answer in each exchange, until something is made of it.
    private var pending: [Seat: (model: String, answer: CallCompleted)] = [:]
    private var said: [Seat: [Entry]] = [:]
    /// How many messages of assistants were looked at.
    private(set) var compared = 0

    mutating func take(_ fact: Fact, before state: RunState) {
        switch fact {
        case .callIntended(let intent):
            models[intent.call] = intent.model
            seats[intent.call] = intent.seat
        case .callCompleted(let answer):
            guard let model = models[answer.call], let seat = seats[answer.call] else { return }
            pending[seat] = (model, answer)
        case .answerRejected(let rejection):
            if let seat = seats[rejection.call] { note(seat, isToolRound: false, state) }
        case .toolIntended(let tool): note(Seat(tool.assignment), isToolRound: true, state)
        case .instructionIssued(let issued):
            said[.coordinator(of: issued.scope)] = nil
            pending[.coordinator(of: issued.scope)] = nil
        default: return
        }
    }

    private mutating func note(_ seat: Seat, isToolRound: Bool, _ state: RunState) {
        guard let (model, answer) = pending.removeValue(forKey: seat) else { return }
        said[seat, default: []].append(
            Entry(origin: Self.origin(of: model, state), answer: answer, isToolRound: isToolRound)
        )
    }

    private static func origin(of model: String, _ state: RunState) -> [String] {
        let definition = state.crew.model(model)
        return [definition?.baseURL ?? "", definition?.model ?? model]
    }

    // MARK: - Requests

    /// Looks at a request as it goes over the wire.
    mutating func check(_ call: Work.ModelCall, _ state: RunState) throws(Violation) {
        guard let body = try? JSONValue(parsing: requestBody(for: call.request, stream: true)),
            let messages = body["messages"]?.arrayValue
        else { throw Violation(.returned, "the request of \(call.call) is no JSON") }
        let spoken = messages.filter { $0["role"] == "assistant" }
        let entries = said[call.seat, default: []]
        // The coordinator's exchange may begin anew when a run is taken up; an agent's never does.
        guard call.seat.isCoordinator ? spoken.count <= entries.count : spoken.count == entries.count else {
            throw Violation(.returned, "\(call.call) has \(spoken.count) answers of \(entries.count)")
        }
        let origin = Self.origin(of: call.model, state)
        for (message, entry) in zip(spoken, entries.suffix(spoken.count)) {
            try check(message, entry, isOwn: entry.origin == origin, call)
        }
        try checkIdentifiers(messages, call)
        if spoken.contains(where: { $0["tool_calls"] != nil }), body["tools"] == nil {
            throw Violation(.returned, "\(call.call) has a history of tool calls and no tools")
        }
    }

    private mutating func check(
        _ message: JSONValue,
        _ entry: Entry,
        isOwn: Bool,
        _ call: Work.ModelCall
    ) throws(Violation) {
        compared += 1
        let goesBack = isOwn && call.request.dialect.opaqueFields
        let beside = entry.isToolRound || entry.answer.toolCalls.isEmpty ? entry.answer.opaque?.members : nil
        guard message["thinking_blocks"] == (goesBack ? beside?["thinking_blocks"] : nil) else {
            throw Violation(.returned, "\(call.call) to \(call.model) holds beside an answer: \(message.jsonText)")
        }
        guard entry.isToolRound else {
            guard message["tool_calls"] == nil else { throw Violation(.returned, "\(call.call): \(message.jsonText)") }
            return
        }
        let calls = message["tool_calls"]?.arrayValue ?? []
        guard calls.count == entry.answer.toolCalls.count else {
            throw Violation(.returned, "\(call.call) has \(calls.count) calls of \(entry.answer.toolCalls.count)")
        }
        let placeholder: JSONValue = ["google": ["thought_signature": "skip_thought_signature_validator"]]
        for (sent, original) in zip(calls, entry.answer.toolCalls) {
            let own = goesBack ? original.opaque?.members["extra_content"] : nil
            let isReplaced = !goesBack && call.request.dialect.foreignCalls == .signed
            guard sent["extra_content"] == own || isReplaced && sent["extra_content"] == placeholder else {
                throw Violation(.returned, "\(call.call) to \(call.model) holds beside a call: \(sent.jsonText)")
            }
            if isOwn, call.request.dialect.toolCallIdentifiers == .any, sent["id"]?.stringValue != original.id {
                throw Violation(.returned, "\(call.call) renames a call of its own: \(sent.jsonText)")
            }
        }
    }

    /// Every call has its result under the same name, and no name stands for two.
    private func checkIdentifiers(_ messages: [JSONValue], _ call: Work.ModelCall) throws(Violation) {
        var names: Set<String> = []
        var due: [String] = []
        for message in messages {
            if message["role"] == "tool" {
                guard let id = message["tool_call_id"]?.stringValue, due.first == id else {
                    throw Violation(.returned, "\(call.call) has a result of no call: \(message.jsonText)")
                }
                due.removeFirst()
                continue
            }
            guard due.isEmpty else { throw Violation(.returned, "\(call.call) has no result of \(due)") }
            due = (message["tool_calls"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
            for id in due {
                guard names.insert(id).inserted else { throw Violation(.returned, "\(call.call) has \(id) twice") }
                let isShort = id.utf8.count == 9 && id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                if call.request.dialect.toolCallIdentifiers == .nineCharacters, !isShort {
                    throw Violation(.returned, "\(call.call) has an identifier that is refused: \(id)")
                }
            }
        }
    }
}
