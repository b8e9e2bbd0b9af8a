import ArgumentParser

/// Reports failures in the form that was asked for.
struct Reporting {
    private let format: OutputOptions.Format

    init(_ format: OutputOptions.Format = .text) { self.format = format }

    /// Runs a command's work; a failure is reported and becomes an exit status.
    func reporting(_ body: () async throws -> ProgramStatus) async throws -> ProgramStatus {
        do {
            return try await body()
        } catch let exit as ExitCode {
            throw exit
        } catch {
            let failure = CommandFailure(error)
            StandardStream.diagnostics.say(failure.lines)
            if format == .json {
                try? StandardStream.output.write(PrintableText.json(ResultObject.of(failure).text) + "\n")
            }
            return failure.status
        }
    }
}
