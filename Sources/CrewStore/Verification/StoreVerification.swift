import Crypto
import Foundation

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
    package let prompts: Set<String>
    /// The first that is not, if there is one.
    public let flaw: JournalFlaw?

    /// Describes what was shown.
    package init(run: String, events: Int, head: String, newer: Int, prompts: Set<String>, flaw: JournalFlaw?) {
        self.run = run
        self.events = events
        self.head = head
        self.newer = newer
        self.prompts = prompts
        self.flaw = flaw
    }
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
    /// What is wrong with what the store is kept in: a file.
    public let file: [String]

    /// Whether everything is as it was written.
    public var isSound: Bool {
        file.isEmpty && register.isEmpty && accounts.isEmpty && prompts.isEmpty && runs.allSatisfy { $0.flaw == nil }
    }

    /// Sums up what was shown.
    package init(
        runs: [RunVerification],
        register: StoreRegister,
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
