import ChatModel
import CrewCore

/// With which prompts each exchange was begun: it goes on with them, whatever the run's have become.
struct PromptAudit {
    private let prompts: RunPrompts
    /// The version with which the run goes on.
    private var version: String?
    /// The versions with which assignments were begun.
    private var begun: [String: String] = [:]
    /// How many requests were looked at after the prompts had changed.
    private(set) var compared = 0

    init(_ prompts: RunPrompts) {
        self.prompts = prompts
    }

    mutating func take(_ fact: Fact) {
        switch fact {
        case .runCreated(let created): version = created.prompts
        case .runResumed(let resumed): version = resumed.prompts ?? version
        case .assignmentStarted(let assignment): begun[assignment.id] = version
        default: return
        }
    }

    mutating func check(_ call: Work.ModelCall) throws(Violation) {
        guard case .assignment(let assignment) = call.seat, let due = begun[assignment] else { return }
        let rules = call.request.conversation.messages.first?.text ?? ""
        let version = rules.hasSuffix(RunPrompts.remark) ? prompts.other.version : prompts.first.version
        guard version == due else { throw Violation(.prompts, "\(call.call) of \(assignment) has others") }
        if self.version != prompts.first.version { compared += 1 }
    }
}
