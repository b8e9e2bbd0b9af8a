package import CrewCore
import Synchronization

/// The prompts that a store was given to keep: their text goes along with the first event that names them.
package final class GivenPrompts: Sendable {
    /// Prompts that events name.
    package struct Named: Sendable {
        /// Their version, which is their hash.
        package let version: String
        /// Their text; `nil` where it is said to be in the store.
        package let content: [UInt8]?
    }

    private enum Standing {
        case waiting([UInt8])
        /// They are in the store.
        case kept
    }

    private let given = Mutex<[String: Standing]>([:])

    /// Begins with none.
    package init() {}

    /// Takes prompts that events may name from now on.
    package func take(_ prompts: PromptBook) {
        given.withLock { given in
            if given[prompts.version] == nil { given[prompts.version] = .waiting(prompts.content) }
        }
    }

    /// The prompts that events name and that may not be in the store yet.
    package func named(by events: [Event]) -> Named? {
        guard let version = Self.version(in: events) else { return nil }
        switch given.withLock({ $0[version] }) {
        case .waiting(let content): return Named(version: version, content: content)
        case .kept: return nil
        case nil: return Named(version: version, content: nil)
        }
    }

    /// Remembers that the prompts that events name are in the store.
    package func noteKept(by events: [Event]) {
        guard let version = Self.version(in: events) else { return }
        given.withLock { $0[version] = .kept }
    }

    private static func version(in events: [Event]) -> String? {
        events.lazy.compactMap(\.fact.prompts).first.flatMap { PromptBook.isKept($0) ? $0 : nil }
    }
}
