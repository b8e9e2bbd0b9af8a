import ChatModel
import CrewCore
import OpenAIChat

/// What is known of each model call: that every attempt has its intent, is made once, and never after an answer.
struct CallAudit {
    private struct Entry {
        var intent: CallIntended
        var isBegun = false
        /// Whether its outcome is on record; what comes later tells nothing new.
        var isSettled = false
        var body: [UInt8]?
    }

    private var entries: [String: Entry] = [:]
    /// The calls whose answers count.
    private var completed: [String: CallCompleted] = [:]
    private(set) var made = 0
    private(set) var compared = 0

    mutating func take(_ fact: Fact, before state: RunState) throws(Violation) {
        switch fact {
        case .callIntended(let intent):
            guard completed[intent.call] == nil else {
                throw Violation(.repeated, "\(intent.call) was answered and is to be asked again")
            }
            entries[intent.call] = Entry(intent: intent)
        case .callCompleted(let answer):
            if settle(answer.call, answer.attempt) { completed[answer.call] = answer }
        case .callFailed(let failure): _ = settle(failure.call, failure.attempt)
        // The answer was of no use, and another model is asked.
        case .modelReplaced(let replacement): completed[replacement.call] = nil
        case .runResumed where state.status == .failed || state.status == .limited:
            // What was refused may be asked again when a person wants another try.
            completed = completed.filter { $0.value.refusal == nil && $0.value.finishReason != .contentFilter }
        default: break
        }
    }

    private mutating func settle(_ call: String, _ attempt: Int?) -> Bool {
        guard let entry = entries[call], entry.intent.attempt == attempt, !entry.isSettled else { return false }
        entries[call]?.isSettled = true
        return true
    }

    /// Notes what the request of an intent is, as the fold of the journal has it.
    mutating func expect(_ call: Work.ModelCall) { entries[call.call]?.body = Self.body(of: call) }

    mutating func begin(_ call: Work.ModelCall, isNewest: Bool) throws(Violation) {
        guard let entry = entries[call.call], entry.intent.hold == call.hold else {
            throw Violation(.hold, "\(call.call) is asked, and no intent of it is on record")
        }
        guard !entry.isBegun else { throw Violation(.repeated, "an attempt at \(call.call) is made twice") }
        if isNewest, completed[call.call] != nil { throw Violation(.repeated, "\(call.call) is asked again") }
        let request = call.request
        let price = entry.intent.price
        let most = price?.upperBound(input: request.inputTokenBound, output: request.maximumOutput) ?? .zero
        guard call.hold.tokens >= request.inputTokenBound + request.maximumOutput, call.hold.money >= most else {
            throw Violation(.hold, "\(call.call) may cost more than \(call.hold.words)")
        }
        if let expected = entry.body {
            compared += 1
            guard Self.body(of: call) == expected else {
                throw Violation(.request, "the request of \(call.call) differs")
            }
        }
        made += 1
        entries[call.call]?.isBegun = true
    }

    private static func body(of call: Work.ModelCall) -> [UInt8] { requestBody(for: call.request, stream: true) }
}
