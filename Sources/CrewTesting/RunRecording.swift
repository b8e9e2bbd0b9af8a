public import ChatModel
public import CrewCore
public import CrewRuntime

/// A run from its first event to its last, and what came of it.
public struct RunRecording: Sendable {
    /// What came of it.
    public let result: RunResult
    /// What happened, in order.
    public let events: [Event]

    /// What happened of one kind, in order.
    ///
    /// ```swift
    /// let tools = recording.all { if case .toolIntended(let tool) = $0 { tool.name } else { nil } }
    /// #expect(tools == ["calculator"])
    /// ```
    ///
    /// - Parameter pick: What is wanted of a fact; `nil` where it is another one.
    public func all<Value>(_ pick: (Fact) -> Value?) -> [Value] { events.compactMap { pick($0.fact) } }
}

extension CrewEngine {
    /// Runs a crew to its end and keeps everything that happened.
    ///
    /// ```swift
    /// let recording = try await engine.record(crew)
    /// #expect(recording.result.status == .finished)
    /// ```
    ///
    /// - Parameters:
    ///   - crew: The crew.
    ///   - inputs: Its inputs.
    ///   - limits: What the run may use; what is left out is as the crew says.
    ///   - folder: What relative paths of tools are relative to.
    /// - Throws: ``CrewError`` when the crew could not be run at all.
    public func record(
        _ crew: Crew,
        inputs: [String: JSONValue] = [:],
        limits: Limits = Limits(),
        folder: String = "."
    ) async throws -> RunRecording {
        try await withRun(crew, inputs: inputs, limits: limits, folder: folder) { run in
            var events: [Event] = []
            for await update in run {
                if case .event(let event) = update { events.append(event) }
            }
            return RunRecording(result: try await run.result, events: events)
        }
    }
}
