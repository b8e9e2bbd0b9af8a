import ChatModel
import CrewCore

/// The prompts of a simulated run: those that it is begun with, and others with which it may go on.
struct RunPrompts: Sendable {
    let first: PromptBook
    let other: PromptBook
    /// What a journal that keeps both gives to whoever reads the run.
    let library: PromptLibrary

    /// What the others say to every agent and coordinator, at the end.
    static let remark = "Mind the time."

    init() throws {
        first = try PromptBook.builtIn()
        let texts = try JSONValue(parsing: first.content)
        var replaced: [String: String] = [:]
        for name in ["agent.md", "coordinator.md"] {
            replaced[name] = (texts[name]?.stringValue ?? "") + "\n" + Self.remark
        }
        other = try PromptBook(replacing: replaced)
        var library = PromptLibrary(first)
        library.add(other)
        self.library = library
    }
}
