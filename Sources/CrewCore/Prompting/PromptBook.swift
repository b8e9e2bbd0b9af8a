import ChatModel
import Crypto
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
        case commission = "commission.md"
        case memberCrew = "member-crew.md"

        /// The values the engine gives to this template.
        var variables: Set<String> {
            switch self {
            case .agent: ["role", "crew", "goal", "instructions", "tools", "mark"]
            case .assignment:
                [
                    "goal", "task", "objective", "free", "inputs", "inputs.id", "inputs.task", "inputs.agent",
                    "inputs.text", "inputs.mark", "revision", "feedback", "criteria", "criteria.text", "mark",
                ]
            case .coordinator: ["crew", "agents", "agents.name", "agents.role", "agents.goal", "tools", "mark"]
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
            case .memberCrew: ["crew"]
            case .commission:
                [
                    "crew", "goal", "task", "objective", "inputs", "inputs.task", "inputs.agent", "inputs.text",
                    "inputs.mark",
                ]
            }
        }
    }

    private let templates: [Page: PromptTemplate]
    /// The hash of their text, SHA-256 in hexadecimal digits; recorded with each run.
    public let version: String
    /// Their text, from which they can be made again: a JSON object of the templates by their names.
    package let content: [UInt8]

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
        var texts = JSONObject()
        for (name, bytes) in Prompts.files {
            texts[name] = .string(files[name] ?? String(decoding: bytes, as: UTF8.self))
        }
        let content = Array(JSONValue.object(texts).jsonText.utf8)
        try self.init(texts, content, version: Self.version(of: content))
    }

    /// The templates that a journal kept.
    ///
    /// A template that was not there yet when they were kept is the built-in one.
    ///
    /// - Parameters:
    ///   - content: Their text, as ``content`` gave it.
    ///   - version: Their version, as it is recorded.
    /// - Throws: ``PromptError`` when this version cannot use them.
    package init(recorded content: [UInt8], version: String) throws(PromptError) {
        let recorded = (try? JSONValue(parsing: content))?.objectValue ?? [:]
        var texts = JSONObject()
        for (name, bytes) in Prompts.files {
            texts[name] = recorded[name] ?? .string(String(decoding: bytes, as: UTF8.self))
        }
        try self.init(texts, content, version: version)
    }

    private init(_ texts: JSONObject, _ content: [UInt8], version: String) throws(PromptError) {
        var templates: [Page: PromptTemplate] = [:]
        for (name, text) in texts {
            guard let page = Page(rawValue: name) else { continue }
            let template: PromptTemplate
            do { template = try PromptTemplate(parsing: text.stringValue ?? "") } catch {
                throw PromptError(file: name, message: error.description)
            }
            if let unknown = template.variables.subtracting(page.variables).sorted().first {
                let known = page.variables.sorted().joined(separator: ", ")
                throw PromptError(file: name, message: "unknown name \"\(unknown)\"; there are \(known)")
            }
            templates[page] = template
        }
        self.templates = templates
        self.content = content
        self.version = version
    }

    /// The version of prompts with that text.
    package static func version(of content: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let hash = SHA256.hash(data: Array(content))
        return String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Whether a run that names this version has prompts that are kept; earlier ones gave a short hash and kept nothing.
    package static func isKept(_ version: String) -> Bool { version.utf8.count == SHA256.byteCount * 2 }

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
