public import ChatModel

extension CrewTask {
    /// Defines a task whose result is prose, or a JSON document that follows a schema.
    ///
    /// - Parameters:
    ///   - name: Letters, digits, `-` and `_`.
    ///   - summary: What is to be delivered; may hold `{{input}}` placeholders.
    ///   - agent: The agent or member crew that does it.
    ///   - needs: The tasks whose results it builds on.
    ///   - output: The schema that its result must follow; without one, the result is prose.
    ///   - accept: What else must hold for a result to be accepted.
    ///   - isRequired: Whether the run can finish without it.
    public init(
        _ name: String,
        _ summary: String,
        agent: String? = nil,
        needs: [String] = [],
        output: JSONSchema? = nil,
        accept: [AcceptanceCriterion] = [],
        isRequired: Bool = true
    ) {
        self.init(
            name,
            summary: summary,
            agent: agent,
            needs: needs,
            output: output,
            accept: accept,
            isRequired: isRequired
        )
    }

    /// Defines a task whose result is a value of a Swift type: ``RunResult/value(of:as:)`` reads it.
    ///
    /// ```swift
    /// struct Brief: Generable { var title: String; var sources: [String] }
    ///
    /// CrewTask("brief", "A sourced brief", agent: "writer", output: Brief.self)
    /// ```
    ///
    /// A type whose schema cannot be derived is a problem of the crew, which is reported before a run begins.
    ///
    /// - Parameters:
    ///   - name: Letters, digits, `-` and `_`.
    ///   - summary: What is to be delivered; may hold `{{input}}` placeholders.
    ///   - agent: The agent or member crew that does it.
    ///   - needs: The tasks whose results it builds on.
    ///   - output: The type of its result.
    ///   - accept: What else must hold for a result to be accepted.
    ///   - isRequired: Whether the run can finish without it.
    public init<Output: Generable>(
        _ name: String,
        _ summary: String,
        agent: String? = nil,
        needs: [String] = [],
        output: Output.Type,
        accept: [AcceptanceCriterion] = [],
        isRequired: Bool = true
    ) {
        self.init(name, summary: summary, agent: agent, needs: needs, accept: accept, isRequired: isRequired)
        do throws(SchemaError) { self.output = try Output.makeSchema() } catch { outputProblem = error }
    }
}
