import ArgumentParser
import CrewKit
import CrewReport

/// Reports failures in the form that was asked for.
struct Reporting {
    private let format: OutputOptions.Format
    /// Where servers for models are looked for.
    private let places: [LocalServer.Place]

    init(_ format: OutputOptions.Format = .text, places: [LocalServer.Place] = LocalServer.Place.usual) {
        self.format = format
        self.places = places
    }

    /// Runs a command's work; a failure is reported and becomes an exit status.
    func reporting(_ body: () async throws -> ProgramStatus) async throws -> ProgramStatus {
        do {
            return try await body()
        } catch let exit as ExitCode {
            throw exit
        } catch {
            var failure = CommandFailure(error)
            // Whoever has no key may have a model on this machine.
            if failure.code == "credentials", failure.message.contains("OPENAI_BASE_URL") {
                failure.message += LocalServerCheck.advice(await LocalServer.running(at: places))
            }
            StandardStream.diagnostics.say(failure.lines)
            if format == .json {
                try? StandardStream.output.write(
                    PrintableText.json(ResultObject.failure(code: failure.code, failure.message).text) + "\n"
                )
            }
            return failure.status
        }
    }
}
