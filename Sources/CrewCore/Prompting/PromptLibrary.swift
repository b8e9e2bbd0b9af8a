import ChatModel

/// The prompts of a run: those that its journal keeps, by the names that its events give them.
///
/// A run goes on with the prompts with which it was begun, whatever the program's own have become.
public struct PromptLibrary: Sendable {
    /// For runs that were recorded before prompts were kept.
    private let own: PromptBook
    private var kept: [String: PromptBook] = [:]

    /// Makes a library that keeps nothing yet.
    ///
    /// - Parameter own: The prompts of whoever reads the run: for all that its events name and is not kept.
    public init(_ own: PromptBook) {
        self.own = own
    }

    /// Adds prompts that a journal keeps.
    public mutating func add(_ book: PromptBook) {
        kept[book.version] = book
    }

    /// The prompts of a version.
    func book(_ version: String) -> PromptBook { kept[version] ?? own }
}

extension Fact {
    /// The version of the prompts with which the run goes on from here, where the fact says so.
    package var prompts: String? {
        switch self {
        case .runCreated(let created): created.prompts
        case .runResumed(let resumed): resumed.prompts
        default: nil
        }
    }
}

extension RunState {
    /// The version of the prompts with which the run goes on.
    package var promptVersion: String { prompts.version }

    /// Goes on with other prompts: exchanges that have begun go on as they are, new ones begin with these.
    mutating func change(to version: String) {
        prompts = library.book(version)
        openings = [:]
        for scope in scopes.indices where scopes[scope].isOpen { setCoordinatorOpening(of: scope) }
    }
}
