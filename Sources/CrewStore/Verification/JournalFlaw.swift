public import CrewRuntime

/// Where what is stored of a run is not what was written.
public struct JournalFlaw: Error, Sendable, Hashable {
    /// What can be wrong with it.
    public enum Kind: String, Sendable, Hashable {
        /// An event, or the one before it, is not what was written.
        case changed
        /// An event is not there, but later ones are.
        case missing
        /// Another event stands in its place.
        case outOfOrder = "out_of_order"
        /// The event and all after it are not there.
        case cutOff = "cut_off"
        /// An event is there that was not written.
        case added
        /// An event is what was written and cannot be read all the same.
        case unreadable
        /// The list of runs says something else than the events.
        case listing
    }

    /// The run.
    public let run: String
    /// The number of the first event that is not as it was.
    public let sequence: Int
    /// What is wrong.
    public let kind: Kind
    /// The same in words.
    public let message: String

    package init(_ run: String, _ sequence: Int64, _ kind: Kind, _ detail: String? = nil) {
        self.run = run
        self.sequence = Int(sequence)
        self.kind = kind
        let problem =
            switch kind {
            case .changed:
                sequence > 1 ? "is not what was written, or event \(sequence - 1) is not" : "is not what was written"
            case .missing: "is missing"
            case .outOfOrder: "is out of order"
            case .cutOff: "is missing, and all after it"
            case .added: "was never written"
            case .unreadable: "cannot be read"
            case .listing: "is not the end that the list of runs knows"
            }
        message = "event \(sequence) \(problem)" + (detail.map { ": \($0)" } ?? "")
    }

    /// The flaw as a failure to read the run.
    public var error: JournalError {
        JournalError(.damaged, "run \(run) is damaged: \(message). Restore the store from a copy.")
    }
}
