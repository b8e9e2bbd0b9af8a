import CrewKit
import CrewReport

/// Follows one run from the command line: shows it, prints what it gave, and says how the program ends.
struct RunSession {
    /// What the command line asked for.
    let output: OutputOptions
    /// The value of `--store` that the commands which are suggested need; asked once the store is there.
    let location: () -> String?
    /// The events of a run that is resumed.
    var past: [Event] = []
    /// The user's requests to stop.
    let interruption: Interruption

    /// Starts a run and follows it to its end.
    ///
    /// - Parameter start: Runs the crew and gives the run to its argument.
    func follow(
        _ start: (_ observe: @escaping (CrewRun) async throws -> RunResult) async throws -> RunResult
    ) async throws -> ProgramStatus {
        let appearance = Appearance.here(colorIsRefused: output.noColor)
        // Two things that write to one terminal would overwrite each other.
        let showsEvents = output.output == .events && StandardStream.output.isTerminal
        let display = output.quiet || showsEvents ? nil : RunDisplay(appearance, past: past)
        let animation = display.map { display in Task.detached { await display.animate() } }
        interruption.beforeExit { display?.end() }
        display?.followTerminal()
        defer {
            animation?.cancel()
            display?.end()
            display?.leaveTerminal()
            interruption.beforeExit(nil)
        }
        let trouble = ProviderTrouble(past)
        let result = try await start { run in
            interruption.onRequest {
                display?.remark(StyledLine("stopping; once more to stop at once", .odd))
                run.interrupt()
            }
            return try await observe(run, display, trouble)
        }
        animation?.cancel()
        display?.end()
        do {
            try print(result)
        } catch let error as StandardStream.Failure {
            throw unwritten(error, run: result.run)
        }
        if !output.quiet || result.status != .finished {
            let lines = Summary.lines(result, store: location(), trouble: trouble)
            for line in lines { StandardStream.diagnostics.say(line.rendered(inColor: appearance.hasColor)) }
        }
        return ProgramStatus(result)
    }

    private func observe(
        _ run: CrewRun,
        _ display: RunDisplay?,
        _ trouble: ProviderTrouble
    ) async throws -> RunResult {
        let writer = output.output == .events ? EventLine() : nil
        var failure: (any Error)?
        for await update in run {
            display?.show(update)
            if case .event(let event) = update { trouble.take(event) }
            guard let writer, case .event(let event) = update, failure == nil else { continue }
            // The run goes on: its answer can still be had from the store.
            do { try StandardStream.output.write(try writer.text(event)) } catch { failure = error }
        }
        let result = try await run.result
        if let failure = failure as? StandardStream.Failure { throw unwritten(failure, run: result.run) }
        if let failure { throw failure }
        return result
    }

    private func print(_ result: RunResult) throws {
        let stream = StandardStream.output
        switch output.output {
        case .events: break
        case .json: try stream.write(PrintableText.json(ResultObject.of(result).text) + "\n")
        case .text:
            // What was accepted on the way to a failure is no answer: whoever reads a pipe must not take it for one.
            guard !result.text.isEmpty, result.status == .finished || result.status == .limited else { return }
            let text = stream.isTerminal ? PrintableText.lines(Self.readable(result)) : result.text
            try stream.write(text.hasSuffix("\n") ? text : text + "\n")
        }
    }

    private func unwritten(_ error: StandardStream.Failure, run: String) -> CommandFailure {
        let command = Summary.show(run, location())
        return CommandFailure(
            .failed,
            code: "output",
            "the answer cannot be written: \(error.message). It is recorded: \(command)"
        )
    }

    /// The answer as a person reads it best: a JSON document indented.
    private static func readable(_ result: RunResult) -> String {
        ResultObject.document(of: result).map(PrettyJSON.text) ?? result.text
    }
}
