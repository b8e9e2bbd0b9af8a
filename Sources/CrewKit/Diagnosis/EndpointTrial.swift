package import ChatModel
package import CrewCore
package import CrewRuntime
import OpenAIChat
import Prompts
import Synchronization

/// Finds out what a model at an endpoint can do, by one small call for each way to an answer that follows a schema, and
/// one that is streamed.
///
/// The calls cost money. They pass the same limits as those of runs.
package struct EndpointTrial: Sendable {
    /// How a call went.
    package enum Outcome: Sendable, Hashable {
        /// The answer was what was asked for.
        case works
        /// There was an answer, and it was something else; what, for people.
        case ignored(String)
        /// The endpoint objected, or failed; its words.
        case failed(String)
    }

    /// What was found out.
    package struct Report: Sendable, Hashable {
        /// Each way to an answer that follows a schema, best first, with how it went; without those that were not tried
        /// since nothing could be reached.
        package internal(set) var forms: [Form] = []
        /// How a streamed answer went.
        package internal(set) var streaming: Outcome?
        /// Whether a streamed answer told what it used.
        package internal(set) var streamsUsage = false
        /// What the endpoint takes, for the memory; `nil` when nothing worked.
        package internal(set) var dialect: Dialect?
        /// How many calls were made.
        package internal(set) var calls = 0
        /// What they cost at most; `nil` where no price is known.
        package internal(set) var cost: Money?
        /// Why nothing more was tried.
        package internal(set) var obstacle: String?
    }

    /// One way to an answer that follows a schema.
    package struct Form: Sendable, Hashable {
        /// The way.
        package let form: Dialect.StructuredOutput
        /// How it went.
        package let outcome: Outcome
    }

    private static let schema = JSONSchema([
        "type": "object", "properties": ["letters": ["type": "integer"]], "required": ["letters"],
        "additionalProperties": false,
    ])
    /// How often a form is tried anew without what the endpoint refused beside it.
    private static let mostLessons = 8

    private let definition: ModelDefinition
    private let model: any ChatModel

    /// Prepares a trial.
    ///
    /// - Parameters:
    ///   - definition: The completed definition of the model.
    ///   - provider: Where models come from.
    /// - Throws: `CrewError`, when its key is missing.
    package init(_ definition: ModelDefinition, provider: OpenAIModels) throws(CrewError) {
        self.definition = definition
        model = try provider.model(for: definition)
    }

    /// The most that the usual number of calls can cost; `nil` where no price is known.
    package var mostItCosts: Money? {
        let request = request(.plainText, .compatible)
        let bound = definition.price?.upperBound(input: request.inputTokenBound, output: request.maximumOutput)
        return bound.map { one in (0..<Self.usualCalls).reduce(Money.zero) { sum, _ in sum + one } }
    }

    /// How many calls there are where nothing is refused.
    package static let usualCalls = Dialect.StructuredOutput.allCases.count + 1

    /// Makes the calls, one after the other.
    ///
    /// - Parameter known: What is thought to be known of the endpoint.
    package func run(beginningWith known: Dialect) async -> Report {
        var report = Report()
        report.cost = definition.price.map { _ in .zero }
        var dialect = known
        for form in Dialect.StructuredOutput.allCases {
            let (outcome, isHopeless) = await attempt(form, &dialect, &report)
            if isHopeless {
                if case .failed(let reason) = outcome { report.obstacle = reason }
                return report
            }
            report.forms.append(Form(form: form, outcome: outcome))
        }
        if let best = report.forms.first(where: { $0.outcome == .works })?.form {
            dialect.structuredOutput = best
            await stream(&dialect, &report)
            report.dialect = dialect
        }
        return report
    }

    /// Tries one form, without whatever else the endpoint turns out to refuse.
    ///
    /// - Returns: How it went, and whether nothing else would go better: the key, the name, or the server is at fault.
    private func attempt(
        _ form: Dialect.StructuredOutput,
        _ dialect: inout Dialect,
        _ report: inout Report
    ) async -> (Outcome, isHopeless: Bool) {
        for _ in 0..<Self.mostLessons {
            let request = request(form, dialect)
            do throws(ChatError) {
                let response = try await model.respond(to: request, onText: nil)
                count(response, request, &report)
                return (Self.judge(response, as: form), false)
            } catch {
                count(error, request, &report)
                if error.code == .unsupported, let feature = error.feature, feature != .structuredOutput,
                    dialect.withdraw(feature)
                {
                    continue
                }
                return (.failed(error.description), Self.isHopeless(error.code))
            }
        }
        return (.failed("it objects to one thing after the other"), false)
    }

    private func stream(_ dialect: inout Dialect, _ report: inout Report) async {
        for _ in 0..<Self.mostLessons {
            let request = request(.plainText, dialect)
            let counter = PieceCounter()
            do throws(ChatError) {
                let response = try await model.respond(to: request, onText: { _ in counter.count() })
                count(response, request, &report)
                report.streamsUsage = response.usage != nil
                report.streaming = counter.pieces > 0 ? .works : .ignored("the whole answer in one piece")
                return
            } catch {
                count(error, request, &report)
                if error.code == .unsupported, let feature = error.feature, dialect.withdraw(feature) { continue }
                report.streaming = .failed(error.description)
                return
            }
        }
    }

    // MARK: - Requests and answers

    private func request(_ form: Dialect.StructuredOutput, _ dialect: Dialect) -> ChatRequest {
        let words = Prompts.trial.trimmed
        var request = ChatRequest(
            model: definition.model,
            conversation: Conversation([.user(words)]),
            maximumOutput: min(definition.maximumOutput, 1_000),
            sampling: definition.sampling,
            dialect: dialect,
            timeout: min(definition.timeout, 120_000),
            extraFields: ExtraFields(definition.body)
        )
        switch form {
        case .jsonSchema:
            let encoded = EncodedSchema(Self.schema, keywords: dialect.schemaKeywords)
            request.responseFormat = .jsonSchema(name: "letters", schema: encoded)
        case .toolCall:
            request.tools = ToolCatalog([ToolDeclaration(name: "answer", summary: words, parameters: Self.schema)])
            request.toolChoice = .tool("answer")
        case .jsonObject: request.responseFormat = .jsonObject
        case .plainText: break
        }
        return request
    }

    private static func judge(_ response: ChatResponse, as form: Dialect.StructuredOutput) -> Outcome {
        if form == .toolCall, response.toolCalls.isEmpty { return .ignored("an answer without the call") }
        if response.finishReason == .length { return .ignored("the answer was cut off at its limit") }
        let text = response.toolCalls.first?.arguments ?? response.text
        guard let document = try? JSONValue(parsing: text.trimmed) else {
            return .ignored(text.trimmed.isEmpty ? "an empty answer" : "an answer that is no JSON")
        }
        return schema.validate(document).isEmpty ? .works : .ignored("JSON that does not follow the schema")
    }

    private static func isHopeless(_ code: ChatError.Code) -> Bool {
        switch code {
        case .unsupported, .invalidRequest, .malformed, .truncated, .tooLarge, .contextTooLong, .serverFailed: false
        default: true
        }
    }

    // MARK: - Costs

    private func count(_ response: ChatResponse, _ request: ChatRequest, _ report: inout Report) {
        report.calls += 1
        let bound = TokenUsage(input: request.inputTokenBound, output: request.maximumOutput)
        if let price = definition.price {
            report.cost = (report.cost ?? .zero) + price.cost(of: response.usage ?? bound)
        }
    }

    private func count(_ error: ChatError, _ request: ChatRequest, _ report: inout Report) {
        report.calls += 1
        guard let price = definition.price, error.wasSent, error.mayBeBilled ?? (error.status ?? 0 < 400) else {
            return
        }
        report.cost =
            (report.cost ?? .zero)
            + price.upperBound(input: request.inputTokenBound, output: request.maximumOutput)
    }
}

/// Counts the pieces of a streamed answer, which come on the client's thread.
private final class PieceCounter: Sendable {
    private let value = Mutex(0)
    var pieces: Int { value.withLock { $0 } }
    func count() { value.withLock { $0 += 1 } }
}

extension String {
    /// Without white space at either end.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
