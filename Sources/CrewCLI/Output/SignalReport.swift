import ArgumentParser
import CrewKit
import CrewReport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Says something to a run, and tells what became of it.
enum SignalReport {
    /// How it is told.
    struct Option: ParsableArguments {
        @ArgumentParser.Option(
            help: ArgumentHelp("Words on standard error, or one JSON object.", valueName: "text|json")
        )
        var output: RunsCommand.Format = .text
    }

    /// How long the program that executes a run is waited for.
    private static let patience = Duration.seconds(10)

    /// Says it and reports.
    static func say(
        _ signal: Signal,
        to argument: RunArgument,
        in store: StoreOption,
        _ output: RunsCommand.Format
    ) async throws {
        let status = try await Reporting(output == .json ? .json : .text).reporting {
            let journal = store.open()
            let summary = try await argument.find(in: journal)
            let reception = try await tell(signal, to: summary.run, in: journal)
            let location = store.location(of: journal.place)
            let result = RunResult(try await Self.state(of: summary.run, in: journal))
            await journal.close()
            switch output {
            case .json:
                try StandardStream.output.write(PrintableText.json(fields(signal, reception, result).text) + "\n")
            case .text:
                for line in lines(signal, reception, result, location) { StandardStream.diagnostics.say(line.text) }
            }
            return .finished
        }
        throw ExitCode(status.rawValue)
    }

    /// Says it in the person's name, and sees to it that it was not refused.
    static func tell(_ signal: Signal, to run: String, in journal: any RunStore) async throws -> SignalReception {
        let reception = try await journal.tell(signal, to: run, by: person, clock: .system, patience: patience)
        switch reception {
        case .takenIn(let fact):
            if let reason = fact.refused { throw JournalError(.refused, "the run \(run) refused it: \(reason)") }
        case .tooLate(let status):
            throw JournalError(.refused, "the run \(run) ended (\(status.rawValue)) before it could be told")
        case .waiting: break
        }
        return reception
    }

    /// A run as it is recorded.
    static func state(of run: String, in journal: any RunStore) async throws -> RunState {
        let events = try await journal.events(of: run)
        let library = try await journal.library(of: events, own: try PromptBook.builtIn())
        guard let state = RunState(folding: events, library: library) else {
            throw JournalError(.damaged, "the journal of \(run) does not begin with its creation.")
        }
        return state
    }

    private static func lines(
        _ signal: Signal,
        _ reception: SignalReception,
        _ result: RunResult,
        _ location: String?
    ) -> [StyledLine] {
        guard case .takenIn = reception else {
            let words = "the run \(result.run) has not taken it in yet: whoever executes it has not looked"
            return [StyledLine(PrintableText.line(words), .odd)]
        }
        guard result.status == .running else { return Summary.lines(result, store: location) }
        return [StyledLine("the run \(result.run) stops once what is under way has ended", .odd)]
    }

    private static func fields(_ signal: Signal, _ reception: SignalReception, _ result: RunResult) -> JSONFields {
        var fields = JSONFields()
        fields.add("run", result.run)
        fields.add("signal", signal.kind)
        switch reception {
        case .takenIn(let fact):
            fields.add("number", .integer(Int64(fact.number)))
            fields.add("taken_in", true)
        case .waiting(let said):
            fields.add("number", .integer(Int64(said.number)))
            fields.add("taken_in", false)
        case .tooLate: fields.add("taken_in", false)
        }
        fields.add("status", result.status.rawValue)
        return fields
    }

    /// Who sits before this terminal, by the name of the account.
    private static var person: String? {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return nil }
        return String(cString: name)
    }
}
