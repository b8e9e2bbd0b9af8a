import Prompts

/// The templates of everything that is sent to models, parsed and checked.
public struct PromptBook: Sendable {
    /// A template's file name.
    package enum Page: String, CaseIterable {
        case agent = "agent.md"
        case assignment = "assignment.md"
        case coordinator = "coordinator.md"
        case board = "board.md"
        case schema = "schema.md"
        case repair = "repair.md"
        case aggregate = "aggregate.md"
        case answerTool = "answer-tool.md"
        case data = "data.md"

        /// The values the engine gives to this template.
        var variables: Set<String> {
            switch self {
            case .agent: ["role", "crew", "goal", "instructions", "tools", "mark"]
            case .assignment:
                [
                    "goal", "task", "objective", "free", "inputs", "inputs.id", "inputs.task", "inputs.agent",
                    "inputs.text", "inputs.mark", "revision", "feedback", "criteria", "criteria.text", "mark",
                ]
            case .coordinator: ["crew", "agents", "agents.name", "agents.role", "agents.goal", "mark"]
            case .board:
                [
                    "goal", "tasks", "tasks.name", "tasks.status", "tasks.agent", "tasks.text", "results",
                    "results.id", "results.task", "results.agent", "results.text", "results.mark", "failures",
                    "failures.id", "failures.agent", "failures.task", "failures.text", "failures.mark", "facts",
                    "facts.text", "steps", "steps.text",
                    "left", "left.text", "stalled", "allowed",
                ]
            case .schema: ["schema"]
            case .repair: ["reasons", "reasons.text"]
            case .aggregate, .answerTool: []
            case .data: ["mark", "text"]
            }
        }
    }

    private let templates: [Page: PromptTemplate]
    /// Changes whenever a word of any template does; recorded with each run.
    public let version: String

    /// The templates built into the program.
    ///
    /// - Throws: ``PromptError``, which only a broken build can cause.
    public static func builtIn() throws(PromptError) -> PromptBook {
        try PromptBook(replacing: [:])
    }

    /// The built-in templates, some of them replaced.
    ///
    /// - Parameter files: Texts by file name, such as `agent.md`.
    /// - Throws: ``PromptError`` for a name that is no template's, a text that is none, or an unknown variable in it.
    public init(replacing files: [String: String]) throws(PromptError) {
        if let unknown = files.keys.sorted().first(where: { Page(rawValue: $0) == nil }) {
            let known = Page.allCases.map(\.rawValue).joined(separator: ", ")
            throw PromptError(file: unknown, message: "no prompt has this name; there are \(known)")
        }
        var templates: [Page: PromptTemplate] = [:]
        var digest = StableHash()
        for (name, bytes) in Prompts.files {
            guard let page = Page(rawValue: name) else { continue }
            let text = files[name] ?? String(decoding: bytes, as: UTF8.self)
            digest.combine(text)
            let template: PromptTemplate
            do { template = try PromptTemplate(parsing: text) } catch {
                throw PromptError(file: name, message: error.description)
            }
            if let unknown = template.variables.subtracting(page.variables).sorted().first {
                let known = page.variables.sorted().joined(separator: ", ")
                throw PromptError(file: name, message: "unknown name \"\(unknown)\"; there are \(known)")
            }
            templates[page] = template
        }
        self.templates = templates
        version = digest.hexadecimal
    }

    /// Fills a template.
    package func render(_ page: Page, _ values: PromptTemplate.Values = [:]) -> String {
        templates[page]?.render(values) ?? ""
    }
}

/// Why a prompt file cannot be used.
public struct PromptError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// What is wrong with it.
    public let message: String

    /// File and message.
    public var description: String { "\(file): \(message)" }
}
