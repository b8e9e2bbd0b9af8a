import ChatModel

extension RunResult {
    /// The newest accepted result of a task of the run's own crew.
    ///
    /// - Parameter task: The task's name.
    /// - Returns: `nil` when none was accepted.
    public func result(of task: String) -> AcceptedResult? { results.last { $0.task == task } }

    /// The newest accepted result of a task as a Swift value.
    ///
    /// - Parameters:
    ///   - task: The task's name.
    ///   - type: The type: that of the task's `output`, or any other that its document decodes as.
    /// - Throws: ``ResultError`` when the task has no accepted result, or when that is no such value.
    public func value<Value: Decodable>(
        of task: String,
        as type: Value.Type = Value.self
    ) throws(ResultError) -> Value {
        guard let result = result(of: task) else {
            var reason = "no result of it was accepted; the run \(run) is \(status.rawValue)"
            if let message { reason += ": \(message)" }
            throw ResultError(.noResult, task: task, reason)
        }
        let document: JSONValue
        do { document = try JSONValue(parsing: result.text) } catch {
            throw ResultError(.notJSON, task: task, "its result \(result.id) is no JSON document: \(error)")
        }
        do throws(JSONDecodingFailure) { return try JSONValueDecoder().decode(type, from: document) } catch {
            throw ResultError(.mismatch, task: task, "its result \(result.id) is no \(type): \(error)")
        }
    }
}

/// Why the result of a task cannot be had as a value.
public struct ResultError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of error.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Kind: String { case noResult, notJSON, mismatch }
        private let kind: Kind

        /// No result of the task was accepted, or the crew has no such task.
        public static let noResult = Code(kind: .noResult)
        /// The result is prose: the task has no `output`.
        public static let notJSON = Code(kind: .notJSON)
        /// The document does not decode as the type.
        public static let mismatch = Code(kind: .mismatch)

        /// A short word without data, fit for a metric's label.
        public var description: String { kind.rawValue }
    }

    /// The kind of error.
    public let code: Code
    /// The task.
    public let task: String
    /// What is wrong.
    public let message: String

    init(_ code: Code, task: String, _ message: String) {
        self.code = code
        self.task = task
        self.message = message
    }

    /// The task and what is wrong.
    public var description: String { "the task \"\(task)\": \(message)" }
}
