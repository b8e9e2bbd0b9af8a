public import ChatModel
public import CrewCore
import Synchronization

/// Runs that go on by themselves.
extension CrewEngine {
    /// Starts a run, and returns as soon as it is recorded.
    ///
    /// The run goes on until it ends, whatever becomes of the task that started it: stop it with ``cancel(_:by:)``, or all
    /// that this engine has started with ``shutDown()``. It keeps the engine alive. When the process ends before, the run
    /// can be resumed.
    ///
    /// - Parameters:
    ///   - crew: The crew.
    ///   - inputs: Its inputs.
    ///   - limits: What the run may use; what is left out is as the crew says.
    ///   - folder: What relative paths of tools are relative to.
    ///   - file: The path, from the root, of the file that the crew was read from, if any: no tool may change it.
    /// - Returns: The run's identifier, for ``events(of:after:)`` and ``result(of:)``.
    /// - Throws: ``CrewError`` when it could not be begun.
    public func start(
        _ crew: Crew,
        inputs: [String: JSONValue] = [:],
        limits: Limits = Limits(),
        folder: String = ".",
        file: String? = nil
    ) async throws(CrewError) -> String {
        try await launch(try await prepare(crew, inputs, limits, folder, file))
    }

    /// Takes a run up where it stopped, and returns as soon as that is recorded; see ``start(_:inputs:limits:folder:file:)``.
    public func startResuming(_ run: String, _ options: ResumeOptions = ResumeOptions()) async throws(CrewError) {
        _ = try await launch(try await reopen(run, options))
    }

    /// What came of a run: of one that this engine has started once it has ended, of any other as far as it is recorded.
    ///
    /// - Parameter run: The run's identifier.
    /// - Throws: ``CrewError`` when the run is not known, or could not be recorded to its end.
    public func result(of run: String) async throws(CrewError) -> RunResult {
        guard let task = underWay.withLock({ $0[run] }) else { return RunResult(try await state(of: run)) }
        return try await value(of: task)
    }

    /// Interrupts all runs that this engine has started, and waits until that is recorded.
    public func shutDown() async {
        let tasks = underWay.withLock { Array($0.values) }
        for task in tasks { task.cancel() }
        for task in tasks { _ = await task.result }
    }

    private func launch(_ prepared: Prepared) async throws(CrewError) -> String {
        let run = prepared.state.definition.run
        let (begun, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let task = underWay.withLock { underWay in
            let task = Task {
                defer {
                    self.underWay.withLock { $0[run] = nil }
                    continuation.finish()
                }
                return try await self.execute(prepared, feed: nil) { continuation.yield() }
            }
            underWay[run] = task
            return task
        }
        for await _ in begun { return run }
        // It ended, or whoever starts it no longer waits.
        if Task.isCancelled { return run }
        _ = try await value(of: task)
        return run
    }

    private func value(of task: Task<RunResult, any Error>) async throws(CrewError) -> RunResult {
        do { return try await task.value } catch {
            throw error as? CrewError ?? CrewError(.journal, "\(error)", cause: error)
        }
    }
}
