import ArgumentParser
import CrewKit
import CrewReport

/// Why a command did not do its work: a message for people, a word for programs, an exit code for scripts.
struct CommandFailure: Error {
    /// How the program ends.
    var status: ProgramStatus
    /// A word for programs.
    var code: String
    /// What is wrong, where, and what to do about it.
    var message: String

    init(_ status: ProgramStatus, code: String, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// Wrong usage.
    static func usage(_ message: String) -> CommandFailure { CommandFailure(.usage, code: "usage", message) }

    /// Says in the command line's terms what went wrong below it.
    init(_ error: any Error) {
        switch error {
        case let error as CommandFailure: self = error
        case let error as CrewError:
            self.init(ProgramStatus(error), code: Self.code(error), error.message)
        case let error as JournalError:
            self.init(ProgramStatus(error), code: error.code.rawValue, error.message)
        case let error as CrewFileError:
            self.init(.usage, code: "invalid_crew", error.description)
        case let error as PromptError:
            self.init(.usage, code: "prompts", error.description)
        case let error as InputError:
            self.init(.usage, code: "invalid_input", error.message)
        case let error as StandardStream.Failure:
            self.init(
                .failed,
                code: "output",
                "the output cannot be written: \(error.message)."
            )
        default:
            self.init(.failed, code: "failed", "\(error)")
        }
    }

    private static func code(_ error: CrewError) -> String {
        if let cause = error.cause as? JournalError { return cause.code.rawValue }
        // `invalidCrew` becomes `invalid_crew`, as all words for programs are written.
        return error.code.description.reduce(into: "") { word, letter in
            word += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
        }
    }

    /// The lines for standard error.
    ///
    /// Complaints that name their own place stand as they are, for editors to find.
    var lines: String {
        let printable = PrintableText.lines(message)
        return ["invalid_crew", "invalid_input"].contains(code) && message.contains(": error: ")
            ? printable : "crew: error: \(printable)"
    }
}
