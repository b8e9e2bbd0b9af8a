/// A promise that a world saw broken.
package struct Violation: Error, Sendable, CustomStringConvertible {
    /// What was broken.
    package enum Rule: String, Sendable {
        case budget = "the accounts hold and do not overspend"
        case bill = "what the provider bills is covered by the accounts"
        case hold = "no model is called without a hold for this attempt"
        case repeated = "no completed call is made again"
        case atMostOnce = "a tool that is not idempotent runs once"
        case key = "a tool call keeps its idempotency key"
        case legal = "only legal instructions are carried out"
        case success = "a run succeeds only with its required results"
        case ended = "nothing follows the end but a resumption"
        case fenced = "only the newest lease appends"
        case numbered = "events are numbered without gaps"
        case wait = "every wait is bounded"
        case lost = "an outcome is recorded before anything is waited for"
        case refusal = "a hold is refused when there is no room for it, and only then"
        case endless = "a run whose faults end comes to its end"
        case leaked = "nothing is held once a run has ended"
        case paused = "a run waits only for what only a person can know"
        case decided = "the same events make the same decisions"
        case replay = "folding the journal makes the same state"
        case request = "the same events make the same requests"
        case returned = "an endpoint gets back what it sent, and nothing that others did"
        case prompts = "an exchange goes on with the prompts with which it was begun"
        case heard = "what is said to a run is taken in once"
        case obeyed = "a run does what it is told, and no more"
        case coding = "an event is read as it was written"
    }

    /// The promise.
    package let rule: Rule
    /// What was seen instead.
    package let found: String

    init(_ rule: Rule, _ found: String) {
        self.rule = rule
        self.found = found
    }

    /// Promise and finding.
    package var description: String { "\(rule.rawValue): \(found)" }
}
