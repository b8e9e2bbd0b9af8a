public import CrewRuntime
import Crypto
import Foundation

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

    init(_ run: String, _ sequence: Int64, _ kind: Kind, _ detail: String? = nil) {
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

/// What the verification of a run has shown.
public struct RunVerification: Sendable, Hashable {
    /// The run.
    public let run: String
    /// How many events are sound, from the first on.
    public let events: Int
    /// The hash of the last of them, in hexadecimal digits; kept elsewhere, it shows whether all was made anew.
    public let head: String
    /// How many of them only a newer version understands: they are as they were written, and no more is known of them.
    public let newer: Int
    /// The prompts that its events name, by their hashes.
    let prompts: Set<String>
    /// The first that is not, if there is one.
    public let flaw: JournalFlaw?
}

/// What the verification of a store has shown.
public struct StoreVerification: Sendable, Hashable {
    /// The runs, the oldest first.
    public let runs: [RunVerification]
    /// How many entries the store's register has: a run that was created, limits that were set.
    public let entries: Int
    /// A hash over the register and the last hashes of the verified runs, in hexadecimal digits; kept elsewhere, it
    /// shows whether anything was made anew.
    public let head: String
    /// What is wrong with the register, or is not as it says: runs and limits that were taken out, put in or changed.
    public let register: [String]
    /// What is wrong with the accounts above the runs.
    public let accounts: [String]
    /// What is wrong with the prompts of the runs: they were changed, or taken out.
    public let prompts: [String]
    /// What SQLite finds wrong with the file itself.
    public let file: [String]

    /// Whether everything is as it was written.
    public var isSound: Bool {
        file.isEmpty && register.isEmpty && accounts.isEmpty && prompts.isEmpty && runs.allSatisfy { $0.flaw == nil }
    }

    init(
        runs: [RunVerification],
        register: StoreRegister.Verification,
        accounts: [String],
        prompts: [String],
        file: [String]
    ) {
        self.runs = runs
        entries = Int(register.entries)
        var hash = SHA256()
        hash.update(data: register.head)
        for run in runs { hash.update(data: Data("\(run.run) \(run.events) \(run.head)\n".utf8)) }
        head = Data(hash.finalize()).hexadecimal
        self.register = register.flaws
        self.accounts = accounts
        self.prompts = prompts
        self.file = file
    }
}

extension RunStore {
    /// Reads every event of every run, or of one, and checks the chain of their hashes, what the list of runs sums up
    /// of them, the register of all that was created and limited, the accounts above the runs, the prompts, and the file.
    ///
    /// - Parameter run: The only run to verify; all without it.
    /// - Throws: `JournalError` when the store cannot be read at all, or there is no such run.
    public func verify(_ run: String? = nil) async throws(JournalError) -> StoreVerification {
        try await verification(run)
    }
}
